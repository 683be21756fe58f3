import { minute } from '../../../durations.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { podCondition, unreadyFor, unreadySince } from '../../../pods.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** A load balancer takes up to a minute to find a new target healthy. */
const hold = minute;

export const readinessGateBlocked = defineRule({
  id: 'readiness-gate-blocked',
  title: 'A readiness gate keeps a pod unready',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'All containers are ready, but the pod also waits for a condition that a controller outside sets (a load balancer, a ' +
    'mesh), and gets no traffic until then.',
  detection:
    'ContainersReady is True and Ready is False with reason ReadinessGatesNotReady for more than a minute. The gates of ' +
    'spec.readinessGates whose condition is missing or not True are named.',
  remedies: ['Look at the controller that sets the condition: whether it runs, and what it says of this pod.'],
  avoid: ['patching the condition by hand: traffic is then sent before the outside is ready'],

  check: (snapshot) =>
    brokenPods(snapshot)
      .filter((pod) => unreadyFor(pod, snapshot.now) > hold)
      .flatMap(findingOf),
});

function findingOf(pod: Pod): readonly Finding[] {
  const ready = podCondition(pod, 'Ready');
  if (ready?.reason !== 'ReadinessGatesNotReady' || podCondition(pod, 'ContainersReady')?.status !== 'True') return [];
  const closed = (pod.spec?.readinessGates ?? [])
    .flatMap(({ conditionType }) => conditionType ?? [])
    .map((type) => ({ type, condition: podCondition(pod, type) }))
    .filter(({ condition }) => condition?.status !== 'True');
  const [first] = closed;
  if (first === undefined) return [];
  const subject = refOf(pod);
  const named = closed.map(({ type, condition }) =>
    condition === undefined
      ? `${type}, which nobody has set`
      : `${type}, which is ${condition.status}${condition.reason ? ` (${condition.reason})` : ''}`,
  );
  return [
    {
      subject,
      problem: `is not ready although its containers are: it waits for the readiness gate ${named.join(' and ')}`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `ReadinessGatesNotReady: ${ready.message ?? ''}`,
          at: ready.lastTransitionTime,
        },
        ...closed.flatMap(({ type, condition }) =>
          condition?.message
            ? [{ object: subject, source: 'status' as const, text: `${type}: ${condition.message}` }]
            : [],
        ),
      ],
      since: unreadySince(pod),
      fixes: [
        {
          advice: `look at the controller that sets ${first.type}: whether it runs, and what its log says of this pod`,
          reason: 'only it can open the gate',
        },
        {
          advice: `remove ${first.type} from spec.readinessGates of the pod template, or undo what injects it`,
          reason: 'if that controller is not there any more',
        },
      ],
    },
  ];
}
