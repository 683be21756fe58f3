import * as z from 'zod';
import { textTable } from '../report/table.ts';
import { defineTool } from '../tool.ts';

const cluster = z.object({
  name: z.string(),
  default: z.boolean(),
  reachable: z.boolean(),
  version: z.string().optional(),
  server: z.string().optional(),
  problem: z.string().optional(),
});

export const listClusters = defineTool({
  name: 'list_clusters',
  title: 'List clusters',
  description: `
    The clusters that a cluster argument may name: kubeconfig contexts, which is the default, its version, whether it
    answers and, if not, why.`,
  access: 'read',
  permissions: [],

  input: z.object({}),
  output: z.object({ clusters: z.array(cluster).readonly() }),

  run: async (_, { clusters, signal, enough }) => ({ clusters: await clusters.list(signal, enough) }),

  render: ({ clusters }) =>
    clusters.length === 0
      ? 'There is no cluster: no kubeconfig, or no context in it.'
      : textTable(
          ['name', 'version', 'state'],
          clusters.map(({ name, default: isDefault, version = '?', reachable, problem = 'not reachable' }) => [
            isDefault ? `${name} (default)` : name,
            version,
            reachable ? 'reachable' : problem,
          ]),
        ),
});
