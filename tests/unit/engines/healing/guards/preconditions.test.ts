import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../../src/engines/healing/action.ts';
import { preconditions } from '../../../../../src/engines/healing/guards/preconditions.ts';
import { aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  drain,
  live,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const on = preconditionOf(target);
const scaling = (condition: object, back: object = {}) =>
  aDraft(scale(web, 4), target, {
    operations: [{ verb: 'scale', on: { ...on, ...condition }, replicas: 4 }],
    inverse: [{ verb: 'scale', on: { ...on, ...back }, replicas: 3 }],
  });

describe('G6, preconditions', () => {
  it('allows writes that are all conditional, with a way back whose version is not known yet', () => {
    expect(saidBy(preconditions, scaling({}, { resourceVersion: '' }), aSituation())).toBe(
      'allow: Every write is conditional on uid and resourceVersion.',
    );
  });

  it('refuses a write without uid or resourceVersion', () => {
    expect(saidBy(preconditions, scaling({ resourceVersion: '' }), aSituation())).toBe(
      'refuse: The scale on Deployment/web is not conditional on its uid and resourceVersion. Instead: plan again: the object has to be read first',
    );
    expect(saidBy(preconditions, scaling({ uid: '' }), aSituation())).toContain('refuse: ');
  });

  it('refuses a write on another incarnation or state than that of the plan', () => {
    expect(saidBy(preconditions, scaling({ uid: 'other' }), aSituation())).toContain(
      'refuse: The scale is conditional on another state of Deployment/web than the plan.',
    );
    expect(saidBy(preconditions, scaling({ resourceVersion: '6' }), aSituation())).toContain('refuse: ');
  });

  it('refuses a way back to another object', () => {
    expect(saidBy(preconditions, scaling({}, { uid: 'other' }), aSituation())).toContain(
      'refuse: The way back would write to another Deployment/web than the action.',
    );
  });

  it('wants the same of each pod of a drain', () => {
    const node = aNode('node-1');
    const bound = { ...node, metadata: { ...node.metadata, ...live() } };
    const draining = (pod: object) =>
      aDraft(drain({ kind: 'Node', name: 'node-1' }), bound, { pods: [aPod('web-1', { metadata: pod })] });

    expect(saidBy(preconditions, draining(live()), aSituation({ target: bound }))).toContain('allow: ');
    expect(saidBy(preconditions, draining({}), aSituation({ target: bound }))).toContain(
      'refuse: The evict on Pod/web-1 is not conditional',
    );
  });

  it('refuses what was drafted from a bare object', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(preconditions, aDraft(restart(web), bare), aSituation({ target: bare }))).toContain('refuse: ');
  });
});
