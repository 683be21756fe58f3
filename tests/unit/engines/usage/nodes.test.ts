import { describe, expect, it } from 'vitest';
import { nodeUsages } from '../../../../src/engines/usage/nodes.ts';
import { anObject, aPod, aSnapshot } from '../../../support/builders.ts';
import { nodeMetrics } from '../../../support/metrics.ts';
import { aNode, asking } from '../../../support/nodes.ts';

const everyPod = [{ read: { verb: 'list', kind: 'Pod', as: 'full' }, outcome: 'ok' }] as const;

describe('what a node uses', () => {
  it('is held against what it can give, beside what its pods ask for', () => {
    const node = aNode('node-1');
    const pod = aPod('web', { spec: asking({ cpu: '3', memory: '1Gi' }) });
    const measured = nodeMetrics('node-1', { cpu: '1', memory: '2Gi' });
    const snapshot = aSnapshot({ objects: [node, pod, measured], reads: everyPod });

    expect(nodeUsages(snapshot, [node])[0]).toMatchObject({
      cpu: { used: 1, requested: 3, allocatable: 4 },
      memory: { used: 2 ** 31, requested: 2 ** 30, allocatable: 2 ** 33 },
      nearest: { resource: 'cpu', of: 'requested', share: 0.75 },
    });
  });

  it('says nothing of requests when only some of its pods were read', () => {
    const node = aNode('node-1');
    const snapshot = aSnapshot({ objects: [node, aPod('web'), nodeMetrics('node-1', { cpu: '1' })] });

    expect(nodeUsages(snapshot, [node])[0]?.cpu).toEqual({ used: 1, requested: undefined, allocatable: 4 });
  });

  it('puts the fullest first', () => {
    const nodes = [aNode('a'), aNode('b'), anObject('Node', 'bare')];
    const snapshot = aSnapshot({ objects: [...nodes, nodeMetrics('a', { cpu: '1' }), nodeMetrics('b', { cpu: '2' })] });

    expect(nodeUsages(snapshot, nodes).map(({ node }) => node.metadata.name)).toEqual(['b', 'a', 'bare']);
  });
});
