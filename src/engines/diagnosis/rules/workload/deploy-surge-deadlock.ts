import { second, timeOf } from '../../../durations.ts';
import { type Of, type Pod, refOf } from '../../../objects.ts';
import { controllerOf, podsOf } from '../../../owners.ts';
import { isReady, isTerminating, podCondition } from '../../../pods.ts';
import { revisionsOf } from '../../../revisions.ts';
import { maxUnavailableOf } from '../../../rolling-update.ts';
import { exclusivelyHeld } from '../../../scheduling/own-pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { targetOf } from '../../heal-fixes.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** The scheduler has judged, but an autoscaler or preemption may still make room. */
const hold = 15 * second;

export const deploySurgeDeadlock = defineRule({
  id: 'deploy-surge-deadlock',
  title: 'A rollout waits for what its own old pods hold',
  area: 'workload',
  class: 'cause',
  severity: 'high',
  meaning:
    'The new pod needs what only an old pod of the same Deployment holds, and no old pod may go before the new one is ' +
    'ready. The rollout never gets on; the old revision keeps serving.',
  detection:
    'maxUnavailable comes to 0 (of one replica, the default 25% does), an older ReplicaSet is ready, and a pod of the newest ' +
    'one is unschedulable. It is recomputed that on some node nothing but old pods of this Deployment holds the hostPort, ' +
    'is meant by the anti-affinity, or takes the room that is missing.',
  remedies: [
    'Let an old pod go first: maxSurge 0 and maxUnavailable 1, or the strategy Recreate.',
    'Remove what only one pod can have: the hostPort, the required anti-affinity.',
  ],
  avoid: ['deleting the old pod by hand: it is the one that serves, and its ReplicaSet makes it again'],

  check: (snapshot) => snapshot.all('Deployment').flatMap((deployment) => findingOf(snapshot, deployment)),
});

function findingOf(snapshot: Snapshot, deployment: Of<'Deployment'>): readonly Finding[] {
  if (maxUnavailableOf(deployment) !== 0) return [];
  const subject = refOf(deployment);
  const [current, ...older] = revisionsOf(snapshot, subject);
  const serving = older.find(({ ready }) => ready > 0);
  const pods = podsOf(snapshot, subject);
  if (current === undefined || serving === undefined || pods.some(isTerminating)) return [];
  const isOf = (name: string) => (pod: Pod) => controllerOf(pod)?.name === name;
  const waiting = pods.filter(isOf(current.replicaSet.metadata.name)).find((pod) => isWaiting(snapshot, pod));
  const old = pods.filter((pod) => isReady(pod) && !isOf(current.replicaSet.metadata.name)(pod));
  const held = waiting === undefined ? undefined : exclusivelyHeld(snapshot, waiting, old);
  if (waiting === undefined || held === undefined) return [];
  const scheduled = podCondition(waiting, 'PodScheduled');
  return [
    {
      subject,
      problem:
        `cannot roll out revision ${current.number}: its new pod needs ${held.what}, which the pods of revision ` +
        `${serving.number} hold, and maxUnavailable comes to 0, so none of them goes first`,
      certainty: 'recomputed',
      evidence: [
        {
          object: refOf(waiting),
          source: 'status',
          text: scheduled?.message ?? 'Unschedulable',
          at: scheduled?.lastTransitionTime,
        },
        { object: refOf(held.holder), source: 'recomputed', text: `holds ${held.what} on node ${held.node}` },
        { object: subject, source: 'spec', text: strategyText(deployment) },
      ],
      since: scheduled?.lastTransitionTime,
      fixes: [
        {
          advice:
            `kubectl patch ${targetOf(subject)} -n ${subject.namespace} -p ` +
            `'{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}'`,
          reason: 'an old pod then makes room for its successor; with one replica this is a short outage',
        },
        {
          advice: `remove the need for ${held.what} from the pod template`,
          reason: 'then old and new pods can stand side by side',
        },
      ],
    },
  ];
}

function isWaiting(snapshot: Snapshot, pod: Pod): boolean {
  const condition = podCondition(pod, 'PodScheduled');
  const since = timeOf(condition?.lastTransitionTime);
  return condition?.reason === 'Unschedulable' && (since === undefined || snapshot.now - since >= hold);
}

function strategyText({ spec }: Of<'Deployment'>): string {
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {};
  return `replicas ${spec?.replicas ?? 1}, maxSurge ${maxSurge}, maxUnavailable ${maxUnavailable}`;
}
