import { describe, expect, it } from 'vitest';
import type { Verification } from '../../../../../src/engines/healing/draft.ts';
import { verified } from '../../../../../src/engines/healing/guards/verified.ts';
import { aBareObject, aDraft, aLiveDeployment, aSituation, restart, saidBy } from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const saidOf = (fields: Partial<Verification>, object: typeof target | ReturnType<typeof aBareObject> = target) =>
  saidBy(
    verified,
    aDraft(restart(web), object, {
      verification: { expects: '3 pods are Ready.', by: 'rollout', holdSeconds: 120, deadlineSeconds: 600, ...fields },
    }),
    aSituation({ target: object }),
  );

describe('G32, verified', () => {
  it('says how success is seen', () => {
    expect(saidOf({})).toBe('allow: Success is seen within 600 s: 3 pods are Ready.');
    expect(saidOf({ holdSeconds: 0, deadlineSeconds: 60 })).toContain('allow: ');
  });

  it('refuses a plan that does not say how success is seen, or by when', () => {
    expect(saidOf({ expects: ' ' })).toBe(
      'refuse: The plan for Deployment/web does not say how success would be seen, and by when. Instead: plan again with a way to see success',
    );
    expect(saidOf({ deadlineSeconds: 0 })).toContain('refuse: ');
    expect(saidOf({ deadlineSeconds: Number.NaN })).toContain('refuse: ');
  });

  it('refuses to watch for too short a time, or for longer than the deadline', () => {
    expect(saidOf({ holdSeconds: 30 })).toContain('would be watched for 30 s only, less than 120 s.');
    expect(saidOf({ holdSeconds: 600 })).toContain('it could never be met.');
  });

  it('refuses the same of a bare object', () => {
    expect(saidOf({ expects: '' }, aBareObject('Deployment'))).toContain('refuse: ');
  });
});
