import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { ReadOutcome } from '../../../../src/engines/snapshot-data.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { getUsage } from '../../../../src/tools/diagnostic/get-usage.ts';
import { aContainer, anObject, aPod, minutesAgo, now, someData } from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { nodeMetrics, podMetrics } from '../../../support/metrics.ts';
import { aNode } from '../../../support/nodes.ts';

const limited = (name: string, namespace = 'shop') =>
  aPod(name, {
    metadata: { namespace },
    containers: [
      aContainer('app', {
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '250m', memory: '128Mi' } },
      }),
    ],
  });
const measured = [
  podMetrics('web', { app: { cpu: '25m', memory: '120Mi' } }),
  podMetrics('db', { app: { cpu: '10m', memory: '32Mi' } }),
  nodeMetrics('node-1', { cpu: '1', memory: '6Gi' }),
];
const objects = [limited('web'), aPod('db'), aNode('node-1')];

const cluster = (found: readonly KubernetesObject[], outcomes: Readonly<Record<string, ReadOutcome>> = {}) =>
  aReader({
    get: async ({ kind, name }) => anObject(kind as 'Namespace', name),
    read: async (reads) =>
      someData({
        objects: found,
        reads: reads.map((read) => ({ read, outcome: (read.verb !== 'log' && outcomes[read.kind]) || 'ok' })),
      }),
  });
const use = (input: object, found: readonly KubernetesObject[] = [...objects, ...measured], outcomes = {}) =>
  runTool(getUsage, { ...input }, aContext({ reader: cluster(found, outcomes) }));

describe('get_usage', () => {
  it('shows what is nearest to its limit first, in the units of manifests', async () => {
    const { data, text } = await use({});

    expect(text).toMatchInlineSnapshot(`
      "2 pods use 35m CPU and 152Mi memory; 1 without requests
      NODE    CPU  REQUESTED  OF  MEMORY  REQUESTED  OF   FULLEST
      node-1  1    -          4   6Gi     -          8Gi  75% of memory used

      POD  CPU  REQUEST  LIMIT  MEMORY  REQUEST  LIMIT  NEAREST
      web  25m  100m     250m   120Mi   64Mi     128Mi  94% of memory limit (app)
      db   10m  -        -      32Mi    -        -      -"
    `);
    expect(data).toMatchObject({
      measured_at: now,
      without_requests: 1,
      truncated: false,
      pods: [
        {
          namespace: 'shop',
          name: 'web',
          cpu: { used: 25, request: 100, limit: 250 },
          memory: { used: 120 * 2 ** 20, request: 2 ** 26, limit: 2 ** 27 },
          nearest: { resource: 'memory', of: 'limit', percent: 94, container: 'app' },
        },
        { name: 'db', cpu: { used: 10 } },
      ],
    });
  });

  it('shows requests and limits where nothing is measured', async () => {
    const { text } = await use({}, objects, { PodMetrics: 'absent', NodeMetrics: 'absent' });

    expect(text).toMatchInlineSnapshot(`
      "2 pods; 1 without requests
      NODE    CPU  REQUESTED  OF  MEMORY  REQUESTED  OF   FULLEST
      node-1  -    -          4   -       -          8Gi  -

      POD  CPU  REQUEST  LIMIT  MEMORY  REQUEST  LIMIT  NEAREST
      web  -    100m     250m   -       64Mi     128Mi  -
      db   -    -        -      -       -        -      -
      not seen: Usage (the cluster serves no metrics API (metrics.k8s.io); metrics-server would); only requests, limits and allocatable amounts are shown"
    `);
  });

  it('names namespaces when there are several, and hides those of the system', async () => {
    const found = [limited('web'), limited('web', 'calm'), limited('dns', 'kube-system')];

    const { data, text } = await use({ all_namespaces: true }, found);

    expect(data).toMatchObject({ hidden: 1, totals: { pods: 3 } });
    expect(text).toMatch(/^shop\/web /m);
    expect(text).toContain('… 1 pod in system namespaces not shown');
  });

  it('says when there is more than it shows', async () => {
    const { data, text } = await use({ limit: 1 });

    expect(data).toMatchObject({ truncated: true });
    expect(text).toContain('… more rows: raise limit or name an object');
  });

  it('does not take a namespace that does not exist for an empty one', async () => {
    const missing = new AppError('not_found', 'Namespace/shopp does not exist.');
    const reader = aReader({
      get: () => Promise.reject(missing),
      read: async () => someData({ takenAt: minutesAgo(0) }),
    });

    await expect(runTool(getUsage, { namespace: 'shopp' }, aContext({ reader }))).rejects.toBe(missing);
  });

  it('answers about a namespace that may not be looked at itself', async () => {
    const denied = new AppError('permission_denied', 'no');
    const reader = aReader({ get: () => Promise.reject(denied), read: async () => someData({ objects }) });

    const { data } = await runTool(getUsage, {}, aContext({ reader }));

    expect(data['totals']).toMatchObject({ pods: 2 });
  });

  it('keeps 20 pods in 4 KB of text', async () => {
    const many = Array.from({ length: 500 }, (_, index) => limited(`checkout-service-7d9f8b6c5d-x${index}abc`));

    const { data, text } = await use({}, many);

    expect(Buffer.byteLength(text)).toBeLessThan(4_096);
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(6_144);
  });
});
