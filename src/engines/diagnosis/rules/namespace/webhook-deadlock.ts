import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { nameOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type FailedCall, failedCallIn, registrationOf, selfGuarded } from '../../../webhooks.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const webhookDeadlock = defineRule({
  id: 'webhook-deadlock',
  title: 'An admission webhook keeps its own pods from being created',
  area: 'namespace',
  class: 'cause',
  severity: 'critical',
  meaning:
    'The webhook has no pods left, and the API server asks it before it creates them: it does not heal by itself, and ' +
    'every other workload that it watches is refused as well.',
  detection:
    'A controller failed with `failed calling webhook "W"`, the Service behind it selects a workload, and the creation ' +
    "of that workload's pods fails with the same words. Its configuration is read to name it.",
  remedies: [
    'Exempt the namespace of the webhook in its namespaceSelector, then let its pods come up.',
    'Run more than one replica of it, with a PodDisruptionBudget.',
  ],
  avoid: ['deleting the webhook without its owner: it guards something'],

  check: (snapshot) =>
    creationFailures(snapshot).flatMap((failure) => {
      const call = failedCallIn(failure.reason);
      return call === undefined ? [] : findingOf(snapshot, failure, call);
    }),
});

function findingOf(snapshot: Snapshot, failure: CreationFailure, call: FailedCall): readonly Finding[] {
  const { webhook, service } = call;
  const [own] = selfGuarded(snapshot, call);
  if (own === undefined || service === undefined) return [];
  const registration = registrationOf(snapshot, webhook);
  const name = registration === undefined ? `the webhook ${webhook}` : `${webhook} of ${nameOf(registration.ref)}`;
  const holder =
    registration === undefined ? 'its configuration' : `${registration.field} of ${nameOf(registration.ref)}`;
  return [
    {
      subject: failure.owner,
      problem: `cannot create ${failure.refused}s: ${name} must be asked first, and has no pods, because it is asked for its own too (${nameOf(own)} in namespace ${own.namespace})`,
      culprit: registration?.ref ?? service,
      certainty: 'declared',
      evidence: [
        { object: failure.controller, source: failure.source, text: failure.message, at: failure.at },
        ...(registration === undefined
          ? []
          : [
              {
                object: registration.ref,
                source: 'spec' as const,
                text: `${registration.field}: failurePolicy ${registration.failurePolicy}, calls ${nameOf(service)} in namespace ${service.namespace}`,
              },
            ]),
      ],
      since: failure.since,
      fixes: [
        {
          advice: `with its owner: exempt namespace ${own.namespace} in the namespaceSelector of ${holder} (kubernetes.io/metadata.name NotIn [${own.namespace}])`,
          reason: `${nameOf(own)} can then start, and the others after it`,
        },
        {
          advice: `with its owner: set failurePolicy to Ignore until ${nameOf(own)} runs, then back`,
          reason: 'if the namespace must stay guarded',
        },
      ],
      nextCheck: `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`,
    },
  ];
}
