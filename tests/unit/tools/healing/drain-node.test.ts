import { describe, expect, it } from 'vitest';
import { drainNode } from '../../../../src/tools/healing/drain-node.ts';
import { proposes } from '../../../support/proposals.ts';

describe('drain_node', () => {
  it('proposes to drain a node, which has no namespace', async () => {
    const target = { kind: 'Node', name: 'node-1' };

    expect(
      await proposes(drainNode, { object: 'node/node-1', namespace: 'shop' }, { name: 'drain_node', target }),
    ).toBe(true);
  });

  it('is destructive', () => {
    expect(drainNode.access).toBe('destructive');
  });
});
