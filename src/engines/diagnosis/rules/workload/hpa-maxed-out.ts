import { type Autoscaler, scaleTargetOf } from '../../../autoscalers.ts';
import { formatDuration, minute, timeOf } from '../../../durations.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { podsOf } from '../../../owners.ts';
import { isBroken } from '../../../pods.ts';
import { quantity } from '../../../quantity.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** A peak that passes is what autoscaling is for. */
const hold = 15 * minute;

export const hpaMaxedOut = defineRule({
  id: 'hpa-maxed-out',
  title: 'An autoscaler wants more replicas than it may have',
  area: 'workload',
  class: 'risk',
  severity: 'medium',
  meaning:
    'The workload runs with all the replicas that it may have and is still busier than wanted: more load makes it slow.',
  detection:
    'ScalingLimited is True with TooManyReplicas for 15 minutes, the target has spec.maxReplicas replicas, and a current ' +
    'metric is above its target. It is no risk of this kind when its pods are broken: more of them would not help.',
  remedies: [
    'Raise maxReplicas, when the nodes and the quota have room and the bottleneck is not behind the workload.',
    'Find out what makes each pod so busy.',
  ],
  avoid: ['raising maxReplicas when a database behind it is the bottleneck, or when pods already wait for room'],

  check: (snapshot) => snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => findingOf(snapshot, autoscaler)),
});

function findingOf(snapshot: Snapshot, autoscaler: Autoscaler): readonly Finding[] {
  const { spec, status } = autoscaler;
  const limited = status?.conditions?.find(
    ({ type, status: value, reason }) => type === 'ScalingLimited' && value === 'True' && reason === 'TooManyReplicas',
  );
  const target = scaleTargetOf(autoscaler);
  const since = timeOf(limited?.lastTransitionTime);
  const most = spec?.maxReplicas;
  if (target === undefined || since === undefined || most === undefined || snapshot.now - since < hold) return [];
  if ((status?.currentReplicas ?? 0) < most || podsOf(snapshot, target).some((pod) => isBroken(pod))) return [];
  const [above] = aboveTarget(autoscaler);
  if (above === undefined) return [];
  const subject = refOf(autoscaler);
  return [
    {
      subject,
      problem: `keeps ${nameOf(target)} at maxReplicas ${most} while ${above}`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `ScalingLimited is True: TooManyReplicas for ${formatDuration(snapshot.now - since)}`,
          at: limited?.lastTransitionTime,
        },
      ],
      since: limited?.lastTransitionTime,
      fixes: [
        {
          advice: `raise maxReplicas of ${nameOf(subject)} above ${most}`,
          reason: 'when nodes and quota have room, and what is behind the workload can take more',
        },
      ],
      nextCheck: `kubectl top pods -n ${subject.namespace}`,
    },
  ];
}

/** `cpu is at 190% of a target of 80%`, for each metric that is above its target. */
function aboveTarget({ spec, status }: Autoscaler): readonly string[] {
  return (spec?.metrics ?? []).flatMap(({ type, resource }) => {
    const current = status?.currentMetrics?.find(
      (each) => each.type === type && each.resource?.name === resource?.name,
    );
    const { averageUtilization: wanted, averageValue: wantedValue } = resource?.target ?? {};
    const { averageUtilization: used, averageValue: usedValue } = current?.resource?.current ?? {};
    if (resource?.name === undefined) return [];
    if (wanted !== undefined && used !== undefined)
      return used > wanted ? [`${resource.name} is at ${used}% with a target of ${wanted}%`] : [];
    return (quantity(usedValue) ?? 0) > (quantity(wantedValue) ?? Number.POSITIVE_INFINITY)
      ? [`${resource.name} is at ${usedValue} with a target of ${wantedValue}`]
      : [];
  });
}
