import type { KubernetesObject } from '../engines/objects.ts';

/** Oldest first, by when the event was seen last; new events have no timestamps but `eventTime` and `series`. */
export const byTime = (a: KubernetesObject, b: KubernetesObject): number => timeOf(a) - timeOf(b);

function timeOf(event: KubernetesObject): number {
  const { lastTimestamp, eventTime, firstTimestamp, series, metadata } = event as KubernetesObject & {
    readonly lastTimestamp?: string | null;
    readonly eventTime?: string | null;
    readonly firstTimestamp?: string | null;
    readonly series?: { readonly lastObservedTime?: string };
  };
  const at = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp;
  return at === undefined ? 0 : Date.parse(at) || 0;
}
