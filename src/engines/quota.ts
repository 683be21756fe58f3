import type { Of, PodSpec } from './objects.ts';
import { quantity } from './quantity.ts';
import { podLimits, podRequests } from './scheduling/requests.ts';

/** A refusal by a ResourceQuota, in its own words. */
export interface QuotaRefusal {
  readonly quota: string;
  readonly exceeded: readonly {
    readonly resource: string;
    readonly requested: string;
    readonly used: string;
    readonly limited: string;
  }[];
}

/** Reads `exceeded quota: Q, requested: a=1,b=2, used: a=3,b=4, limited: a=3,b=5` (apiserver `resourcequota` admission). */
export function quotaRefusalIn(message: string): QuotaRefusal | undefined {
  const match = /exceeded quota: ([^,\s]+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(message);
  if (match === null) return undefined;
  const [, quota = '', requested = '', used = '', limited = ''] = match;
  const usedBy = amounts(used);
  const limitedTo = amounts(limited);
  return {
    quota,
    exceeded: [...amounts(requested)].map(([resource, amount]) => ({
      resource,
      requested: amount,
      used: usedBy.get(resource) ?? '0',
      limited: limitedTo.get(resource) ?? '?',
    })),
  };
}

const amounts = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .replace(/[.,]+$/, '')
      .split(',')
      .map((pair): readonly [string, string] => {
        const at = pair.lastIndexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
  );

/** Whether the quota, as it stands now, still refuses what was refused; `undefined` when its status does not tell. */
export function stillRefuses(quota: Of<'ResourceQuota'>, { exceeded }: QuotaRefusal): boolean | undefined {
  const { hard, used } = quota.status ?? {};
  const judged = exceeded.flatMap(({ resource, requested }) => {
    const limit = quantity(hard?.[resource]);
    const taken = quantity(used?.[resource]);
    const wanted = quantity(requested);
    return limit === undefined || taken === undefined || wanted === undefined ? [] : [taken + wanted > limit];
  });
  return judged.length === 0 ? undefined : judged.includes(true);
}

/** What a living pod counts against a quota's resource; 0 for resources that pods do not use. */
export function countedBy(spec: PodSpec | undefined, resource: string): number {
  if (resource === 'pods' || resource === 'count/pods') return 1;
  if (resource.startsWith('limits.')) return podLimits(spec)[resource.slice('limits.'.length)] ?? 0;
  return podRequests(spec)[resource.replace(/^requests\./, '')] ?? 0;
}
