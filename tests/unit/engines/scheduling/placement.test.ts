import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { unplacedPods } from '../../../../src/engines/scheduling/placement.ts';
import { aPendingPod, aPod, aSnapshot } from '../../../support/builders.ts';
import { aNode, asking, controlPlane, cordon, dedicated, unreachable, unschedulable } from '../../../support/nodes.ts';

const pod = (requests: Record<string, string>, counts = '1 Insufficient cpu', spec = {}) =>
  aPendingPod('web', unschedulable(counts), { spec: { ...asking(requests), ...spec } });
const filled = (node: string, cpu: string) => aPod(`on-${node}`, { spec: { nodeName: node, ...asking({ cpu }) } });
const verdict = (...objects: readonly KubernetesObject[]) => {
  const [first] = unplacedPods(aSnapshot({ complete: ['Pod', 'Node'], objects }));
  return first && [first.cause, first.nodes.map(({ node }) => node.metadata.name).join()];
};

describe('the cause of an unplaced pod', () => {
  it('is affinity when no node has the labels, whatever else is wrong', () => {
    const wanting = pod({ cpu: '64' }, '1 node(s) had untolerated taint(s)', { nodeSelector: { disk: 'nvme' } });

    expect(verdict(wanting, aNode('a'), aNode('b', { taints: [dedicated] }))).toEqual(['affinity', 'a,b']);
  });

  it('is capacity when the nodes with the labels are full and others are not', () => {
    const wanting = pod({ cpu: '2' }, '1 Insufficient cpu', { nodeSelector: { pool: 'web' } });

    expect(verdict(wanting, aNode('a', { labels: { pool: 'web' } }), filled('a', '3'), aNode('b'))).toEqual([
      'capacity',
      'a',
    ]);
  });

  it('is capacity, not the taint of the control plane', () => {
    expect(verdict(pod({ cpu: '2' }), aNode('a'), filled('a', '3'), aNode('cp', { taints: [controlPlane] }))).toEqual([
      'capacity',
      'a',
    ]);
  });

  it('is capacity, not the taint of a pool that is kept for others', () => {
    expect(verdict(pod({ cpu: '2' }), aNode('a'), filled('a', '3'), aNode('b', { taints: [dedicated] }))).toEqual([
      'capacity',
      'a',
    ]);
  });

  it('is a taint when every node with the labels has one', () => {
    const wanting = pod({ cpu: '1' }, '1 node(s) had untolerated taint(s)', { nodeSelector: { pool: 'batch' } });

    expect(verdict(wanting, aNode('a', { labels: { pool: 'batch' }, taints: [dedicated] }), aNode('b'))).toEqual([
      'taint',
      'a',
    ]);
  });

  it('is the taint of the control plane when there are no other nodes', () => {
    expect(
      verdict(pod({ cpu: '1' }, '1 node(s) had untolerated taint(s)'), aNode('cp', { taints: [controlPlane] })),
    ).toEqual(['taint', 'cp']);
  });

  it('is the cordon when that node has room and the others are full', () => {
    const objects = [aNode('a'), filled('a', '4'), aNode('b', { taints: [cordon], unschedulable: true })];

    expect(verdict(pod({ cpu: '2' }), ...objects)).toEqual(['cordon', 'b']);
  });

  it('is capacity when the cordoned node is full too', () => {
    const objects = [
      aNode('a'),
      filled('a', '3'),
      aNode('b', { taints: [cordon], unschedulable: true }),
      filled('b', '4'),
    ];

    expect(verdict(pod({ cpu: '2' }), ...objects)).toEqual(['capacity', 'a']);
  });

  it('is a dead node when that node has room and the others are full', () => {
    expect(verdict(pod({ cpu: '2' }), aNode('a'), filled('a', '4'), aNode('b', { taints: [unreachable] }))).toEqual([
      'system-taint',
      'b',
    ]);
  });

  it('is the request when no eligible node could meet it even when empty', () => {
    expect(verdict(pod({ cpu: '5' }), aNode('a'), filled('a', '1'), aNode('b', { taints: [unreachable] }))).toEqual([
      'oversized',
      'a',
    ]);
  });

  it('is capacity when one eligible node would do if it were emptier', () => {
    expect(verdict(pod({ cpu: '3' }), aNode('a', { allocatable: { cpu: '2' } }), aNode('b'), filled('b', '2'))).toEqual(
      ['capacity', 'b'],
    );
  });

  it('is what a person must change when every node is ruled out twice', () => {
    expect(verdict(pod({ cpu: '1' }), aNode('a', { taints: [dedicated, unreachable] }))).toEqual(['taint', 'a']);
  });

  it('is capacity when a node runs its maximum of pods', () => {
    expect(verdict(pod({}, '1 Too many pods'), aNode('a', { allocatable: { pods: '1' } }), filled('a', '1'))).toEqual([
      'capacity',
      'a',
    ]);
  });
});

