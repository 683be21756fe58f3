import * as z from 'zod';
import { formatQuantity } from '../../engines/quantity.ts';
import type { UsedResource } from '../../engines/usage/pods.ts';
import { usageOf, usageReads } from '../../engines/usage/usage.ts';
import { checkExists } from '../existing.ts';
import { plural } from '../report/plural.ts';
import { textTable } from '../report/table.ts';
import { nodeRow, podRow, totalsOf, type UsageReport, usageReport } from '../report/usage.ts';
import { allNamespaces, cluster, namespace, objectPath } from '../schemas.ts';
import { scopeOf } from '../scope.ts';
import { isSystem } from '../target.ts';
import { defineTool } from '../tool.ts';

export const getUsage = defineTool({
  name: 'get_usage',
  title: 'Get usage',
  description: `
    CPU and memory that pods and nodes use now, against requests, limits and what nodes can give; the nearest to a limit
    first. Use it for OOM kills, slow pods, full nodes, and to size requests. For why a pod died use diagnose.`,
  access: 'read',
  permissions: [
    'list pods',
    'list nodes',
    'list metrics.k8s.io/pods',
    'list metrics.k8s.io/nodes',
    'list apps/replicasets',
    'list batch/jobs',
    'get namespaces',
  ],

  input: z.object({
    namespace,
    all_namespaces: allNamespaces,
    object: objectPath,
    limit: z.int().min(1).max(500).default(20).describe('Most rows.'),
    cluster,
  }),
  output: usageReport,

  async run({ limit, ...request }, context) {
    const { signal, enough, settings } = context;
    const reader = await context.reader();
    const { namespace: place, object } = await scopeOf(request, reader, context);
    // On a node, pods of all namespaces share what there is.
    const scope = { namespace: place, object };
    const target = object ?? (place === undefined ? undefined : { kind: 'Namespace', name: place });
    const [data] = await Promise.all([
      reader.read(usageReads(scope), signal, { enough }),
      target === undefined ? undefined : checkExists(reader, target, signal),
    ]);
    const { pods, nodes, measuredAt, blindSpots } = usageOf(data, scope);
    const visible = settings.allowSystemNamespaces
      ? pods
      : pods.filter(({ pod }) => place !== undefined || !isSystem(pod.metadata.namespace));
    const hidden = pods.length - visible.length;
    return {
      measured_at: measuredAt,
      nodes: nodes.slice(0, limit).map(nodeRow),
      pods: visible.slice(0, limit).map(podRow),
      totals: totalsOf(pods, nodes.length),
      without_requests: visible.filter(({ cpu, memory }) => cpu.request === undefined || memory.request === undefined)
        .length,
      blind_spots: blindSpots,
      ...(hidden > 0 && { hidden }),
      truncated: visible.length > limit || nodes.length > limit,
    };
  },

  render(data) {
    const { nodes, pods, totals, without_requests: without, blind_spots: blind, hidden = 0, truncated } = data;
    const use =
      totals.cpu.used === undefined
        ? ''
        : ` use ${amount('cpu', totals.cpu.used)} CPU and ${amount('memory', totals.memory.used)} memory`;
    return [
      `${plural(totals.pods, 'pod')}${use}${without > 0 ? `; ${without} without requests` : ''}`,
      ...(nodes.length === 0 ? [] : [textTable(nodeColumns, nodes.map(nodeCells))]),
      ...(pods.length === 0
        ? []
        : ['', textTable(podColumns, pods.map(podCells(new Set(pods.map((pod) => pod.namespace)).size > 1)))]),
      ...(truncated ? ['… more rows: raise limit or name an object'] : []),
      ...(hidden > 0 ? [`… ${plural(hidden, 'pod')} in system namespaces not shown`] : []),
      ...blind.map(({ what, why, consequence }) => `not seen: ${what} (${why}); ${consequence}`),
    ].join('\n');
  },
});

const amount = (resource: UsedResource, value: number | undefined): string =>
  value === undefined ? '-' : formatQuantity(resource, resource === 'cpu' ? value / 1000 : value);

const nodeColumns = ['node', 'cpu', 'requested', 'of', 'memory', 'requested', 'of', 'fullest'];

const nodeCells = ({ name, cpu, memory, nearest }: UsageReport['nodes'][number]) => [
  name,
  ...(['used', 'requested', 'allocatable'] as const).map((part) => amount('cpu', cpu[part])),
  ...(['used', 'requested', 'allocatable'] as const).map((part) => amount('memory', memory[part])),
  nearest === undefined ? '-' : `${nearest.percent}% of ${nearest.resource} ${nearest.of}`,
];

const podColumns = ['pod', 'cpu', 'request', 'limit', 'memory', 'request', 'limit', 'nearest'];

const podCells =
  (withNamespace: boolean) =>
  ({ namespace: place, name, cpu, memory, nearest }: UsageReport['pods'][number]) => [
    withNamespace ? `${place}/${name}` : name,
    ...(['used', 'request', 'limit'] as const).map((part) => amount('cpu', cpu[part])),
    ...(['used', 'request', 'limit'] as const).map((part) => amount('memory', memory[part])),
    nearest === undefined
      ? '-'
      : `${nearest.percent}% of ${nearest.resource} ${nearest.of}${nearest.container === undefined ? '' : ` (${nearest.container})`}`,
  ];
