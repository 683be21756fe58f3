import { hour, minute } from '../../../durations.ts';
import type { ClusterEvent } from '../../../events.ts';
import { keyOf, nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { podsOf, workloadOf } from '../../../owners.ts';
import { isFinished, isReady, isTerminating, podCondition } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

const news = hour;

export const podPreempted = defineRule({
  id: 'pod-preempted',
  title: 'A pod had to make room for a more important one',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The scheduler ended the pod to place one of a higher priority. What replaces it waits until there is room again.',
  detection:
    'An event Preempted of the last hour about a pod, or its condition DisruptionTarget with reason ' +
    'PreemptionByScheduler, while its workload has not all of its pods ready again. Workloads that have recovered are silent.',
  remedies: ['Add capacity.', 'Look at the PriorityClasses: whether the one really matters more than the other.'],
  avoid: ['raising the priority to win the node back: the next workload then loses it'],

  check: (snapshot) => {
    const seen = new Set<string>();
    return [...byCondition(snapshot), ...byEvent(snapshot)].filter(({ subject }) => {
      const key = keyOf(subject);
      return !seen.has(key) && seen.add(key);
    });
  },
});

const byCondition = (snapshot: Snapshot): readonly Finding[] =>
  snapshot.all('Pod').flatMap((pod) => {
    const { reason, message = '', lastTransitionTime } = podCondition(pod, 'DisruptionTarget') ?? {};
    if (reason !== 'PreemptionByScheduler') return [];
    const workload = workloadOf(snapshot, pod);
    return findingOf(snapshot, workload, { object: refOf(pod), text: `${reason}: ${message}`, at: lastTransitionTime });
  });

/** The victim itself is gone in most cases; its name tells whose it was. */
const byEvent = (snapshot: Snapshot): readonly Finding[] =>
  snapshot.events
    .filter(
      ({ reason, about, last }) => reason === 'Preempted' && about.kind === 'Pod' && snapshot.now - (last ?? 0) <= news,
    )
    .flatMap((event) => {
      const workload = ownerByName(snapshot, event);
      return workload === undefined
        ? []
        : findingOf(snapshot, workload, { object: event.about, text: `Preempted: ${event.message}`, at: event.at });
    });

function ownerByName(snapshot: Snapshot, { about }: ClusterEvent): ObjectRef | undefined {
  const controller = about.name.replace(/-[a-z0-9]+$/, '');
  for (const kind of ['ReplicaSet', 'StatefulSet', 'Job'] as const) {
    const owner = snapshot.find(kind, about.namespace, controller);
    if (owner !== undefined) return workloadOf(snapshot, owner);
  }
  return undefined;
}

interface Said {
  readonly object: ObjectRef;
  readonly text: string;
  readonly at: string | undefined;
}

function findingOf(snapshot: Snapshot, workload: ObjectRef, said: Said): readonly Finding[] {
  const current = podsOf(snapshot, workload).filter((pod) => !isFinished(pod) && !isTerminating(pod));
  const waiting = current.filter((pod) => !isReady(pod) && !pod.spec?.nodeName);
  const [missing] = waiting;
  if (missing === undefined && !(workload.kind === 'Pod' && current.length === 0)) return [];
  const preemptor = preemptorOf(snapshot, said.text);
  const winner = preemptor === undefined ? 'a pod of higher priority' : winnerText(snapshot, preemptor);
  return [
    {
      subject: missing === undefined ? said.object : refOf(missing),
      problem: `had to make room for ${winner}, and finds no room again${priorityText(missing)}`,
      certainty: 'declared',
      evidence: [
        { object: said.object, source: 'event', text: said.text, at: said.at },
        ...(preemptor === undefined
          ? []
          : [
              {
                object: refOf(preemptor),
                source: 'spec' as const,
                text: `priority is ${preemptor.spec?.priority ?? 0}${preemptor.spec?.priorityClassName ? ` (${preemptor.spec.priorityClassName})` : ''}`,
              },
            ]),
      ],
      // A replacement waits from the moment on at which its predecessor had to go; the event is repeated later.
      since: earlier(said.at),
      fixes: [
        { advice: 'add a node, or free room on those there are', reason: 'both then fit' },
        {
          advice: `compare the priorities of ${nameOf(workload)} and ${winner}`,
          reason: 'the scheduler ends the lower one whenever room is short',
        },
      ],
    },
  ];
}

const earlier = (at: string | undefined): string | undefined =>
  at === undefined ? undefined : new Date(Date.parse(at) - minute).toISOString();

/** Schedulers name the preemptor by uid (`Preempted by pod UID on node N`), older ones by name. */
function preemptorOf(snapshot: Snapshot, text: string): Pod | undefined {
  const named = /preempted by (?:pod )?(\S+)/i.exec(text)?.[1];
  return snapshot
    .all('Pod')
    .find(({ metadata }) => metadata.uid === named || `${metadata.namespace}/${metadata.name}` === named);
}

const winnerText = (snapshot: Snapshot, pod: Pod): string => {
  const { kind, namespace, name } = workloadOf(snapshot, pod);
  return `${kind}/${name} of namespace ${namespace} (priority ${pod.spec?.priority ?? 0})`;
};

const priorityText = (pod: Pod | undefined): string =>
  pod?.spec?.priority === undefined ? '' : `; its own priority is ${pod.spec.priority}`;
