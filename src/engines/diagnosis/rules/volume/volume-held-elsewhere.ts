import { nodeCondition } from '../../../node-health.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isTerminating } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type Held, heldPods } from '../../../volumes/held.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

const shownHolders = 3;

export const volumeHeldElsewhere = defineRule({
  id: 'volume-held-elsewhere',
  title: 'Another pod holds the volume',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning:
    'The volume may be used on one node (or by one pod) at a time, and somebody else still has it: the pod before in a ' +
    'rollout, a pod on a node that has died, or another workload.',
  detection:
    'The attach-detach controller says Multi-Attach error for more than a minute and no container was started; or the scheduler says that a ' +
    'ReadWriteOncePod claim is in use. The pods that mount the claim are looked up, with their workloads, revisions ' +
    'and nodes. Replicas of one revision that share a claim are told by pvc-rwo-shared.',
  remedies: [
    'Wait for the holder to end: a volume is detached when its pod is gone, and after 6 minutes from a node that has died.',
    'In a rollout: strategy Recreate, so that the old pod ends first.',
    'From a dead node: mend or replace the node.',
  ],
  avoid: ['force-detaching, or force-deleting the holder, while its node may be alive: two writers destroy the data'],

  check: (snapshot) =>
    heldPods(snapshot)
      .filter(({ by, holders }) => by !== 'replica' || holders.some((holder) => !isAlive(snapshot, holder)))
      .map((held) => findingOf(snapshot, held)),
});

function findingOf(snapshot: Snapshot, held: Held): Finding {
  const { pod, claim, holders, said, since } = held;
  const subject = refOf(pod);
  const dead = holders.filter((holder) => !isAlive(snapshot, holder));
  const nodes = [...new Set(dead.flatMap(({ spec }) => spec?.nodeName ?? []))];
  const onDeadNode = dead.length > 0 && dead.length === holders.length;
  const volume = claim === undefined ? 'a volume that it mounts' : nameOf(refOf(claim));
  return {
    subject,
    problem: `cannot start: ${volume} is ${holderWords(snapshot, held, onDeadNode)}`,
    certainty: holders.length > 0 ? 'declared' : 'message',
    evidence: [
      { object: subject, source: said.source, text: said.text, at: said.at },
      ...(claim === undefined
        ? []
        : [
            {
              object: refOf(claim),
              source: 'spec' as const,
              text: `spec.accessModes is ${claim.spec?.accessModes?.join(', ') ?? 'not set'}`,
            },
          ]),
      ...holders.slice(0, shownHolders).map(holderEvidence),
    ],
    since,
    ...(onDeadNode ? { class: 'symptom' as const, dependsOn: nodes.map((name) => ({ kind: 'Node', name })) } : {}),
    fixes: fixesOf(snapshot, held, onDeadNode ? nodes[0] : undefined),
    missingEvidence: holders.length > 0 ? undefined : ['which pod holds the volume'],
    nextCheck: holders.length > 0 ? undefined : 'kubectl get volumeattachments',
  };
}

function holderWords(snapshot: Snapshot, { by, holders }: Held, onDeadNode: boolean): string {
  const [first] = holders;
  if (first === undefined) return 'still attached to another node';
  if (onDeadNode) return `held by a pod on Node/${first.spec?.nodeName}, which is not ready`;
  const workload = nameOf(workloadOf(snapshot, first));
  if (by !== 'revision') return `held by ${workload}`;
  return isTerminating(first)
    ? `held by the old pod of ${workload}, which does not end`
    : `held by the old pod of ${workload}, which runs until the new one is ready`;
}

const holderEvidence = (holder: Pod): Evidence => ({
  object: refOf(holder),
  source: 'spec',
  text: `mounts the claim on ${holder.spec?.nodeName}${isTerminating(holder) ? ', terminating' : ''}`,
  at: holder.metadata.deletionTimestamp,
});

/** Whether the holder's node reports; a node that was not read counts as alive. */
function isAlive(snapshot: Snapshot, { spec }: Pod): boolean {
  const node = snapshot.find('Node', undefined, spec?.nodeName ?? '');
  return node === undefined || nodeCondition(node, 'Ready')?.status !== 'Unknown';
}

function fixesOf(snapshot: Snapshot, { pod, by, holders }: Held, deadNode: string | undefined): readonly Fix[] {
  const workload = workloadOf(snapshot, pod);
  if (deadNode !== undefined) {
    return [
      {
        advice: `bring back or replace ${deadNode}; when it is certainly powered off: kubectl taint node ${deadNode} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`,
        reason: 'its pods and volumes are then released',
      },
    ];
  }
  if (by === 'revision' && !holders.some(isTerminating)) {
    return [
      {
        advice: `set spec.strategy.type of ${nameOf(workload)} to Recreate`,
        reason: 'the old pod then ends, and releases the volume, before the new one starts',
      },
      {
        advice: 'use a claim with ReadWriteMany, if the driver has it and the application can share its files',
        reason: 'old and new pods then run side by side',
      },
    ];
  }
  const [holder] = holders;
  return [
    {
      advice:
        holder === undefined
          ? 'wait for the detach (6 minutes at most), then look at the VolumeAttachment'
          : `end ${nameOf(workloadOf(snapshot, holder))}, or give ${nameOf(workload)} a claim of its own`,
      reason: 'the volume is for one user at a time',
    },
  ];
}
