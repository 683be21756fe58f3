import { nameOf, refOf } from '../objects.ts';
import { formatQuantity, quantity } from '../quantity.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * Which ResourceQuota of a namespace would be exceeded by so much more of each of its resources, in one clause;
 * `undefined` when none. Quotas for certain pods only are left to the API server.
 */
export function exceededQuota(
  snapshot: Snapshot,
  namespace: string | undefined,
  more: (resource: string) => number,
): string | undefined {
  for (const quota of snapshot.all('ResourceQuota', namespace)) {
    if (quota.spec?.scopes !== undefined || quota.spec?.scopeSelector !== undefined) continue;
    for (const [resource, hard] of Object.entries(quota.status?.hard ?? {})) {
      const limit = quantity(hard);
      const used = quantity(quota.status?.used?.[resource]) ?? 0;
      const wanted = more(resource);
      if (limit === undefined || wanted <= 0 || used + wanted <= limit) continue;
      const text = (amount: number): string => formatQuantity(resource, amount);
      return `${nameOf(refOf(quota))} allows ${text(limit)} of ${resource}: ${text(used)} is used and ${text(wanted)} more would be`;
    }
  }
  return undefined;
}
