import { nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import { podsOf, workloadOf } from '../../../owners.ts';
import { isFinished, isTerminating } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type Held, heldPods } from '../../../volumes/held.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const pvcRwoShared = defineRule({
  id: 'pvc-rwo-shared',
  title: 'Replicas share a volume that only one can have',
  area: 'volume',
  class: 'cause',
  severity: 'medium',
  meaning:
    'All replicas mount one claim whose access mode allows one node (ReadWriteOnce) or one pod (ReadWriteOncePod), so ' +
    'the first that comes has it and the others never start.',
  detection:
    'A pod cannot have its volume (Multi-Attach error, or ReadWriteOncePod in use), and the holder is a replica of ' +
    'the same workload and revision. Replicas that share a claim on one node work and are silent.',
  remedies: [
    'Run one replica with strategy Recreate.',
    'Give each replica a volume of its own: a StatefulSet with volumeClaimTemplates.',
    'Use a class that supports ReadWriteMany, when the application can share files.',
  ],
  avoid: ['deleting the replica that runs: another takes the volume, and one still waits'],

  check: (snapshot) =>
    heldPods(snapshot)
      .filter(({ by, claim }) => by === 'replica' && claim !== undefined)
      .map((held) => findingOf(snapshot, held)),
});

function findingOf(snapshot: Snapshot, { pod, claim, holders, said, since }: Held): Finding {
  const subject = refOf(pod);
  const workload = workloadOf(snapshot, pod);
  const modes = claim?.spec?.accessModes?.join(', ') ?? '';
  const name = claim?.metadata.name ?? '';
  const replicas = podsOf(snapshot, workload).filter((each) => !isTerminating(each) && !isFinished(each)).length;
  const onePod = modes === 'ReadWriteOncePod';
  return {
    subject,
    problem: `cannot start: all replicas mount PersistentVolumeClaim/${name}, whose accessModes [${modes}] allow one ${onePod ? 'pod' : 'node'}, and another replica has it`,
    certainty: 'declared',
    evidence: [
      { object: subject, source: said.source, text: said.text, at: said.at },
      ...holders.slice(0, 1).map((holder) => ({
        object: refOf(holder),
        source: 'spec' as const,
        text: `mounts ${name} on ${holder.spec?.nodeName}`,
      })),
      { object: workload, source: 'recomputed', text: `${replicas} replicas mount ${name}` },
    ],
    since,
    fixes: fixesOf(workload, onePod),
  };
}

const fixesOf = (workload: ObjectRef, onePod: boolean): readonly Fix[] => [
  {
    advice: `scale ${nameOf(workload)} to 1 replica, with strategy Recreate`,
    reason: 'one pod can have the volume',
  },
  {
    advice: 'make it a StatefulSet with volumeClaimTemplates',
    reason: 'if every replica can have files of its own',
  },
  {
    advice: `use a new claim with ${onePod ? 'ReadWriteOnce or ' : ''}ReadWriteMany`,
    reason: `if the application can share its files${onePod ? '' : ' and the driver supports it'}`,
  },
];
