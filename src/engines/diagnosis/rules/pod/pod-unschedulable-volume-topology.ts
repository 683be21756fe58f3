import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { unassignedPods } from '../../../pod-groups.ts';
import { podCondition } from '../../../pods.ts';
import { conflictsWithVolume, histogramOf, type Obstacle } from '../../../scheduling/histogram.ts';
import { fitsOf, type NodeFit } from '../../../scheduling/node-fit.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { claimsOf, type PersistentVolume } from '../../../volumes/claims.ts';
import { isReachableFrom, isTied, placeText } from '../../../volumes/places.ts';
import { uncordonFix } from '../../heal-fixes.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

const shownNodes = 3;

export const podUnschedulableVolumeTopology = defineRule({
  id: 'pod-unschedulable-volume-topology',
  title: 'A volume lies where its pod cannot run',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The pod mounts a volume that exists in one zone or on one node only, and there it finds no place, so it stays ' +
    'Pending although other nodes may have room.',
  detection:
    "The scheduler says that nodes do not match a PersistentVolume's node affinity (or have no available volume zone). " +
    'The node affinity of the volumes is compared with the labels of all nodes; of the nodes that reach them, what ' +
    'rules them out (room, taints, cordon, the pod’s own demands) is recomputed.',
  remedies: [
    'Bring back the node, or make room on a node where the volume is.',
    'Uncordon that node, when nobody needs it empty.',
    'When the node is gone for good: restore the data into a new claim.',
  ],
  avoid: ['deleting the claim or the volume to get the pod running: the data is lost'],

  check: (snapshot) => unassignedPods(snapshot).flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const { status, message = '', lastTransitionTime } = podCondition(pod, 'PodScheduled') ?? {};
  if (status !== 'False' || !histogramOf(message).some(conflictsWithVolume)) return [];
  const subject = refOf(pod);
  const since = lastTransitionTime ?? pod.metadata.creationTimestamp;
  const said: Evidence = { object: subject, source: 'status', text: message, at: since };
  const volumes = claimsOf(snapshot, pod)
    .flatMap(({ spec }) => snapshot.find('PersistentVolume', undefined, spec?.volumeName ?? '') ?? [])
    .filter(isTied);
  const fits = fitsOf(snapshot, pod);
  if (volumes.length === 0 || fits.length === 0) {
    return [
      {
        subject,
        problem: 'cannot be scheduled: a volume that it mounts is tied to nodes that cannot take it',
        certainty: 'message',
        evidence: [said],
        since,
        fixes: [],
        missingEvidence: ['where its volumes are (get persistentvolumes, list nodes)'],
        nextCheck: 'kubectl get pv -o custom-columns=NAME:.metadata.name,AT:.spec.nodeAffinity.required',
      },
    ];
  }
  const near = fits.filter(({ node }) => volumes.every((volume) => isReachableFrom(node, volume)));
  // What rules out the nodes that the volume can be reached from is not what was recomputed here: say no more than is known.
  const unwell = near.length > 0 && near.every(({ obstacles }) => obstacles.has('system-taint'));
  return [
    {
      subject,
      problem: `cannot be scheduled: ${near.length === 0 ? nowhere(volumes) : ruledOut(volumes, near)}`,
      certainty: near.every(({ obstacles }) => obstacles.size > 0) ? 'recomputed' : 'message',
      evidence: [
        said,
        ...volumes.map(
          (volume): Evidence => ({
            object: refOf(volume),
            source: 'spec',
            text: `holds ${volume.spec?.claimRef?.name ?? 'its claim'} and can be mounted only on nodes with ${placeText(volume)}`,
          }),
        ),
        {
          object: subject,
          source: 'recomputed',
          text: `${near.length} of ${fits.length} nodes are where its ${volumes.length === 1 ? 'volume is' : 'volumes are'}`,
        },
      ],
      since,
      ...(unwell ? { class: 'symptom' as const, dependsOn: near.map(({ node }) => refOf(node)) } : {}),
      fixes: near.length === 0 ? gone(volumes) : fixesOf(near),
    },
  ];
}

const tiedText = (volume: PersistentVolume): string =>
  `${nameOf(refOf(volume))} (claim ${volume.spec?.claimRef?.name ?? '?'}) is tied to ${placeText(volume)}`;

const nowhere = (volumes: readonly PersistentVolume[]): string =>
  volumes.length === 1 && volumes[0] !== undefined
    ? `${tiedText(volumes[0])}, which no node has`
    : `its volumes are tied to places that no node has at once: ${volumes.map(tiedText).join('; ')}`;

function ruledOut(volumes: readonly PersistentVolume[], near: readonly NodeFit[]): string {
  const shown = near.slice(0, shownNodes).map((fit) => `${fit.node.metadata.name} ${obstacleText(fit)}`);
  const more = near.length > shownNodes ? ` and ${near.length - shownNodes} more` : '';
  return `${volumes.map(tiedText).join(', ')}, and there it finds no place (${shown.join('; ')}${more})`;
}

const obstacleWords: Readonly<Record<Exclude<Obstacle, 'capacity' | 'taint' | 'system-taint'>, string>> = {
  affinity: 'does not match its node selector or affinity',
  cordon: 'is cordoned',
};

function obstacleText({ obstacles, shortages, taints }: NodeFit): string {
  const words = [...obstacles].map((obstacle) => {
    if (obstacle === 'capacity')
      return `has too little ${shortages.map(({ resource }) => resource).join(', ') || 'room'}`;
    if (obstacle === 'taint' || obstacle === 'system-taint') return `is tainted ${taints[0]?.key ?? ''}`.trim();
    return obstacleWords[obstacle];
  });
  return [...new Set(words)].join(' and ') || 'is ruled out';
}

const gone = (volumes: readonly PersistentVolume[]): readonly Fix[] => [
  {
    advice: `bring back a node with ${volumes.map(placeText).join(' and ')}, if its disk still exists`,
    reason: 'the data is there and nowhere else',
  },
  {
    advice: 'restore the data from a backup into a new claim',
    reason: 'if the node or zone is gone for good',
  },
];

function fixesOf(near: readonly NodeFit[]): readonly Fix[] {
  const cordoned = near.find(({ obstacles }) => obstacles.has('cordon'))?.node.metadata.name;
  const full = near.find(({ obstacles }) => obstacles.has('capacity'))?.node.metadata.name;
  return [
    ...(cordoned === undefined
      ? []
      : [uncordonFix(cordoned, 'the volume is there; once it is known that nobody drains or repairs it')]),
    ...(full === undefined
      ? []
      : [{ advice: `free room on ${full}, or add a node in the same place`, reason: 'the volume is there' }]),
    ...(cordoned === undefined && full === undefined
      ? [{ advice: 'let the pod run where its volume is', reason: 'the volume cannot move' }]
      : []),
  ];
}
