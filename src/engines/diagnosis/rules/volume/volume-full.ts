import { nameOf, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { formatQuantity } from '../../../quantity.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { classOf } from '../../../volumes/claims.ts';
import { type FullVolume, fullVolumes } from '../../../volumes/full.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const volumeFull = defineRule({
  id: 'volume-full',
  title: 'A volume is full',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning: 'The program can write nothing more to its volume, and ends or stops serving because of it.',
  detection:
    'The log of a pod that is not ready says "no space left on device" (or quota exceeded, ENOSPC) about a path on ' +
    'a mounted claim or an emptyDir in memory. A line without a path counts when the container has exactly one such volume. ' +
    'What is full outside of volumes is the disk of the node. How full a volume is only statistics of the kubelet tell, ' +
    'which are not read: of one that is nearly full nothing is said.',
  remedies: ['Enlarge the claim, when its class allows it.', 'Let the application clean up, or move data away.'],
  avoid: [
    'deleting files that nobody knows: they may be the data',
    'deleting the claim to get an empty one',
    'restarting: the volume stays full',
  ],

  check: (snapshot) => fullVolumes(snapshot).map((full) => findingOf(snapshot, full)),
});

function findingOf(snapshot: Snapshot, full: FullVolume): Finding {
  const { pod, container, claim, volume, mountPath, capacity, line, at, named } = full;
  const workload = nameOf(workloadOf(snapshot, pod));
  const size = capacity === undefined ? '' : ` (${formatQuantity('storage', capacity)})`;
  const subject = claim === undefined ? refOf(pod) : refOf(claim);
  const where = `${mountPath} of ${workload}`;
  return {
    subject,
    problem:
      claim === undefined
        ? `has filled its volume ${volume.name}${size} at ${mountPath}`
        : `is full${size}: nothing more can be written to ${where}`,
    certainty: named ? 'message' : 'inferred',
    evidence: [
      { object: refOf(pod), source: 'log', text: line, at },
      ...(claim === undefined
        ? []
        : [
            {
              object: refOf(claim),
              source: 'status' as const,
              text: `status.capacity.storage is ${claim.status?.capacity?.['storage'] ?? 'not known'}, mounted at ${mountPath} in container ${container}`,
            },
          ]),
    ],
    fixes: fixesOf(snapshot, full),
    missingEvidence: named ? undefined : [`how much of ${mountPath} is used: the log names no path`],
    nextCheck: `kubectl exec -n ${pod.metadata.namespace} ${pod.metadata.name} -c ${container} -- df -h ${mountPath}`,
  };
}

function fixesOf(snapshot: Snapshot, { claim, volume, mountPath, capacity }: FullVolume): readonly Fix[] {
  const clean: Fix = {
    advice: `let the application clean up what it keeps in ${mountPath} (old logs, temporary files, retention)`,
    reason: 'if it has grown by what nobody needs',
  };
  if (claim === undefined) {
    return [{ advice: `raise volumes[${volume.name}].emptyDir.sizeLimit`, reason: 'if it needs as much' }, clean];
  }
  const storageClass = classOf(snapshot, claim);
  const { namespace, name } = claim.metadata;
  const bigger = capacity === undefined ? 'MORE' : formatQuantity('storage', capacity * 2);
  if (storageClass?.allowVolumeExpansion !== true) {
    const why = storageClass === undefined ? '' : `: ${nameOf(refOf(storageClass))} does not allow expansion`;
    return [
      {
        advice: `copy the data to a new, larger claim (${bigger})`,
        reason: `a volume of this class cannot grow${why}`,
      },
      clean,
    ];
  }
  return [
    {
      advice: `kubectl patch pvc -n ${namespace} ${name} -p '{"spec":{"resources":{"requests":{"storage":"${bigger}"}}}}'`,
      reason: `${nameOf(refOf(storageClass))} allows expansion`,
    },
    clean,
  ];
}
