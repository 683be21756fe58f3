import type { KubernetesObject } from '../../engines/objects.ts';

/** Where an object says when something happened. Never what lies ahead: deletions and certificates are dated so. */
interface Dated extends KubernetesObject {
  readonly eventTime?: string | null;
  readonly lastTimestamp?: string | null;
  readonly series?: { readonly lastObservedTime?: string } | null;
  readonly spec?: { readonly renewTime?: string };
  readonly status?: {
    readonly conditions?: readonly Condition[] | null;
    readonly containerStatuses?: readonly ContainerStatus[] | null;
    readonly initContainerStatuses?: readonly ContainerStatus[] | null;
  };
}
interface Condition {
  readonly lastTransitionTime?: string | null;
  readonly lastHeartbeatTime?: string | null;
  readonly lastUpdateTime?: string | null;
}
interface ContainerStatus {
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}
interface ContainerState {
  readonly running?: { readonly startedAt?: string | null } | null;
  readonly terminated?: { readonly startedAt?: string | null; readonly finishedAt?: string | null } | null;
}

/** The newest time, in milliseconds, that an object tells of; 0 when it tells none. */
export function newestTimeOf(object: KubernetesObject): number {
  const { metadata, eventTime, lastTimestamp, series, spec, status } = object as Dated;
  const containers = [...listOf(status?.containerStatuses), ...listOf(status?.initContainerStatuses)];
  const times: readonly unknown[] = [
    metadata.creationTimestamp,
    eventTime,
    lastTimestamp,
    series?.lastObservedTime,
    object.kind === 'Lease' ? spec?.renewTime : undefined,
    ...listOf(metadata.managedFields).map((entry) => entry?.time),
    ...listOf(status?.conditions).flatMap((each) => [
      each?.lastTransitionTime,
      each?.lastHeartbeatTime,
      each?.lastUpdateTime,
    ]),
    ...containers.flatMap((each) => [...timesOfState(each?.state), ...timesOfState(each?.lastState)]),
  ];
  return times.reduce<number>((newest, time) => Math.max(newest, millisecondsOf(time)), 0);
}

const timesOfState = (state: ContainerState | undefined): readonly unknown[] => [
  state?.running?.startedAt,
  state?.terminated?.startedAt,
  state?.terminated?.finishedAt,
];

/** A file may hold anything in the place of a list. */
const listOf = <Item>(value: readonly Item[] | null | undefined): readonly (Item | null | undefined)[] =>
  Array.isArray(value) ? value : [];

/** Only what is certain about its zone. */
export const millisecondsOf = (time: unknown): number =>
  typeof time === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(time)
    ? Date.parse(time) || 0
    : 0;
