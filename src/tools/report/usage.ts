import * as z from 'zod';
import { type NodeUsage } from '../../engines/usage/nodes.ts';
import { type Amounts, type PodUsage, usedResources } from '../../engines/usage/pods.ts';

const amount = z.int().optional();
/** Of CPU in millicores, of memory in bytes; what is not set or not known is absent. */
const amounts = z.object({ used: amount, request: amount, limit: amount });
const nodeAmounts = z.object({ used: amount, requested: amount, allocatable: amount });
const resource = z.enum(usedResources);

/** The contract of `get_usage`. */
export const usageReport = z.object({
  /** ISO 8601; absent when nothing was measured. */
  measured_at: z.string().optional(),
  nodes: z
    .array(
      z.object({
        name: z.string(),
        cpu: nodeAmounts,
        memory: nodeAmounts,
        nearest: z.object({ resource, of: z.enum(['used', 'requested']), percent: z.int() }).optional(),
      }),
    )
    .readonly(),
  /** The nearest to a limit first. */
  pods: z
    .array(
      z.object({
        namespace: z.string(),
        name: z.string(),
        cpu: amounts,
        memory: amounts,
        nearest: z
          .object({ resource, of: z.enum(['limit', 'request']), percent: z.int(), container: z.string().optional() })
          .optional(),
      }),
    )
    .readonly(),
  totals: z.object({ pods: z.int(), nodes: z.int(), cpu: amounts, memory: amounts }),
  /** Pods that ask for no CPU or no memory: the scheduler does not reserve it, and they go first. */
  without_requests: z.int(),
  blind_spots: z.array(z.object({ what: z.string(), why: z.string(), consequence: z.string() })).readonly(),
  /** Rows of system namespaces that are not shown. */
  hidden: z.int().optional(),
  truncated: z.boolean(),
});
export type UsageReport = z.output<typeof usageReport>;

const millicores = (cores: number): number => Math.round(cores * 1000);
const percent = (share: number): number => Math.round(share * 100);

/** Absent stays absent. */
function inUnits<Part extends string>(
  parts: Readonly<Partial<Record<Part, number | undefined>>>,
  unit: (n: number) => number,
) {
  const known = Object.entries<number | undefined>(parts).flatMap(([part, value]) =>
    value === undefined ? [] : [[part, unit(value)] as const],
  );
  return Object.fromEntries(known);
}

export const podRow = ({ pod: { metadata }, cpu, memory, nearest }: PodUsage): UsageReport['pods'][number] => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  cpu: inUnits(cpu, millicores),
  memory: inUnits(memory, Math.round),
  ...(nearest !== undefined && {
    nearest: {
      resource: nearest.resource,
      of: nearest.of,
      percent: percent(nearest.share),
      container: nearest.container,
    },
  }),
});

export const nodeRow = ({ node, cpu, memory, nearest }: NodeUsage): UsageReport['nodes'][number] => ({
  name: node.metadata.name,
  cpu: inUnits(cpu, millicores),
  memory: inUnits(memory, Math.round),
  ...(nearest !== undefined && {
    nearest: { resource: nearest.resource, of: nearest.of, percent: percent(nearest.share) },
  }),
});

/** Sums over pods; a sum of which nothing is known is absent. */
export function totalsOf(pods: readonly PodUsage[], nodes: number): UsageReport['totals'] {
  const sums = (amountsOf: (usage: PodUsage) => Amounts, unit: (value: number) => number) =>
    inUnits(
      Object.fromEntries(
        (['used', 'request', 'limit'] as const).map((part) => {
          const known = pods.flatMap((usage) => amountsOf(usage)[part] ?? []);
          return [part, known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0)];
        }),
      ),
      unit,
    );
  return {
    pods: pods.length,
    nodes,
    cpu: sums(({ cpu }) => cpu, millicores),
    memory: sums(({ memory }) => memory, Math.round),
  };
}
