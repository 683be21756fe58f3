import type { KubernetesObject, ObjectRef } from './objects.ts';

/** An event, its many shapes (core/v1 and events.k8s.io/v1, with `series` or counts) brought into one. Times are milliseconds. */
export interface ClusterEvent {
  readonly about: ObjectRef;
  /** The uid of what it is about; absent in hand-written archives. */
  readonly uid: string | undefined;
  /** Container it is about, from `spec.containers{name}`. */
  readonly container: string | undefined;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** ISO 8601 of `last`, for quoting. */
  readonly at: string | undefined;
}

interface EventFields {
  readonly involvedObject?: Target;
  readonly regarding?: Target;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly note?: string;
  readonly count?: number;
  readonly deprecatedCount?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string } | null;
  readonly eventTime?: string | null;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly deprecatedFirstTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
}
interface Target {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly fieldPath?: string;
}

/**
 * Normalises an Event. Last seen is `series.lastObservedTime`, else `lastTimestamp`, else `eventTime`; scheduler
 * events have only `eventTime` and `series` (k8s.io/client-go/tools/events).
 */
export function eventOf(object: KubernetesObject): ClusterEvent {
  const event = object as KubernetesObject & EventFields;
  const target = event.involvedObject ?? event.regarding ?? {};
  const last =
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.deprecatedLastTimestamp ??
    event.eventTime ??
    undefined;
  const first = event.firstTimestamp ?? event.deprecatedFirstTimestamp ?? event.eventTime ?? last;
  return {
    about: { kind: target.kind ?? '', namespace: target.namespace || undefined, name: target.name ?? '' },
    uid: target.uid || undefined,
    container: /\{(.+)\}/.exec(target.fieldPath ?? '')?.[1],
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? event.note ?? '',
    count: event.series?.count ?? event.count ?? event.deprecatedCount ?? 1,
    first: millis(first),
    last: millis(last),
    at: last ?? undefined,
  };
}

function millis(time: string | null | undefined): number | undefined {
  const parsed = Date.parse(time ?? '');
  return Number.isNaN(parsed) ? undefined : parsed;
}
