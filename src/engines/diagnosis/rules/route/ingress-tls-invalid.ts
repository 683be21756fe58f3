import { nearest } from '../../../../platform/nearest.ts';
import { certificateText, certificateTrouble } from '../../../certificates.ts';
import { minute, second, timeOf } from '../../../durations.ts';
import { type Gateway, gateways, listenerCertificates } from '../../../gateway-api.ts';
import { certificateFault } from '../../../network/trace/tls.ts';
import { nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import { certificatesOf, type Ingress } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { syncerEvidence } from '../../../syncers.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** Whoever makes the certificate needs a moment after the Ingress is there; without an issuer it comes with the Ingress. */
const hold = minute;
const shortHold = 15 * second;
const issuers = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer', 'kubernetes.io/tls-acme'];

export const ingressTlsInvalid = defineRule({
  id: 'ingress-tls-invalid',
  title: 'An Ingress or Gateway has no usable certificate',
  area: 'route',
  class: 'cause',
  severity: 'high',
  meaning:
    'The controller serves a certificate of its own instead, or refuses the host: browsers warn, and clients that check give up.',
  detection:
    'spec.tls names a Secret that does not exist, is of another type than kubernetes.io/tls, or has no tls.crt or tls.key. ' +
    'A Secret of type Opaque with both keys is taken by the controllers. Secrets are read for a question about one ' +
    'namespace only. Of the certificate what is public is kept, its dates and names: one that has expired, is not valid ' +
    'yet, or is for none of the hosts that spec.tls names (subjectAltName; a wildcard stands for one label) is invalid too, ' +
    'also one that a listener of a Gateway names.',
  remedies: [
    'Let its issuer make it, or create the Secret.',
    'Correct the name in spec.tls when another one was meant.',
  ],
  avoid: ['reading or printing tls.key', 'removing spec.tls: clients that expect HTTPS then fail'],

  check: (snapshot) => [
    ...snapshot.all('Ingress').flatMap((ingress) => findingsOf(snapshot, ingress)),
    ...gateways(snapshot).flatMap((gateway) => listenerFindings(snapshot, gateway)),
  ],
});

/** Listeners of a Gateway whose certificate clients refuse; one that is missing its controller tells by a condition. */
const listenerFindings = (snapshot: Snapshot, gateway: Gateway): readonly Finding[] =>
  listenerCertificates(gateway).flatMap(({ listener, secret, hosts }): readonly Finding[] => {
    const found = snapshot.find('Secret', secret.namespace, secret.name);
    const trouble = found && certificateTrouble(found, hosts, snapshot.now);
    if (found === undefined || trouble === undefined) return [];
    const subject = refOf(gateway);
    return [
      {
        subject,
        problem: `has no valid certificate for listener ${listener}: ${nameOf(secret)} ${trouble.text}`,
        culprit: secret,
        certainty: 'declared',
        evidence: [
          {
            object: subject,
            source: 'spec',
            text: `listener ${listener} takes its certificate from ${nameOf(secret)}`,
          },
          { object: secret, source: 'spec', text: certificateText(found) },
          ...syncerEvidence(snapshot, secret),
        ],
        since: trouble.since,
        fixes: fixesFor(snapshot, secret, { exists: true, usable: true, issued: false }),
        nextCheck: `kubectl get secret ${secret.name} -n ${secret.namespace}`,
      },
    ];
  });

const issuerOf = ({ metadata: { annotations } }: Ingress): string | undefined =>
  issuers.find((key) => annotations?.[key] !== undefined);

function findingsOf(snapshot: Snapshot, ingress: Ingress): readonly Finding[] {
  const age = snapshot.now - (timeOf(ingress.metadata.creationTimestamp) ?? 0);
  if (age < (issuerOf(ingress) === undefined ? shortHold : hold)) return [];
  const byName = Map.groupBy(certificatesOf(ingress), ({ secret }) => secret);
  return [...byName].flatMap(([name, uses]) =>
    findingOf(snapshot, ingress, {
      name,
      hosts: uses.map(({ hosts }) => hosts).join(', '),
      named: hostsFor(ingress, name),
    }),
  );
}

interface Certificate {
  readonly name: string;
  readonly hosts: string;
  /** Hosts that the Ingress takes it for; none when it does not say. */
  readonly named: readonly string[];
}

const hostsFor = ({ spec }: Ingress, secret: string): readonly string[] =>
  (spec?.tls ?? []).flatMap(({ secretName, hosts = [] }) => (secretName === secret ? hosts : []));

function findingOf(snapshot: Snapshot, ingress: Ingress, { name, hosts, named }: Certificate): readonly Finding[] {
  const { namespace } = ingress.metadata;
  const secret: ObjectRef = { kind: 'Secret', namespace, name };
  const found = snapshot.find('Secret', namespace, name);
  const fault = found === undefined ? absence(snapshot, secret) : certificateFault(found);
  const trouble = found && fault === undefined ? certificateTrouble(found, named, snapshot.now) : undefined;
  const said = fault ?? trouble?.text;
  if (said === undefined) return [];
  const subject = refOf(ingress);
  const issuer = issuerOf(ingress);
  return [
    {
      subject,
      problem: `has no ${trouble === undefined ? '' : 'valid '}certificate for ${hosts}: ${nameOf(secret)}, which spec.tls names, ${said}`,
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
        ...(trouble === undefined || found === undefined
          ? []
          : [{ object: secret, source: 'spec' as const, text: certificateText(found) }]),
        ...syncerEvidence(snapshot, secret),
      ],
      since: trouble === undefined ? ingress.metadata.creationTimestamp : trouble.since,
      fixes: fixesFor(snapshot, secret, {
        exists: found !== undefined,
        usable: fault === undefined,
        issued: issuer !== undefined,
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
  { exists, usable, issued }: { readonly exists: boolean; readonly usable: boolean; readonly issued: boolean },
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
          advice: usable
            ? `replace its content: ${create} --dry-run=client -o yaml | kubectl apply -f -`
            : exists
              ? `replace it: kubectl delete secret ${name} -n ${namespace}, then ${create}`
              : create,
          reason: 'the controller takes it as soon as it is there',
        },
  ];
}
