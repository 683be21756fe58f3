import { describe, expect, it } from 'vitest';
import { knownFailure } from '../../../../../src/engines/healing/guards/known-failure.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aRecord,
  aSituation,
  restart,
  rollback,
  saidBy,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);
const finding = { rule: 'config-stale-in-pod', object: web, summary: '', confidence: 0.9 };
const failed = aRecord({ state: 'reverted', finding });
const saidWith = (more: Parameters<typeof aSituation>[0]) =>
  saidBy(knownFailure, draft, aSituation({ finding, ...more }));

describe('G26, known failures', () => {
  it('escalates what did not help before', () => {
    expect(saidWith({ history: [failed], tier: 'unattended' })).toBe(
      'refuse: restart_workload for config-stale-in-pod on Deployment/web was reverted before (action a1). Instead: escalate to a person',
    );
    expect(saidWith({ history: [failed] })).toContain('approve: restart_workload for config-stale-in-pod');
  });

  it('allows what helped since', () => {
    expect(saidWith({ history: [aRecord({ finding, minutes: 60 }), failed], tier: 'unattended' })).toContain('allow: ');
  });

  it('allows another action, and the same for another finding', () => {
    const other = { ...finding, rule: 'crash-app-error' };

    expect(saidBy(knownFailure, aDraft(rollback(web), target), aSituation({ finding, history: [failed] }))).toContain(
      'allow: ',
    );
    expect(saidWith({ finding: other, history: [failed] })).toContain('allow: ');
  });

  it('allows after what was only declined', () => {
    expect(saidWith({ history: [aRecord({ state: 'declined', finding })], tier: 'unattended' })).toContain('allow: ');
  });

  it('has nothing to say without a finding, and does not fail on a bare object', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(knownFailure, draft, aSituation({ history: [failed] }))).toBe('nothing');
    expect(
      saidBy(
        knownFailure,
        aDraft(restart(web), bare),
        aSituation({ target: bare, finding, history: [failed], tier: 'unattended' }),
      ),
    ).toContain('refuse: ');
  });
});
