import { describe, expect, it } from 'vitest';
import type { Read, ReadOutcome, Scope } from '../../../../src/engines/snapshot-data.ts';
import { usageOf, usageReads } from '../../../../src/engines/usage/usage.ts';
import { aContainer, aDeployment, aPod, someData } from '../../../support/builders.ts';
import { nodeMetrics, podMetrics } from '../../../support/metrics.ts';
import { aNode } from '../../../support/nodes.ts';

const shop: Scope = { namespace: 'shop' };
const kindOf = (read: Read): string => (read.verb === 'log' ? 'log' : read.kind);
const reads = (scope: Scope, outcomes: Readonly<Record<string, ReadOutcome>> = {}) =>
  usageReads(scope).map((read) => ({ read, outcome: outcomes[kindOf(read)] ?? ('ok' as const) }));

const web = aDeployment('web', { replicas: 2 });
const other = aPod('other', { metadata: { namespace: 'calm' }, spec: { nodeName: 'node-2' } });
const objects = [
  ...web.all,
  aPod('db'),
  other,
  aNode('node-1'),
  aNode('node-2'),
  ...web.pods.map(({ metadata }) => podMetrics(metadata.name, { app: { cpu: '1m', memory: '1Mi' } })),
  podMetrics('db', { app: { cpu: '1m', memory: '1Mi' } }),
  nodeMetrics('node-1', { cpu: '1', memory: '1Gi' }),
];
const names = (scope: Scope) => {
  const { pods, nodes } = usageOf(someData({ objects, reads: reads(scope) }), scope);
  return [pods.map(({ pod }) => pod.metadata.name), nodes.map(({ node }) => node.metadata.name)];
};

describe('the usage of', () => {
  it.each([
    ['a namespace is that of its pods and their nodes', shop, ['web-5d8f-0', 'web-5d8f-1', 'db'], ['node-1']],
    ['a node is that of all its pods', { object: { kind: 'Node', name: 'node-2' } }, ['other'], ['node-2']],
    [
      'a Deployment is that of its pods',
      { ...shop, object: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
      ['web-5d8f-0', 'web-5d8f-1'],
      ['node-1'],
    ],
    ['a pod is its own', { ...shop, object: { kind: 'Pod', namespace: 'shop', name: 'db' } }, ['db'], ['node-1']],
  ])('%s', (_, scope, pods, nodes) => {
    expect(names(scope)).toEqual([pods, nodes]);
  });

  it('everything includes nodes without pods', () => {
    expect(names({})[1]).toEqual(['node-1', 'node-2']);
  });
});

describe('what is read', () => {
  it('is what connects pods to their owner only when an owner is asked about', () => {
    const object = { kind: 'Deployment', namespace: 'shop', name: 'web' };

    expect(usageReads(shop).map(kindOf)).toEqual(['Pod', 'Node', 'PodMetrics', 'NodeMetrics']);
    expect(usageReads({ ...shop, object }).map(kindOf)).toContain('ReplicaSet');
  });

  it('is narrowed to a node', () => {
    expect(usageReads({ object: { kind: 'Node', name: 'n1' } })[0]).toMatchObject({
      namespace: undefined,
      fieldSelector: 'spec.nodeName=n1,status.phase!=Succeeded,status.phase!=Failed',
    });
  });
});

describe('what is not known', () => {
  const gaps = (outcomes: Readonly<Record<string, ReadOutcome>>, found = objects) =>
    usageOf(someData({ objects: found, reads: reads(shop, outcomes) }), shop).blindSpots;

  it('is nothing when all was read and measured', () => {
    expect(gaps({})).toEqual([]);
  });

  it('is one line when the cluster has no metrics API', () => {
    const found = objects.filter(({ kind }) => !kind.endsWith('Metrics'));

    expect(gaps({ PodMetrics: 'absent', NodeMetrics: 'absent' }, found)).toEqual([
      {
        what: 'Usage',
        why: 'the cluster serves no metrics API (metrics.k8s.io); metrics-server would',
        consequence: 'only requests, limits and allocatable amounts are shown',
      },
    ]);
  });

  it('is a line for each kind that may not be read', () => {
    expect(gaps({ Node: 'denied', PodMetrics: 'failed' })).toEqual([
      { what: 'Node', why: 'reading is forbidden', consequence: 'what nodes can give is not known' },
      { what: 'PodMetrics', why: 'failed', consequence: 'of pods only requests and limits are shown' },
    ]);
  });

  it('names pods of which nothing was measured', () => {
    const found = objects.filter(({ kind, metadata }) => kind !== 'PodMetrics' || metadata.name !== 'db');

    expect(gaps({}, found).map(({ what }) => what)).toEqual(['Usage of Pod/db']);
  });

  it('is throttling, near to a CPU limit alone', () => {
    const busy = (name: string, limit: string) =>
      aPod(name, { containers: [aContainer('app', { resources: { limits: { cpu: limit } } })] });
    const use = (name: string) => podMetrics(name, { app: { cpu: '95m', memory: '1Mi' } });
    const found = [busy('near', '100m'), busy('far', '200m'), use('near'), use('far')];

    expect(gaps({}, found).map(({ what }) => what)).toEqual(['CPU throttling of Pod/near']);
  });
});
