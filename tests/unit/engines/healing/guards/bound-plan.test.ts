import { describe, expect, it } from 'vitest';
import { boundPlan } from '../../../../../src/engines/healing/guards/bound-plan.ts';
import { aBareObject, aDraft, aLiveDeployment, aSituation, restart, saidBy } from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const draft = aDraft(restart(web), aLiveDeployment().target);
const saidOf = (metadata: object) =>
  saidBy(boundPlan, draft, aSituation({ target: aLiveDeployment({ metadata }).target }));

describe('G3, a plan is bound', () => {
  it('allows the object in the state that was shown', () => {
    expect(saidOf({})).toBe(
      'allow: The plan holds for Deployment/web with uid uid-Deployment-web at resourceVersion 7 only.',
    );
  });

  it('refuses an object that was made anew under the same name', () => {
    expect(saidOf({ uid: 'another' })).toBe(
      'refuse: Deployment/web is another object than the one that the plan is for: its uid is another. Instead: make a new plan: it shows what it is like now',
    );
  });

  it('refuses a changed spec and a changed status', () => {
    expect(saidOf({ generation: 4 })).toContain('the plan is for generation 3, and it is 4.');
    expect(saidOf({ resourceVersion: '8' })).toContain('the plan is for resourceVersion 7, and it is 8.');
  });

  it('refuses a plan that lacks either', () => {
    const without = (fields: object) =>
      saidBy(
        boundPlan,
        { ...draft, target: { ...draft.target, ...fields } },
        aSituation({ target: aLiveDeployment().target }),
      );

    expect(without({ uid: '' })).toContain('says neither which object nor which state');
    expect(without({ resourceVersion: '' })).toContain('says neither which object nor which state');
  });

  it('refuses a plan for an object that has neither uid nor resourceVersion', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(boundPlan, aDraft(restart(web), bare), aSituation({ target: bare }))).toContain(
      'refuse: The plan for Deployment/bare says neither which object nor which state it is for.',
    );
  });
});
