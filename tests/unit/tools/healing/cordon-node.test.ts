import { describe, expect, it } from 'vitest';
import { cordonNode } from '../../../../src/tools/healing/cordon-node.ts';
import { proposes } from '../../../support/proposals.ts';

const target = { kind: 'Node', name: 'node-1' };

describe('cordon_node', () => {
  it('proposes that a node takes no new pods', async () => {
    expect(
      await proposes(cordonNode, { object: 'node/node-1' }, { name: 'cordon_node', target, uncordon: false }),
    ).toBe(true);
  });

  it('proposes that it takes them again', async () => {
    const asked = { object: 'node/node-1', uncordon: true };

    expect(await proposes(cordonNode, asked, { name: 'cordon_node', target, uncordon: true })).toBe(true);
  });
});
