import { describe, expect, it } from 'vitest';
import type { Action, Operation } from '../../../../src/engines/healing/action.ts';
import { actionStates } from '../../../../src/engines/healing/record.ts';
import { recordIn } from '../../../../src/kubernetes/live/action-record-shape.ts';
import { healingActions } from '../../../../src/platform/healing-policy.ts';
import { aPrecondition, aRecord } from '../../../support/action-records.ts';

const read = (record: unknown) => recordIn(JSON.stringify(record));
const target = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const actions: readonly Action[] = [
  { name: 'restart_workload', target },
  { name: 'scale_workload', target, replicas: 3 },
  { name: 'rollback_workload', target, revision: 2 },
  { name: 'resize_workload', target, container: 'app', limits: { memory: '64Mi' }, requests: { cpu: '1' } },
  { name: 'set_image', target, container: 'app', image: 'web:1' },
  { name: 'evict_pod', target },
  { name: 'cordon_node', target: { kind: 'Node', name: 'node-1' }, uncordon: true },
  { name: 'drain_node', target: { kind: 'Node', name: 'node-1' } },
  { name: 'undo_action', target, action_id: 'a'.repeat(26) },
];
const on = aPrecondition();
const operations: readonly Operation[] = [
  {
    verb: 'patch',
    on,
    steps: [
      { op: 'add', path: '/spec/a', value: { b: [1] } },
      { op: 'remove', path: '/spec/c' },
    ],
  },
  { verb: 'patch', on, steps: [{ op: 'replace', path: '/spec/a', value: ['x'] }] },
  { verb: 'set_template', on, from: target, digest: 'd' },
  { verb: 'scale', on, replicas: 0 },
  { verb: 'evict', on },
];

describe('a stored record', () => {
  it.each(actions)('of $name is read as it was', (action) => {
    const record = aRecord({ action });

    expect(read(record)).toEqual(record);
  });

  it('may be of every action that there is', () => {
    expect(actions.map(({ name }) => name).toSorted()).toEqual([...healingActions].toSorted());
  });

  it.each(actionStates)('may be %s', (state) => {
    expect(read(aRecord({ state }))).toMatchObject({ state });
  });

  it('keeps every operation, and all that is optional', () => {
    const record = aRecord({
      operations,
      inverse: operations,
      approvedBy: 'bob',
      applied: aPrecondition({ resourceVersion: '9' }),
      appliedAt: '2026-11-23T12:00:00Z',
      causesBefore: ['crash-app-error:Deployment/shop/api'],
    });

    expect(read(record)).toEqual(record);
  });

  it('keeps the order of its fields', () => {
    const text = JSON.stringify(aRecord());

    expect(JSON.stringify(recordIn(text))).toBe(text);
  });

  it.each(['', 'null', '[]', '{', '{"id":'])('is not %j', (text) => {
    expect(recordIn(text)).toBeUndefined();
  });

  it.each([
    ['an unknown action', { action: { name: 'delete_namespace', target } }],
    ['an unknown operation', { operations: [{ verb: 'delete', on }] }],
    ['an unknown step', { operations: [{ verb: 'patch', on, steps: [{ op: 'copy', path: '/a', from: '/b' }] }] }],
    ['an unknown state', { state: 'approved' }],
    ['no target', { target: undefined }],
    ['a number as id', { id: 7 }],
  ])('with %s is none', (_name, fields) => {
    expect(read({ ...aRecord(), ...fields })).toBeUndefined();
  });
});
