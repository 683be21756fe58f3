import { nearest } from '../../../platform/nearest.ts';
import { certificateIn, refusalOf } from '../../certificates.ts';
import type { ObjectRef, Of } from '../../objects.ts';
import type { Snapshot } from '../../snapshot.ts';
import { brokenHop, type Hop, okHop, unknownHop } from './hops.ts';

/** Whom a certificate should convince, and when. */
interface Visitors {
  readonly hosts: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What keeps a Secret from being a certificate for these hosts: its type, its keys, or the dates and names of its
 * public certificate; `undefined` for one that is, as far as is known. The key is not looked at.
 */
export function certificateFault(secret: Of<'Secret'>, { hosts, now }: Visitors): string | undefined {
  const { type, data } = secret;
  if (type !== undefined && type !== 'kubernetes.io/tls' && type !== 'Opaque')
    return `is of type ${type}, not kubernetes.io/tls`;
  const keys = Object.keys(data ?? {});
  const missing = ['tls.crt', 'tls.key'].filter((key) => !keys.includes(key));
  const facts = certificateIn(secret);
  if (missing.length === 0) return facts && refusalOf(facts, hosts, now);
  return `has no ${missing.join(' and no ')}${keys.length === 0 ? '' : ` (it has ${keys.slice(0, 5).join(', ')})`}`;
}

const seenText = (secret: Of<'Secret'>): string =>
  certificateIn(secret) === undefined
    ? 'has a certificate and a key; their dates and names were not looked at'
    : 'has a certificate, valid now and for that host, and a key';

/** The Secret that TLS takes its certificate from. */
export function secretHop(snapshot: Snapshot, ref: ObjectRef, hosts: readonly string[]): Hop {
  const secret = snapshot.find('Secret', ref.namespace, ref.name);
  if (secret !== undefined) {
    const fault = certificateFault(secret, { hosts, now: snapshot.now });
    if (fault === undefined) return okHop('tls', ref, seenText(secret));
    return brokenHop('tls', ref, {
      text: fault,
      fix: `make it anew: kubectl create secret tls ${ref.name} -n ${ref.namespace} --cert=… --key=…`,
    });
  }
  if (snapshot.presence('Secret', ref.namespace, ref.name) !== 'absent')
    return unknownHop('tls', ref, 'holds the certificate, and was not read');
  const [alike] = nearest(ref.name, snapshot.names('Secret', ref.namespace), 1);
  return brokenHop('tls', ref, {
    text: 'should hold the certificate, and does not exist',
    fix:
      alike === undefined
        ? `create Secret/${ref.name} of type kubernetes.io/tls, or the Certificate that makes it`
        : `name Secret/${alike}, if that was meant`,
  });
}