describe('an unplaced pod is left to other rules', () => {
  it.each([
    [
      'a node fits and another filter spoke',
      [
        pod({ cpu: '1' }, "1 Insufficient cpu, 1 node(s) didn't have free ports for the requested pod ports"),
        aNode('a'),
        filled('a', '4'),
        aNode('b'),
      ],
    ],
    [
      'a claim is waited for',
      [
        aPendingPod('web', '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'),
        aNode('a'),
      ],
    ],
    ['no node has the device', [pod({ 'nvidia.com/gpu': '1' }, '1 Insufficient nvidia.com/gpu'), aNode('a')]],
    ['it is scheduled', [aPod('web'), aNode('a')]],
    [
      'it is gated',
      [
        aPod('web', {
          spec: { nodeName: undefined },
          status: {
            phase: 'Pending',
            conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
          },
        }),
      ],
    ],
  ])('because %s', (_, objects) => {
    expect(verdict(...objects)).toBeUndefined();
  });
});

describe('without the pods of the nodes', () => {
  const causes = (...reads: readonly Record<string, unknown>[]) => {
    const snapshot = aSnapshot({
      objects: [pod({ cpu: '2' }), aNode('a')],
      reads: reads.map((read) => ({
        read: { verb: 'list', kind: 'Pod', as: 'full', ...read } as never,
        outcome: 'ok',
      })),
    });
    return unplacedPods(snapshot).map(({ cause, recomputed, nodes }) => [cause, recomputed, nodes.length]);
  };

  it('the scheduler is believed', () => {
    expect(causes({ namespace: 'shop' })).toEqual([['capacity', true, 1]]);
  });

  it('a node whose pods were read and that has room is believed less than the scheduler', () => {
    expect(causes({ fieldSelector: 'spec.nodeName=a,status.phase!=Succeeded,status.phase!=Failed' })).toEqual([
      ['capacity', false, 0],
    ]);
    expect(causes({})).toEqual([['capacity', false, 0]]);
  });

  it('a list of some pods tells nothing of the node', () => {
    expect(causes({ labelSelector: 'app=web' }, { fieldSelector: 'spec.nodeName=b' }, { as: 'table' })).toEqual([
      ['capacity', true, 1],
    ]);
  });

  it('and without nodes its count decides', () => {
    const [first] = unplacedPods(aSnapshot({ objects: [pod({ cpu: '2' }, '3 node(s) had untolerated taint(s)')] }));

    expect(first).toMatchObject({ cause: 'taint', recomputed: false, nodes: [] });
  });
});

describe('pods that demand the same', () => {
  const waits = (name: string, cpu: string) =>
    aPendingPod(name, unschedulable('1 Insufficient cpu'), { spec: asking({ cpu }) });

  it('are judged once', () => {
    const [first, second, other] = unplacedPods(
      aSnapshot({
        complete: ['Pod', 'Node'],
        objects: [aNode('a'), waits('x', '99'), waits('y', '99'), waits('z', '98')],
      }),
    );

    expect(second?.fits).toBe(first?.fits);
    expect(other?.fits).not.toBe(first?.fits);
  });
});
