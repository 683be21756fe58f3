import { nearest } from '../../../platform/nearest.ts';
import { certificateText, certificateTrouble } from '../../certificates.ts';
import type { ObjectRef, Of } from '../../objects.ts';
import type { Snapshot } from '../../snapshot.ts';
import { brokenHop, type Hop, okHop, unknownHop } from './hops.ts';

/** What keeps a Secret from being a certificate: its type or its keys; `undefined` for one that is. Values are not looked at. */
export function certificateFault({ type, data }: Of<'Secret'>): string | undefined {
  if (type !== undefined && type !== 'kubernetes.io/tls' && type !== 'Opaque')
    return `is of type ${type}, not kubernetes.io/tls`;
  const keys = Object.keys(data ?? {});
  const missing = ['tls.crt', 'tls.key'].filter((key) => !keys.includes(key));
  if (missing.length === 0) return undefined;
  return `has no ${missing.join(' and no ')}${keys.length === 0 ? '' : ` (it has ${keys.slice(0, 5).join(', ')})`}`;
}

/** The Secret that TLS takes its certificate from, and the hosts that are asked for. */
export function secretHop(snapshot: Snapshot, ref: ObjectRef, hosts: readonly string[] = []): Hop {
  const secret = snapshot.find('Secret', ref.namespace, ref.name);
  if (secret !== undefined) {
    const fault = certificateFault(secret) ?? certificateTrouble(secret, hosts, snapshot.now)?.text;
    if (fault === undefined) {
      const known = certificateText(secret);
      return okHop(
        'tls',
        ref,
        `has a certificate and a key${known === '' ? '; their dates and names are not known' : ` (${known})`}`,
      );
    }
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
