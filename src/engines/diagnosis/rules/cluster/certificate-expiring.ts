import { certificateText, expiringCertificate } from '../../../certificates.ts';
import { day, formatDuration, minute, timeOf } from '../../../durations.ts';
import { gateways, listenerCertificates } from '../../../gateway-api.ts';
import { type KubernetesObject, keyOf, nameOf, type Of, refOf } from '../../../objects.ts';
import { certificatesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { syncerOf } from '../../../syncers.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Issuing takes minutes when a challenge must be answered. */
const hold = 15 * minute;
const soon = 14 * day;
const urgent = 3 * day;

export const certificateExpiring = defineRule({
  id: 'certificate-expiring',
  title: 'A certificate is not issued or not renewed',
  area: 'cluster',
  class: 'risk',
  severity: 'high',
  meaning: 'Clients will refuse the connection when the certificate has expired; some already do.',
  detection:
    "cert-manager's Certificate objects, which are read when an Ingress asks cert-manager for one: Ready is False for 15 " +
    'minutes, or status.renewalTime has passed and status.notAfter is less than 14 days away. Of the Secrets ' +
    'that Ingresses and Gateways of a namespace take their certificates from, the dates: less than 14 days and less than a quarter of ' +
    "the certificate's life are left. One that has expired there is ingress-tls-invalid. Certificates in caBundles and in " +
    'files of nodes are not looked at: nothing is said of those.',
  remedies: [
    'Mend what the Certificate complains about: its issuer, its challenge, its DNS names; cert-manager then renews.',
  ],
  avoid: ['replacing the key or the Secret by hand: cert-manager writes it again'],

  check: (snapshot) => [
    ...snapshot.data.objects
      .filter(({ kind, apiVersion }) => kind === 'Certificate' && apiVersion.startsWith('cert-manager.io/'))
      .flatMap((certificate) => findingOf(snapshot, certificate)),
    ...snapshot.all('Secret').flatMap((secret) => endingSoon(snapshot, secret)),
  ],
});

/** A certificate that an Ingress or a Gateway serves and nobody has renewed; one that cert-manager makes is told by its Certificate. */
function endingSoon(snapshot: Snapshot, secret: Of<'Secret'>): readonly Finding[] {
  const subject = refOf(secret);
  const expiring = expiringCertificate(secret, snapshot.now);
  const served: readonly KubernetesObject[] = [
    ...snapshot
      .all('Ingress', subject.namespace)
      .filter((ingress) => certificatesOf(ingress).some((each) => each.secret === subject.name)),
    ...gateways(snapshot).filter((gateway) =>
      listenerCertificates(gateway).some((each) => keyOf(each.secret) === keyOf(subject)),
    ),
  ];
  const [first] = served;
  if (expiring === undefined || first === undefined || syncerOf(snapshot, subject) !== undefined) return [];
  return [
    {
      subject,
      problem: `${stateOf(expiring.left)}, and was not renewed: ${served
        .map((each) => nameOf(refOf(each)))
        .slice(0, 3)
        .join(', ')} ${served.length === 1 ? 'serves' : 'serve'} it`,
      severity: expiring.left < urgent ? 'critical' : undefined,
      certainty: 'declared',
      evidence: [{ object: subject, source: 'spec', text: certificateText(secret) }],
      since: undefined,
      fixes: [
        {
          advice: `renew it with whoever issued it (${expiring.facts.issuer ?? 'unknown'}), and replace tls.crt and tls.key of ${nameOf(subject)} in namespace ${subject.namespace}`,
          reason: `notAfter is ${expiring.facts.notAfter}`,
        },
      ],
    },
  ];
}

interface Certificate {
  readonly spec?: {
    readonly secretName?: string;
    readonly issuerRef?: { readonly kind?: string; readonly name?: string };
  };
  readonly status?: {
    readonly notAfter?: string;
    readonly renewalTime?: string;
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

function findingOf(snapshot: Snapshot, object: KubernetesObject): readonly Finding[] {
  const { spec, status } = object as KubernetesObject & Certificate;
  const failed = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'False');
  const since = timeOf(failed?.lastTransitionTime);
  const refused = failed !== undefined && since !== undefined && snapshot.now - since >= hold;
  const expires = timeOf(status?.notAfter);
  const left = expires === undefined ? undefined : expires - snapshot.now;
  const overdue =
    (timeOf(status?.renewalTime) ?? Number.POSITIVE_INFINITY) < snapshot.now - hold &&
    left !== undefined &&
    left < soon;
  if (!refused && !overdue) return [];
  const subject = refOf(object);
  const issuer =
    spec?.issuerRef?.name === undefined ? '' : ` by ${spec.issuerRef.kind ?? 'Issuer'}/${spec.issuerRef.name}`;
  const dead = left === undefined || left <= 0;
  return [
    {
      subject,
      problem: `${stateOf(left)}${refused ? `: ${failed.message ?? failed.reason ?? 'not ready'}` : `, and was not renewed${issuer}`}`,
      class: dead ? 'cause' : 'risk',
      severity: left !== undefined && left < urgent ? 'critical' : undefined,
      certainty: 'declared',
      evidence: [
        ...(failed === undefined
          ? []
          : [
              {
                object: subject,
                source: 'status' as const,
                text: `Ready is False: ${failed.reason}: ${failed.message ?? ''}`,
                at: failed.lastTransitionTime,
              },
            ]),
        ...(status?.notAfter === undefined
          ? []
          : [
              {
                object: subject,
                source: 'status' as const,
                text: `notAfter ${status.notAfter}, renewalTime ${status.renewalTime ?? 'unknown'}`,
              },
            ]),
        { object: subject, source: 'spec', text: `secretName ${spec?.secretName ?? 'unknown'}, issued${issuer}` },
      ],
      since: dead ? (status?.notAfter ?? failed?.lastTransitionTime) : failed?.lastTransitionTime,
      fixes: [
        {
          advice: `find what holds its issuing: kubectl describe certificate,certificaterequest,order,challenge -n ${subject.namespace}`,
          reason: 'cert-manager tries again by itself when it is mended',
        },
      ],
    },
  ];
}

function stateOf(left: number | undefined): string {
  if (left === undefined) return 'was never issued';
  return left <= 0 ? `expired ${formatDuration(-left)} ago` : `expires in ${formatDuration(left)}`;
}
