import { describe, expect, it } from 'vitest';
import type { FieldStep } from '../../../../../src/engines/healing/action.ts';
import { preconditionOf } from '../../../../../src/engines/healing/action.ts';
import { draftUndo, isStillOurs, rebound } from '../../../../../src/engines/healing/drafts/undo.ts';
import type { ActionRecord } from '../../../../../src/engines/healing/record.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { aPod } from '../../../../support/builders.ts';
import { aLiveDeployment, aRecord } from '../../../../support/healing.ts';
import { aMaterial, draftIn, revisionFacts, whyNot } from '../../../../support/materials.ts';
import { aNode } from '../../../../support/nodes.ts';

const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const mine = (metadata: object = {}, replicas = 4) =>
  aLiveDeployment({
    replicas,
    metadata: { generation: 4, resourceVersion: '9', annotations: { 'kubemend.dev/action': 'a1' }, ...metadata },
  }).target;
const before = preconditionOf(aLiveDeployment().target);
const setTo = (value: number): FieldStep => ({ op: 'replace', path: '/spec/replicas', value });
const scaled = (fields: Partial<ActionRecord> = {}) =>
  aRecord({
    action: { name: 'scale_workload', target: ref, replicas: 4 },
    operations: [{ verb: 'patch', on: before, steps: [setTo(4)] }],
    inverse: [{ verb: 'patch', on: before, steps: [setTo(3)] }],
    applied: preconditionOf(mine()),
    changes: [{ object: ref, field: 'spec.replicas', before: '3', after: '4' }],
    ...fields,
  });
const undone = (earlier: ActionRecord | undefined, target: KubernetesObject = mine(), fields: object = {}) =>
  draftUndo({ name: 'undo_action', target: ref, action_id: 'a1' }, aMaterial(target, { earlier, ...fields }));

describe('an undo', () => {
  it('writes the stored inverse to the object as it is now, and can be undone itself', () => {
    const draft = draftIn(undone(scaled()));

    expect(draft.operations).toEqual([{ verb: 'patch', on: preconditionOf(mine()), steps: [setTo(3)] }]);
    expect(draft.inverse).toEqual([{ verb: 'patch', on: preconditionOf(mine()), steps: [setTo(4)] }]);
    expect(draft.changes).toEqual([{ object: ref, field: 'spec.replicas', before: '4', after: '3' }]);
  });

  it('shows the template that it goes back to, where it is still kept', () => {
    const from = { kind: 'ReplicaSet', namespace: 'shop', name: 'revision-1' };
    const inverse = [{ verb: 'set_template', on: before, from, digest: 'digest-1' }] as const;
    const template = { spec: { containers: [] } };

    expect(draftIn(undone(scaled({ inverse }), mine(), { revisions: [revisionFacts(1, template)] })).template).toBe(
      template,
    );
    expect(draftIn(undone(scaled({ inverse }))).template).toBeUndefined();
  });

  it('is verified as what it undoes was, when all was well before', () => {
    expect(draftIn(undone(scaled({ finding: undefined }))).verification).toMatchObject({ by: 'rollout' });
  });

  it('is done when the spec is back, when what it goes back to was broken', () => {
    const finding = {
      rule: 'image-tag-not-found',
      object: ref,
      summary: 'Deployment/web has no image',
      confidence: 0.9,
    };
    const expected = { by: 'restored', holdSeconds: 0, expects: expect.stringContaining('when it was not well') };

    expect(draftIn(undone(scaled({ finding }))).verification).toMatchObject(expected);
    const radius = { pods: 3, ready: 1, services: [], routes: [], budgets: [] };
    expect(draftIn(undone(scaled({ finding: undefined, radius }))).verification).toMatchObject(expected);
  });

  it('is impossible for what is unknown, did nothing, is undone, or has no way back', () => {
    expect(whyNot(undone(undefined))).toBe('G33: There is no action a1. list_actions shows those that there are.');
    expect(whyNot(undone(scaled({ applied: undefined, state: 'failed' })))).toBe(
      'G33: Action a1 changed nothing (it is failed). Nothing has to be done.',
    );
    expect(whyNot(undone(scaled({ state: 'undone' })))).toBe(
      'G33: Action a1 is undone already. Nothing has to be done.',
    );
    expect(whyNot(undone(scaled({ state: 'reverted' })))).toBe(
      'G33: Action a1 is reverted already. Nothing has to be done.',
    );
    expect(whyNot(undone(scaled({ inverse: [], irreversible: 'the pod is gone' })))).toBe(
      'G34: Action a1 cannot be undone: the pod is gone. Diagnose the object, and plan what it needs now.',
    );
  });

  it('is impossible once somebody else changed the object', () => {
    expect(whyNot(undone(scaled(), mine({ generation: 5 })))).toContain("could undo somebody else's work");
    expect(whyNot(undone(scaled(), mine({ uid: 'another' })))).toContain("could undo somebody else's work");
    expect(whyNot(undone(scaled(), mine({ annotations: { 'kubemend.dev/action': 'a2' } })))).toContain(
      "could undo somebody else's work",
    );
  });
});

describe('whether an object is as an action left it', () => {
  it('is told by uid, generation and the last writer of ours', () => {
    const record = scaled();

    expect(isStillOurs(record, mine())).toBe(true);
    expect(isStillOurs(record, mine({ resourceVersion: '99' }))).toBe(true);
    expect(isStillOurs(record, mine({ annotations: {} }))).toBe(true);
    expect(isStillOurs({ id: 'a1' }, mine())).toBe(false);
  });

  it('needs the annotation on a node, which has no generation', () => {
    const node = aNode('node-1');
    const record = { id: 'a1', applied: preconditionOf(node) };
    const annotations = { 'kubemend.dev/action': 'a1' };

    expect(isStillOurs(record, node)).toBe(false);
    expect(isStillOurs(record, { ...node, metadata: { ...node.metadata, annotations } })).toBe(true);
  });
});

describe('an operation on another state', () => {
  it('is bound to it, but for an eviction, which is of another object', () => {
    const on = preconditionOf(mine());
    const pod = preconditionOf(aPod('web-1'));

    expect(rebound({ verb: 'scale', on: before, replicas: 3 }, on)).toEqual({ verb: 'scale', on, replicas: 3 });
    expect(rebound({ verb: 'evict', on: pod }, on)).toEqual({ verb: 'evict', on: pod });
  });
});
