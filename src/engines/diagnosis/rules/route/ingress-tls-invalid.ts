import { nearest } from '../../../../platform/nearest.ts';
import { certificateIn } from '../../../certificates.ts';
import { minute, timeOf } from '../../../durations.ts';
import { certificateFault } from '../../../network/trace/tls.ts';
import { nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import { certificatesOf, type Ingress } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { syncerEvidence } from '../../../syncers.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** Whoever makes the certificate needs a moment after the Ingress is there. */
const hold = minute;
const issuers = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer', 'kubernetes.io/tls-acme'];

export const ingressTlsInvalid = defineRule({
  id: 'ingress-tls-invalid',
  title: 'An Ingress has no usable certificate',
  area: 'route',
  class: 'cause',
  severity: 'high',
  meaning:
    'The controller serves a certificate of its own instead, or refuses the host: browsers warn, and clients that check give up.',
  detection:
    'spec.tls names a Secret that does not exist, is of another type than kubernetes.io/tls, has no tls.crt or tls.key, ' +
    'or whose certificate has expired, is not valid yet, or is for other hosts. ' +
    'A Secret of type Opaque with both keys is taken by the controllers. Of the public certificate in it the dates and ' +
    'the alternative names are compared with now and with the hosts of spec.tls; the key is never looked at. Secrets ' +
    'are read for a question about one namespace only.',
  remedies: [
    'Let its issuer make it, or create the Secret.',
    'Correct the name in spec.tls when another one was meant.',
  ],
  avoid: ['reading or printing tls.key', 'removing spec.tls: clients that expect HTTPS then fail'],

  check: (snapshot) => snapshot.all('Ingress').flatMap((ingress) => findingsOf(snapshot, ingress)),
});

function findingsOf(snapshot: Snapshot, ingress: Ingress): readonly Finding[] {
  const byName = Map.groupBy(certificatesOf(ingress), ({ secret }) => secret);
  return [...byName].flatMap(([name, uses]) =>
    findingOf(snapshot, ingress, {
      name,
      hosts: uses.map(({ hosts }) => hosts).join(', '),
      names: uses.flatMap(({ names }) => names),
    }),
  );
}

interface Certificate {
  readonly name: string;
  readonly hosts: string;
  readonly names: readonly string[];
}

function findingOf(snapshot: Snapshot, ingress: Ingress, { name, hosts, names }: Certificate): readonly Finding[] {
  const { namespace } = ingress.metadata;
  const secret: ObjectRef = { kind: 'Secret', namespace, name };
  const found = snapshot.find('Secret', namespace, name);
  const age = snapshot.now - (timeOf(ingress.metadata.creationTimestamp) ?? 0);
  if (found === undefined && age < hold) return [];
  const fault =
    found === undefined ? absence(snapshot, secret) : certificateFault(found, { hosts: names, now: snapshot.now });
  if (fault === undefined) return [];
  const subject = refOf(ingress);
  const issuer = issuers.find((key) => ingress.metadata.annotations?.[key] !== undefined);
  return [
    {
      subject,
      problem: `has no certificate for ${hosts}: ${nameOf(secret)}, which spec.tls names, ${fault}`,
      culprit: secret,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `spec.tls takes the certificate for ${hosts} from ${nameOf(secret)}` },
        ...(issuer === undefined
          ? []
          : [
              {
                object: subject,
                source: 'spec' as const,
                text: `${issuer} is ${ingress.metadata.annotations?.[issuer]}`,
              },
            ]),
        ...syncerEvidence(snapshot, secret),
      ],
      since: ingress.metadata.creationTimestamp,
      fixes: fixesFor(snapshot, secret, {
        exists: found !== undefined,
        issued: issuer !== undefined,
        isPair: found !== undefined && certificateIn(found) !== undefined,
      }),
      missingEvidence: issuer === undefined ? [] : ['what the Certificate of cert-manager says'],
      nextCheck:
        issuer === undefined
          ? `kubectl get secret ${name} -n ${namespace}`
          : `kubectl describe certificates -n ${namespace}`,
    },
  ];
}

const absence = (snapshot: Snapshot, { namespace, name }: ObjectRef): string | undefined =>
  snapshot.presence('Secret', namespace, name) === 'absent' ? 'does not exist' : undefined;

function fixesFor(
  snapshot: Snapshot,
  { namespace, name }: ObjectRef,
  { exists, issued, isPair }: { readonly exists: boolean; readonly issued: boolean; readonly isPair: boolean },
): readonly Fix[] {
  const [alike] = exists ? [] : nearest(name, snapshot.names('Secret', namespace), 1);
  const create = `kubectl create secret tls ${name} -n ${namespace} --cert=FILE --key=FILE`;
  return [
    ...(alike === undefined
      ? []
      : [{ advice: `set secretName to ${alike} in spec.tls, if that was meant`, reason: 'that Secret exists' }]),
    issued
      ? {
          advice: `see why cert-manager does not make it: kubectl describe certificates,certificaterequests -n ${namespace}`,
          reason: 'an annotation of the Ingress asks cert-manager for it',
        }
      : {
          advice: !exists
            ? create
            : isPair
              ? `renew it from its source: ${create} --dry-run=client -o yaml | kubectl apply -f -`
              : `replace it: kubectl delete secret ${name} -n ${namespace}, then ${create}`,
          reason: 'the controller takes it as soon as it is there',
        },
  ];
}
