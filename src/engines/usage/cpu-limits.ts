import { formatDuration, minute, second, timeOf } from '../durations.ts';
import { keyOf, type Pod } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import type { PodContainer } from '../pods.ts';
import { type ProbeFailure, probeFailures } from '../probes/probes.ts';
import { formatQuantity, quantity } from '../quantity.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { metricsVersion } from './usage.ts';

/** What a container uses of the CPU limit that holds for it. Amounts are in cores. */
export interface CpuUse {
  readonly used: number;
  readonly limit: number;
  /** The limit as it is written: `50m`. */
  readonly limitText: string;
  /** Whose limit it is: the container's own, or that of its whole pod. */
  readonly of: 'container' | 'pod';
  /** ISO 8601. */
  readonly measuredAt: string | undefined;
  /** What it was measured over, as the API writes durations: `15s`. */
  readonly window: string | undefined;
}

/** From here on a limit is used up: the kernel rounds, and the samples of metrics-server do not fit its periods. */
const atLimit = 0.95;
/** Older figures are of another time than the probe. */
const fresh = 5 * minute;

/** What holds of a container's CPU limits: its own, else that of its pod; `undefined` when it has none. */
function cpuLimitOf(
  { spec: pod }: Pod,
  { spec, status }: PodContainer,
): Pick<CpuUse, 'limit' | 'limitText' | 'of'> | undefined {
  // An in-place resize shows in the status first.
  const own = status?.resources?.limits?.['cpu'] ?? spec.resources?.limits?.['cpu'];
  const text = own ?? pod?.resources?.limits?.['cpu'];
  const limit = quantity(text);
  if (text === undefined || limit === undefined || limit <= 0) return undefined;
  return { limit, limitText: text, of: own === undefined ? 'pod' : 'container' };
}

/** What the metrics API says that a container uses of its CPU limit; `undefined` without limit, or without a fresh figure of this instance. */
export function cpuUseOf(snapshot: Snapshot, pod: Pod, container: PodContainer): CpuUse | undefined {
  const limit = cpuLimitOf(pod, container);
  const { namespace, name } = pod.metadata;
  const measured = snapshot.find('PodMetrics', namespace, name);
  const time = timeOf(measured?.timestamp);
  // Between two instances the figure is that of the one that was killed.
  const { state, lastState } = container.status ?? {};
  const started = timeOf((state?.running ?? state?.terminated ?? lastState?.terminated)?.startedAt);
  if (limit === undefined || time === undefined || started === undefined) return undefined;
  if (snapshot.now - time > fresh || time < started) return undefined;
  const amounts = (measured?.containers ?? [])
    .filter((each) => limit.of === 'pod' || each.name === container.name)
    .flatMap(({ usage }) => quantity(usage?.['cpu']) ?? []);
  if (amounts.length === 0) return undefined;
  const used = amounts.reduce((sum, amount) => sum + amount, 0);
  return { ...limit, used, measuredAt: measured?.timestamp, window: measured?.window };
}

export const isAtLimit = ({ used, limit }: CpuUse): boolean => used >= atLimit * limit;

/** `49m of its CPU limit of 50m (98 %) over 15 s`. */
export function cpuUseText({ used, limit, limitText, of, window }: CpuUse): string {
  const whose = of === 'pod' ? 'the CPU limit of its pod' : 'its CPU limit';
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(window ?? '') ?? [];
  const measured = Number(minutes) * minute + Number(seconds) * second;
  const over = measured > 0 ? ` over ${formatDuration(measured)}` : '';
  return `${formatQuantity('cpu', used)} of ${whose} of ${limitText} (${Math.round((used / limit) * 100)} %)${over}`;
}

/** Failures of probes that too little CPU may explain: no answer in time, or a start that is too slow. */
export const slowProbes = (snapshot: Snapshot): readonly ProbeFailure[] =>
  probeFailures(snapshot).filter(
    ({ pod, container, rule, outcome }) =>
      cpuLimitOf(pod, container) !== undefined &&
      (outcome === 'timeout' || rule === 'startup-probe-too-short') &&
      rule !== 'probe-misconfigured',
  );

const maximumPods = 6;

/** The usage of pods whose probe is slow under a CPU limit: one of each workload. A cluster without the metrics API answers nothing. */
export function cpuReads(snapshot: Snapshot): readonly Read[] {
  const byWorkload = Map.groupBy(slowProbes(snapshot), ({ pod }) => keyOf(workloadOf(snapshot, pod)));
  return [...byWorkload.values()]
    .flatMap(([first]) => first?.pod.metadata ?? [])
    .slice(0, maximumPods)
    .map(
      ({ namespace, name }): Read => ({ verb: 'get', kind: 'PodMetrics', apiVersion: metricsVersion, namespace, name }),
    );
}
