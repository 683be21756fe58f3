import { describe, expect, it } from 'vitest';
import { type Operation, preconditionOf } from '../../../../../src/engines/healing/action.ts';
import { evictsOnly } from '../../../../../src/engines/healing/guards/evicts-only.ts';
import { aContainer, aPod, crashed } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  evict,
  live,
  resize,
  restart,
  saidBy,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const ref = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
const ready = aPod('web-1', { metadata: live() });
const broken = aPod('web-1', { metadata: live(), containers: [aContainer('app', crashed({ exitCode: 1 }))] });

describe('G10, evicts and deletes nothing', () => {
  it('refuses whatever else would be done to a pod', () => {
    const deletion = { verb: 'delete', on: preconditionOf(broken) } as unknown as Operation;
    const draft = aDraft(evict(ref), broken, { operations: [deletion] });

    expect(saidBy(evictsOnly, draft, aSituation({ target: broken }))).toBe(
      'refuse: The action would delete Pod/web-1. Instead: evict it: budgets are asked then',
    );
  });

  it('allows an eviction, and says how many of the pods serve', () => {
    expect(saidBy(evictsOnly, aDraft(evict(ref), broken), aSituation({ target: broken }))).toBe(
      'allow: 1 pod would be evicted, 0 of which Ready, and none deleted.',
    );
    expect(saidBy(evictsOnly, aDraft(evict(ref), ready), aSituation({ target: ready }))).toContain('1 of which Ready');
  });

  it('has nothing to do with actions on workloads, nor with a Pod that grows in place', () => {
    expect(
      saidBy(evictsOnly, aDraft(resize(ref, { limits: { memory: '1Gi' } }), ready), aSituation({ target: ready })),
    ).toBe('nothing');
    expect(saidBy(evictsOnly, aDraft(restart(web), aLiveDeployment().target), aSituation())).toBe('nothing');
  });

  it('does not call a bare pod Ready', () => {
    const bare = aBareObject('Pod');

    expect(saidBy(evictsOnly, aDraft(evict(ref), bare), aSituation({ target: bare }))).toContain('0 of which Ready');
  });
});
