import { nearest } from '../../../../platform/nearest.ts';
import { type Autoscaler, failedCondition, rivals, scaleTargetOf } from '../../../autoscalers.ts';
import { second } from '../../../durations.ts';
import { keyOf, nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Whoever applies both may apply the autoscaler first. */
const hold = 30 * second;

export const hpaTargetOrConflict = defineRule({
  id: 'hpa-target-or-conflict',
  title: 'An autoscaler has no target, or shares it with another one',
  area: 'workload',
  class: 'cause',
  severity: 'medium',
  meaning: 'The autoscaler does nothing: what it should scale does not exist, or another one scales the same pods.',
  detection:
    'AbleToScale is False with FailedGetScale, and the target was looked for and not found, or its kind is not served; or ' +
    'two autoscalers have the same scaleTargetRef; or ScalingActive is False with AmbiguousSelector. Replicas that a ' +
    'pipeline keeps writing are not told: managedFields are not kept in such detail.',
  remedies: ['Correct scaleTargetRef.', 'Keep one autoscaler per workload, with all its metrics.'],
  avoid: ['scaling by hand: it hides that nobody scales'],

  check: (snapshot) => [
    ...snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => lostTarget(snapshot, autoscaler)),
    ...rivals(snapshot).flatMap(({ target, autoscalers }) => rivalry(target, autoscalers)),
    ...snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => overlap(snapshot, autoscaler)),
  ],
});

function lostTarget(snapshot: Snapshot, autoscaler: Autoscaler): readonly Finding[] {
  const failed = failedCondition(snapshot, autoscaler, 'AbleToScale');
  const target = scaleTargetOf(autoscaler);
  if (failed?.reason !== 'FailedGetScale' || failed.age < hold || target === undefined) return [];
  const unserved = /no matches for kind|no kind .* is registered/i.test(failed.message);
  const absent = snapshot.presence(target.kind, target.namespace, target.name) === 'absent';
  if (!absent && !unserved) return [];
  const subject = refOf(autoscaler);
  const similar = nearest(target.name, snapshot.names(target.kind, target.namespace))[0];
  const { apiVersion } = autoscaler.spec?.scaleTargetRef ?? {};
  const namesake = (['Deployment', 'StatefulSet'] as const).find(
    (kind) => kind !== target.kind && snapshot.find(kind, target.namespace, target.name) !== undefined,
  );
  const alike = similar === undefined ? namesake && `${namesake}/${target.name}` : `${target.kind}/${similar}`;
  return [
    {
      subject,
      problem: unserved
        ? `scales nothing: the cluster has no kind ${target.kind} of ${apiVersion ?? 'that version'}`
        : `scales nothing: ${nameOf(target)} does not exist${alike === undefined ? '' : ` (there is ${alike})`}`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `AbleToScale is False: ${failed.reason}: ${failed.message}`,
          at: failed.at,
        },
      ],
      since: failed.at,
      fixes: [
        {
          advice:
            unserved || alike === undefined
              ? 'correct spec.scaleTargetRef, or delete the autoscaler'
              : similar === undefined
                ? `set spec.scaleTargetRef.kind to ${namesake}`
                : `set spec.scaleTargetRef.name to ${similar}`,
          reason: alike === undefined ? 'nothing of that name is there' : 'that exists, and is named alike',
        },
      ],
    },
  ];
}

/** Since 1.26 the controller scales nothing that two autoscalers claim (podautoscaler `AmbiguousSelector`). */
function rivalry(target: ObjectRef, autoscalers: readonly ObjectRef[]): readonly Finding[] {
  const names = autoscalers.map(nameOf).toSorted();
  return autoscalers.map((subject) => ({
    subject,
    problem: `cannot scale ${nameOf(target)}: ${names.join(' and ')} both claim it`,
    culprit: target,
    certainty: 'recomputed',
    evidence: [{ object: subject, source: 'spec', text: `scaleTargetRef is ${nameOf(target)}` }],
    fixes: [
      {
        advice: `delete all but one of ${names.join(', ')}, with all metrics in that one`,
        reason: 'one autoscaler takes the highest of its metrics',
      },
    ],
  }));
}

function overlap(snapshot: Snapshot, autoscaler: Autoscaler): readonly Finding[] {
  const failed = failedCondition(snapshot, autoscaler, 'ScalingActive');
  const subject = refOf(autoscaler);
  const told = rivals(snapshot).some(({ autoscalers }) => autoscalers.some((each) => keyOf(each) === keyOf(subject)));
  if (failed?.reason !== 'AmbiguousSelector' || told) return [];
  return [
    {
      subject,
      problem: `cannot scale: ${failed.message}`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'status', text: `ScalingActive is False: ${failed.reason}`, at: failed.at },
      ],
      since: failed.at,
      fixes: [
        {
          advice: 'give the workloads selectors that no pod of the other one matches',
          reason: 'each pod may belong to one autoscaler only',
        },
      ],
    },
  ];
}
