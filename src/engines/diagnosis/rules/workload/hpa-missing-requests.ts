import {
  type Autoscaler,
  failedCondition,
  scaleTargetOf,
  utilizationMetrics,
  withoutRequest,
} from '../../../autoscalers.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { targetOf } from '../../heal-fixes.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const hpaMissingRequests = defineRule({
  id: 'hpa-missing-requests',
  title: 'An autoscaler measures against requests that are not set',
  area: 'workload',
  class: 'cause',
  severity: 'medium',
  meaning: 'The autoscaler cannot compute how busy the pods are, so it never scales, whatever the load.',
  detection:
    'ScalingActive is False with FailedGetResourceMetric and "missing request for …", and a metric has a Utilization target. ' +
    'Which containers of the pods request nothing of that resource is recomputed: often one that admission injected.',
  remedies: [
    'Set the request in every container of the pod template.',
    'Measure against an AverageValue instead of a Utilization.',
  ],
  avoid: ['scaling by hand and forgetting it: the autoscaler stays blind'],

  check: (snapshot) => snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => findingOf(snapshot, autoscaler)),
});

const missing = /missing request for (\S+)(?: in container (\S+) of Pod)?/i;

function findingOf(snapshot: Snapshot, autoscaler: Autoscaler): readonly Finding[] {
  const failed = failedCondition(snapshot, autoscaler, 'ScalingActive');
  const [, resource, named] = missing.exec(failed?.message ?? '') ?? [];
  const target = scaleTargetOf(autoscaler);
  if (failed === undefined || resource === undefined || target === undefined) return [];
  const metric = utilizationMetrics(autoscaler).find((each) => each.resource === resource) ?? { resource };
  const recomputed = withoutRequest(snapshot, target, metric);
  const containers = recomputed.length > 0 ? recomputed : named === undefined ? [] : [named];
  const which = containers.length === 0 ? 'a container' : `container ${containers.join(', ')}`;
  const [first] = containers;
  const subject = refOf(autoscaler);
  return [
    {
      subject,
      problem: `cannot scale: ${which} of ${nameOf(target)} has no ${resource} request, against which its ${resource} target is measured`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `ScalingActive is False: ${failed.reason}: ${failed.message}`,
          at: failed.at,
        },
        ...(recomputed.length > 0
          ? [
              {
                object: target,
                source: 'spec' as const,
                text: `resources.requests.${resource} is not set in ${recomputed.join(', ')}`,
              },
            ]
          : []),
      ],
      since: failed.at,
      fixes: [
        {
          advice: `kubectl set resources ${targetOf(target)} -n ${subject.namespace}${first === undefined ? '' : ` -c ${first}`} --requests=${resource}=AMOUNT`,
          reason: 'choose it from measured use: kubectl top pods',
        },
        { advice: 'set target.type AverageValue in the autoscaler', reason: 'it needs no requests' },
      ],
    },
  ];
}
