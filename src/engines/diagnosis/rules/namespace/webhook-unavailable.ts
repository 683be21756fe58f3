import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { nameOf } from '../../../objects.ts';
import type { Presence, Snapshot } from '../../../snapshot.ts';
import { type FailedCall, failedCallIn, type Registration, registrationOf, selfGuarded } from '../../../webhooks.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const webhookUnavailable = defineRule({
  id: 'webhook-unavailable',
  title: 'An admission webhook does not answer',
  area: 'namespace',
  class: 'symptom',
  severity: 'critical',
  meaning:
    'The API server must ask the webhook before it creates a pod, gets no answer, and refuses; this holds for every ' +
    'workload that the webhook watches.',
  detection:
    'A controller failed with `failed calling webhook "W"`. The Service behind it is read from the URL that was called; ' +
    'what is wrong with that Service or its pods explains it. A certificate of an unknown authority is held against the ' +
    "configuration's caBundle: an empty one says who should have written it.",
  remedies: ['Heal the pods behind the webhook, or its certificate.'],
  avoid: ['deleting the webhook or setting its failurePolicy to Ignore without its owner: it guards something'],

  check: (snapshot) => creationFailures(snapshot).flatMap((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: CreationFailure): readonly Finding[] {
  const call = failedCallIn(failure.reason);
  if (call === undefined || selfGuarded(snapshot, call).length > 0) return [];
  const registration = registrationOf(snapshot, call.webhook);
  const { webhook, service, error } = call;
  const distrust = distrustOf(call, registration);
  const { owner, controller, refused, message, at, source, since } = failure;
  const presence = service && snapshot.presence('Service', service.namespace, service.name);
  const where = service === undefined ? '' : ` (${nameOf(service)} in namespace ${service.namespace})`;
  return [
    {
      subject: owner,
      problem: `cannot create ${refused}s: the webhook ${webhook}${registration === undefined ? '' : ` of ${nameOf(registration.ref)}`}${where} cannot be called: ${error}${distrust?.clause ?? ''}`,
      culprit: service,
      dependsOn: service === undefined ? [] : [service],
      certainty: 'declared',
      evidence: [
        { object: controller, source, text: message, at },
        ...(registration === undefined
          ? []
          : [
              {
                object: registration.ref,
                source: 'spec' as const,
                text: `${registration.field}.failurePolicy is ${registration.failurePolicy}`,
              },
            ]),
        ...(service !== undefined && presence === 'absent'
          ? [
              {
                object: service,
                source: 'recomputed' as const,
                text: `${nameOf(service)} was looked for and not found`,
              },
            ]
          : []),
      ],
      since,
      fixes: [distrust?.fix ?? fixOf(call, presence, registration)],
      nextCheck:
        service === undefined
          ? `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`
          : `kubectl get service,endpointslices,pods -n ${service.namespace}`,
    },
  ];
}

interface Distrust {
  readonly clause: string;
  readonly fix: Fix;
}

/** Why the API server trusts nothing of what the webhook shows, where that is what it says. */
function distrustOf({ error }: FailedCall, registration: Registration | undefined): Distrust | undefined {
  const refused = /x509: certificate signed by unknown authority|x509: .*not trusted/.test(error);
  if (!refused || registration?.untrusted === undefined) return undefined;
  const { ref, field, untrusted } = registration;
  const { awaited } = untrusted;
  const empty = `; ${field}.clientConfig.caBundle is empty`;
  const reason = 'without a caBundle the API server trusts no certificate that was made in the cluster';
  return awaited === undefined
    ? {
        clause: empty,
        fix: {
          advice: `write the authority of its certificate into ${field}.clientConfig.caBundle of ${nameOf(ref)}`,
          reason,
        },
      }
    : {
        clause: `${empty}, and ${awaited.writer}, asked by ${awaited.annotation}, has not written it`,
        fix: { advice: `heal ${awaited.writer}, which writes the caBundle of ${nameOf(ref)}`, reason },
      };
}

function fixOf(
  { webhook, service, error }: FailedCall,
  presence: Presence | undefined,
  registration: Registration | undefined,
): Fix {
  if (presence === 'absent' && service !== undefined) {
    return {
      advice: `install ${nameOf(service)} in namespace ${service.namespace} again, or, when what it belonged to was removed, delete ${registration === undefined ? 'its webhook configuration' : nameOf(registration.ref)} with its owner`,
      reason: 'the API server is told to ask a Service that does not exist',
    };
  }
  return {
    advice: `${/x509|certificate/i.test(error) ? 'renew the certificate or the caBundle' : 'heal the pods behind the Service'} of the webhook ${webhook}`,
    reason: 'the controllers try again by themselves as soon as it answers',
  };
}
