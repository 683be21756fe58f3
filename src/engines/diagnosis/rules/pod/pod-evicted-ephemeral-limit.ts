import { type Pod, refOf } from '../../../objects.ts';
import { endedAt, weightOfEnd } from '../../../pod-ends.ts';
import { failedPods } from '../../../pod-groups.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const podEvictedEphemeralLimit = defineRule({
  id: 'pod-evicted-ephemeral-limit',
  title: 'A pod was evicted because it wrote too much',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'Logs, temporary files or an emptyDir grew beyond the limit that the pod itself sets. The kubelet ends the pod, and ' +
    'the next one will meet the same end.',
  detection:
    "The pod Failed with reason Evicted, and the kubelet's message names the emptyDir, the container or the sum of limits that " +
    'was exceeded. It is a cause when the pod is bare, was evicted so twice within an hour, or its workload is not ready; ' +
    'a risk when it was replaced; what is older than an hour is history.',
  remedies: ['Write less: rotate logs, clean up temporary files.', 'Raise the limit, when the node has the room.'],
  avoid: ['raising the limit without looking at the disk of the node: then all of its pods are evicted'],

  check: (snapshot) =>
    failedPods(snapshot)
      .filter(({ status }) => status?.reason === 'Evicted')
      .flatMap((pod) => findingOf(snapshot, pod)),
});

interface Excess {
  readonly says: string;
  readonly container?: string | undefined;
  readonly fixes: readonly Fix[];
}

/** The kubelet's three wordings (pkg/kubelet/eviction/helpers.go). */
function excessOf(message: string): Excess | undefined {
  const volume = /Usage of EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"/i.exec(message);
  if (volume !== null) {
    return {
      says: `its emptyDir volume ${volume[1]} grew beyond volumes[${volume[1]}].emptyDir.sizeLimit ${volume[2]}`,
      fixes: fixesOf(`volumes[${volume[1]}].emptyDir.sizeLimit`, `volume ${volume[1]}`),
    };
  }
  const container = /Container (\S+) exceeded its local ephemeral storage limit "([^"]+)"/i.exec(message);
  if (container !== null) {
    return {
      says: `container ${container[1]} wrote more than its limit of ephemeral-storage, ${container[2]}`,
      container: container[1],
      fixes: fixesOf(`resources.limits.ephemeral-storage of container ${container[1]}`, 'its own files and logs'),
    };
  }
  const pod = /Pod ephemeral local storage usage exceeds the total limit of containers (\S+?)\.?\s*$/i.exec(message);
  return pod === null
    ? undefined
    : {
        says: `its containers and emptyDirs together wrote more than the sum of their limits of ephemeral-storage, ${pod[1]}`,
        fixes: fixesOf('resources.limits.ephemeral-storage of its containers', 'files, logs and emptyDirs'),
      };
}

const fixesOf = (field: string, where: string): readonly Fix[] => [
  {
    advice: `find out what fills ${where}, and rotate or delete it in the application`,
    reason: 'it grew beyond what was meant',
  },
  { advice: `raise ${field}, if it needs as much and the node has it`, reason: 'the kubelet evicts at the limit' },
];

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const message = pod.status?.message ?? '';
  const excess = excessOf(message);
  if (excess === undefined) return [];
  const alike = (other: Pod) => excessOf(other.status?.message ?? '')?.says === excess.says;
  const weight = weightOfEnd(snapshot, pod, alike);
  if (weight === 'history') return [];
  const since = endedAt(pod);
  return [
    {
      subject: refOf(pod),
      container: excess.container,
      problem: `was evicted: ${excess.says}`,
      ...(weight === 'replaced' ? { class: 'risk' as const, severity: 'medium' as const } : {}),
      certainty: 'declared',
      evidence: [{ object: refOf(pod), source: 'status', text: `Evicted: ${message.trim()}`, at: since }],
      since,
      fixes: excess.fixes,
    },
  ];
}
