import type { Container, PodSpec } from '../objects.ts';
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
  const amounts = (container: Container): Resources => amountsOf(container.resources?.[side]);
  let sidecars: Resources = {};
  let starting: Resources = {};
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars = plus(sidecars, amounts(container));
    else starting = larger(starting, plus(sidecars, amounts(container)));
  }
  const running = (spec?.containers ?? []).map(amounts).reduce(plus, sidecars);
  const needed = { ...larger(running, starting), ...amountsOf(spec?.resources?.[side]) };
  return plus(needed, amountsOf(spec?.overhead));
}

/** Parses a list of quantities; what is none is left out. */
export function amountsOf(list: Readonly<Record<string, string | undefined>> | undefined): Resources {
  return Object.fromEntries(
    Object.entries(list ?? {}).flatMap(([resource, text]) => {
      const amount = quantity(text);
      return amount === undefined ? [] : [[resource, amount]];
    }),
  );
}

export const plus = (a: Resources, b: Resources): Resources => merged(a, b, (x, y) => x + y);
const larger = (a: Resources, b: Resources): Resources => merged(a, b, Math.max);

function merged(a: Resources, b: Resources, join: (x: number, y: number) => number): Resources {
  const result: Record<string, number> = { ...a };
  for (const [key, amount] of Object.entries(b)) result[key] = join(result[key] ?? 0, amount);
  return result;
}
