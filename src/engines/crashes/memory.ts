import { minute, timeOf } from '../durations.ts';
import type { ClusterEvent } from '../events.ts';
import type { Pod } from '../objects.ts';
import { containersOf, type PodContainer } from '../pods.ts';
import { quantity } from '../quantity.ts';
import type { Snapshot } from '../snapshot.ts';
import { startErrors, type Termination } from './crashing.ts';

/** The memory limit that holds for a container now (in-place resize changes it under way), else its pod's. */
export const memoryLimitOf = (pod: Pod, { spec, status }: PodContainer): string | undefined =>
  status?.resources?.limits?.['memory'] ??
  spec.resources?.limits?.['memory'] ??
  pod.spec?.resources?.limits?.['memory'];

/** runc's words when the limit does not even hold its own start-up (libcontainer `init was OOM-killed`). */
export const startOutOfMemory = /init was OOM-killed/i;

/** Whether the kernel killed it for memory: by the runtime's reason, or at its start. The exit code may be any. */
export const isOutOfMemory = ({ reason, message }: Termination): boolean =>
  reason === 'OOMKilled' || (startErrors.has(reason ?? '') && startOutOfMemory.test(message ?? ''));

const mebibyte = 2 ** 20;

/** Memory limits below 1 MiB, which are slips of the unit, with what may be meant: `64`, `128m`, `128k`, `128Ki`. */
export const tinyLimits = (pod: Pod) =>
  containersOf(pod).flatMap((container) => {
    const limit = memoryLimitOf(pod, container) ?? '';
    const [, digits] = /^(\d+)(?:m|k|Ki)?$/.exec(limit) ?? [];
    const tiny = (quantity(limit) ?? mebibyte) < mebibyte;
    return digits !== undefined && tiny ? [{ name: container.name, limit, meant: `${digits}Mi` }] : [];
  });

/** Events of a node about its memory: node-problem-detector's and the kubelet's. */
const nodeReasons = new Set(['OOMKilling', 'SystemOOM', 'EvictionThresholdMet']);
const nearby = 2 * minute;

/** What the node said of its memory when the container died. */
export function nodeMemoryEvent(
  snapshot: Snapshot,
  { spec }: Pod,
  { finishedAt }: Termination,
): ClusterEvent | undefined {
  const died = timeOf(finishedAt);
  return snapshot.events.findLast(
    ({ about, reason, first = 0, last = 0 }) =>
      about.kind === 'Node' &&
      about.name === spec?.nodeName &&
      nodeReasons.has(reason) &&
      died !== undefined &&
      first - nearby <= died &&
      died <= last + nearby,
  );
}

export const hasMemoryPressure = (snapshot: Snapshot, { spec }: Pod): boolean =>
  snapshot
    .find('Node', undefined, spec?.nodeName ?? '')
    ?.status?.conditions?.some(({ type, status }) => type === 'MemoryPressure' && status === 'True') ?? false;
