import { describe, expect, it } from 'vitest';
import { findingStillHolds } from '../../../../../src/engines/healing/guards/finding-still-holds.ts';
import { aCause, anExplanation } from '../../../../support/explanations.ts';
import { aBareObject, aDraft, aLiveDeployment, aSituation, restart, saidBy } from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const draft = aDraft(restart(web), aLiveDeployment().target);
const plannedFor = { rule: 'config-stale-in-pod', object: web, summary: '', confidence: 0.8 };
const same = aCause({ rule: plannedFor.rule, object: web });

describe('G5, the finding still holds', () => {
  it('refuses when what it was planned for is no longer found', () => {
    const explanation = anExplanation({
      causes: [aCause({ rule: 'config-stale-in-pod', object: { ...web, name: 'pay' } })],
    });

    expect(saidBy(findingStillHolds, draft, aSituation({ plannedFor, explanation }))).toBe(
      'refuse: config-stale-in-pod on Deployment/web is no longer found. Instead: nothing has to be done; diagnose again to see what is left',
    );
  });

  it('allows while it is found, as a cause or as a risk', () => {
    expect(
      saidBy(findingStillHolds, draft, aSituation({ plannedFor, explanation: anExplanation({ causes: [same] }) })),
    ).toBe('allow: config-stale-in-pod on Deployment/web is still found.');
    expect(
      saidBy(findingStillHolds, draft, aSituation({ plannedFor, explanation: anExplanation({ risks: [same] }) })),
    ).toContain('allow: ');
  });

  it('refuses with another reason when the diagnosis could not see', () => {
    const explanation = anExplanation({ verdict: 'unknown' });

    expect(saidBy(findingStillHolds, draft, aSituation({ plannedFor, explanation }))).toContain(
      'refuse: Whether config-stale-in-pod on Deployment/web still holds could not be read.',
    );
  });

  it('says nothing while the plan is made, of whatever object', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(findingStillHolds, aDraft(restart(web), bare), aSituation({ target: bare }))).toBe('nothing');
  });
});
