import { describe, expect, it } from 'vitest';
import { draftCordon } from '../../../../../src/engines/healing/drafts/cordon.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { aPod } from '../../../../support/builders.ts';
import { aMaterial, draftIn, whyNot } from '../../../../support/materials.ts';
import { aNode } from '../../../../support/nodes.ts';

const cordoned = (target: KubernetesObject, uncordon = false) =>
  draftCordon({ name: 'cordon_node', target: { kind: 'Node', name: 'node-1' }, uncordon }, aMaterial(target));

describe('a cordon', () => {
  it('adds the field, and removes it again', () => {
    const draft = draftIn(cordoned(aNode('node-1')));

    expect(draft.operations).toMatchObject([{ steps: [{ op: 'add', path: '/spec/unschedulable', value: true }] }]);
    expect(draft.inverse).toMatchObject([{ steps: [{ op: 'remove', path: '/spec/unschedulable' }] }]);
    expect(draft.verification).toMatchObject({ by: 'schedulable', expects: 'Node/node-1 takes no new pods' });
  });

  it('is taken off by false, and set again by true', () => {
    const draft = draftIn(cordoned(aNode('node-1', { unschedulable: true }), true));

    expect(draft.operations).toMatchObject([{ steps: [{ op: 'replace', value: false }] }]);
    expect(draft.inverse).toMatchObject([{ steps: [{ op: 'replace', value: true }] }]);
    expect(draft.verification.expects).toBe('Node/node-1 takes new pods again');
  });

  it('is impossible when it is so already, and for what is no node', () => {
    expect(whyNot(cordoned(aNode('node-1', { unschedulable: true })))).toBe(
      'Node/node-1 is cordoned already. Nothing has to be done.',
    );
    expect(whyNot(cordoned(aNode('node-1'), true))).toBe('Node/node-1 is schedulable already. Nothing has to be done.');
    expect(whyNot(cordoned(aPod('web')))).toBe('G2: Pod/web is no node. Name a node.');
  });
});
