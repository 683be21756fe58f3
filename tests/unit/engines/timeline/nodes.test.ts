import { describe, expect, it } from 'vitest';
import { transitionsOf } from '../../../../src/engines/timeline/nodes.ts';
import { anObject, minutesAgo } from '../../../support/builders.ts';
import { aNode } from '../../../support/nodes.ts';

const ready = (status: string, age: number) => ({
  type: 'Ready',
  status,
  reason: 'KubeletNotReady',
  message: 'container runtime is down',
  lastTransitionTime: minutesAgo(age),
});
const told = (...nodes: Parameters<typeof transitionsOf>[0]) => transitionsOf(nodes).map(({ at, what }) => [at, what]);

describe('a node', () => {
  it('tells when it joined, when its conditions changed and when it was tainted', () => {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: minutesAgo(5) };

    expect(told(aNode('n1', { conditions: [ready('False', 9)], taints: [taint] }))).toEqual([
      [minutesAgo(60), 'joined the cluster'],
      [minutesAgo(9), 'Ready became False, KubeletNotReady: container runtime is down'],
      [minutesAgo(5), 'tainted node.kubernetes.io/unschedulable:NoSchedule'],
    ]);
  });

  it('settles while it joins', () => {
    expect(told(aNode('n1', { conditions: [ready('True', 59.5)] }))).toEqual([[minutesAgo(60), 'joined the cluster']]);
  });

  it('without times tells nothing', () => {
    const bare = anObject('Node', 'bare', { metadata: { creationTimestamp: undefined }, status: { conditions: [{}] } });

    expect(told(bare)).toEqual([]);
  });
});
