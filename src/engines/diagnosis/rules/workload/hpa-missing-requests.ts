import {
  type Autoscaler,
  failedCondition,
  scaleTargetOf,
  utilizationMetrics,
  withoutRequest,
} from '../../../autoscalers.ts';
import { keyOf, nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { podSelectionOf } from '../../../pod-selection.ts';
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
    'Which containers of the pods request nothing of that resource is recomputed: often one that admission injected. A ' +
    'pod that the controller names and the target does not own is one that only the selector of the target matches.',
  remedies: [
    'Set the request in every container of the pod template.',
    'Measure against an AverageValue instead of a Utilization.',
  ],
  avoid: ['scaling by hand and forgetting it: the autoscaler stays blind'],

  check: (snapshot) => snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => findingOf(snapshot, autoscaler)),
});

const missing = /missing request for (\S+)(?: in container (\S+) of Pod (\S+))?/i;

function findingOf(snapshot: Snapshot, autoscaler: Autoscaler): readonly Finding[] {
  const failed = failedCondition(snapshot, autoscaler, 'ScalingActive');
  const [, resource, named, podName] = missing.exec(failed?.message ?? '') ?? [];
  const target = scaleTargetOf(autoscaler);
  if (failed === undefined || resource === undefined || target === undefined) return [];
  const stranger = strangerOf(snapshot, target, podName);
  if (stranger !== undefined) {
    return [ofStranger(autoscaler, failed, { snapshot, target, stranger, resource, container: named ?? '' })];
  }
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

/** The workload of the pod that the controller names, when the target does not own it: only its selector matches it. */
function strangerOf(snapshot: Snapshot, target: ObjectRef, name: string | undefined): ObjectRef | undefined {
  const pod = name === undefined ? undefined : snapshot.find('Pod', target.namespace, name);
  const owner = pod && workloadOf(snapshot, pod);
  // One that was not read may belong to the target itself.
  return owner === undefined || keyOf(owner) === keyOf(target) || snapshot.head(owner) === undefined
    ? undefined
    : owner;
}

interface Mistaken {
  readonly snapshot: Snapshot;
  readonly target: ObjectRef;
  readonly stranger: ObjectRef;
  readonly resource: string;
  readonly container: string;
}

/** An autoscaler measures what the selector of its target matches, whoever owns it. */
function ofStranger(
  autoscaler: Autoscaler,
  failed: { readonly reason: string; readonly message: string; readonly at: string | undefined },
  { snapshot, target, stranger, resource, container }: Mistaken,
): Finding {
  const subject = refOf(autoscaler);
  const head = snapshot.head(target);
  const selector = head && podSelectionOf(head)?.query;
  return {
    subject,
    problem:
      `cannot scale: the selector of ${nameOf(target)}${selector === undefined ? '' : ` (${selector})`} also matches the pods of ${nameOf(stranger)}, ` +
      `whose container ${container} has no ${resource} request`,
    certainty: 'recomputed',
    evidence: [
      {
        object: subject,
        source: 'status',
        text: `ScalingActive is False: ${failed.reason}: ${failed.message}`,
        at: failed.at,
      },
    ],
    since: failed.at,
    fixes: [
      {
        advice: `kubectl set resources ${targetOf(stranger)} -n ${subject.namespace} -c ${container} --requests=${resource}=AMOUNT`,
        reason: 'the autoscaler then computes, though over both workloads',
      },
      {
        advice: `give ${nameOf(target)} a label of its own in its selector and its pod template (it has to be made anew: selectors cannot be changed)`,
        reason: 'it is then measured by its own pods alone',
      },
    ],
  };
}
