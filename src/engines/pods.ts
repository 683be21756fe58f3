import { second, timeOf } from './durations.ts';
import type { Container, ContainerStatus, ObjectRef, Pod, Probe } from './objects.ts';

/** A container of a pod with what the kubelet says of it. */
export interface PodContainer {
  readonly name: string;
  readonly init: boolean;
  /** An init container that keeps running beside the others (`restartPolicy: Always`). */
  readonly sidecar: boolean;
  readonly spec: Container;
  /** Absent until the kubelet has seen the pod. */
  readonly status: ContainerStatus | undefined;
}

/** Where a container stands in the spec of its pod: `initContainers[migrate]`. */
export const specPath = ({ init, name }: Pick<PodContainer, 'init' | 'name'>): string =>
  `${init ? 'initContainers' : 'containers'}[${name}]`;

/**
 * Init containers first, in the order in which they run. Joined anew for each question: what is made for one pod and
 * forgotten costs less than keeping it for 150,000 of them.
 */
export function containersOf({ spec, status }: Pod): readonly PodContainer[] {
  const containers: PodContainer[] = [];
  for (const container of spec?.initContainers ?? []) containers.push(joined(container, status, true));
  for (const container of spec?.containers ?? []) containers.push(joined(container, status, false));
  return containers;
}

const joined = (spec: Container, status: Pod['status'], init: boolean): PodContainer => {
  const isOwn = ({ name }: ContainerStatus): boolean => name === spec.name;
  return {
    name: spec.name ?? '',
    init,
    sidecar: init && spec.restartPolicy === 'Always',
    spec,
    status: status?.containerStatuses?.findLast(isOwn) ?? status?.initContainerStatuses?.findLast(isOwn),
  };
};

/** Whether the Ready condition is True. */
export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** Whether the pod has ended for good. */
export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Whether the pod should be serving and is not: neither ready, nor ended, nor on its way out. */
export const isBroken = (pod: Pod): boolean => !isReady(pod) && !isFinished(pod) && !isTerminating(pod);

/** A condition of a pod, by type. */
export const podCondition = (pod: Pod, type: string) =>
  pod.status?.conditions?.find((condition) => condition.type === type);

/** The newest terminated state of a container: the current one, else the last. */
export function lastTermination(status: ContainerStatus | undefined) {
  return status?.state?.terminated ?? status?.lastState?.terminated;
}

/** Milliseconds a probe allows before it acts: delay plus periods times failures, with the API's defaults. */
export function probeBudget(probe: Probe): number {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3, timeoutSeconds = 1 } = probe;
  return (initialDelaySeconds + periodSeconds * (failureThreshold - 1) + timeoutSeconds) * second;
}

/** The reason as `kubectl get pods` shows it, near enough to recognise it. */
export function podStatusText(pod: Pod): string {
  if (isTerminating(pod)) return 'Terminating';
  for (const { init, sidecar, status } of containersOf(pod)) {
    const waiting = status?.state?.waiting?.reason;
    if (waiting !== undefined && waiting !== 'PodInitializing' && waiting !== 'ContainerCreating') return waiting;
    const terminated = status?.state?.terminated;
    if (terminated !== undefined && (terminated.exitCode !== 0 || (!init && !isFinished(pod)))) {
      return terminated.reason ?? `exit code ${terminated.exitCode}`;
    }
    if (init && !sidecar && status?.state?.running !== undefined) return 'Init';
  }
  const scheduled = podCondition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.reason ?? 'Pending';
  if (pod.status?.reason !== undefined) return pod.status.reason;
  const creating = pod.status?.containerStatuses?.some(({ state }) => state?.waiting !== undefined) ?? false;
  if (creating) return 'ContainerCreating';
  return pod.status?.phase === 'Running' && !isReady(pod) ? 'NotReady' : (pod.status?.phase ?? 'Pending');
}

/** When the pod stopped being ready, as far as its conditions tell; else its creation. ISO 8601. */
export function unreadySince(pod: Pod): string | undefined {
  const ready = podCondition(pod, 'Ready');
  const time = ready?.status === 'False' ? ready.lastTransitionTime : undefined;
  return time ?? pod.status?.startTime ?? pod.metadata.creationTimestamp;
}

/** Milliseconds since the pod stopped being ready; 0 when unknown. */
export const unreadyFor = (pod: Pod, now: number): number => now - (timeOf(unreadySince(pod)) ?? now);

/** The ServiceAccount as which a pod asks the API server. */
export const serviceAccountOf = ({ metadata: { namespace }, spec }: Pod): ObjectRef => ({
  kind: 'ServiceAccount',
  namespace,
  name: spec?.serviceAccountName ?? 'default',
});
