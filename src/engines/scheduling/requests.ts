import type { PodSpec } from '../objects.ts';
import { quantity } from '../quantity.ts';

/** Amounts by resource name, in base units (cores, bytes, counts). */
export type Resources = Readonly<Record<string, number>>;

/**
 * What the scheduler reserves for a pod (component-helpers `resource.PodRequests`): its containers and sidecars
 * together, or its largest init container beside the sidecars that already run, whichever is more; pod-level amounts
 * win; plus the runtime's overhead.
 */
export const podRequests = (spec: PodSpec | undefined): Resources => podAmounts(spec, 'requests');

/** The same sum over limits, as a ResourceQuota counts them. */
export const podLimits = (spec: PodSpec | undefined): Resources => podAmounts(spec, 'limits');

type Side = 'requests' | 'limits';

function podAmounts(spec: PodSpec | undefined, side: Side): Resources {
  let sidecars: Resources = {};
  let starting: Resources = {};
  for (const container of spec?.initContainers ?? []) {
    const amounts = amountsOf(container.resources?.[side]);
    if (container.restartPolicy === 'Always') sidecars = plus(sidecars, amounts);
    else starting = larger(starting, plus(sidecars, amounts));
  }
  const running = (spec?.containers ?? []).reduce(
    (sum, { resources }) => plus(sum, amountsOf(resources?.[side])),
    sidecars,
  );
  const needed = { ...larger(running, starting), ...amountsOf(spec?.resources?.[side]) };
  return plus(needed, amountsOf(spec?.overhead));
}

/** Parses a list of quantities; what is none is left out. */
export function amountsOf(list: Readonly<Record<string, string | undefined>> | undefined): Resources {
  const amounts: Record<string, number> = {};
  for (const resource of Object.keys(list ?? {})) {
    const amount = quantity(list?.[resource]);
    if (amount !== undefined) amounts[resource] = amount;
  }
  return amounts;
}

export const plus = (a: Resources, b: Resources): Resources => merged(a, b, (x, y) => x + y);
const larger = (a: Resources, b: Resources): Resources => merged(a, b, Math.max);

/** What is joined with nothing is the same object, as most pods have neither init containers nor overhead. */
function merged(a: Resources, b: Resources, join: (x: number, y: number) => number): Resources {
  const keys = Object.keys(b);
  if (keys.length === 0) return a;
  const result: Record<string, number> = { ...a };
  for (const key of keys) result[key] = join(result[key] ?? 0, b[key] ?? 0);
  return result;
}
