import { describe, expect, it } from 'vitest';
import { oneAssistant } from '../../../../../src/engines/healing/guards/one-assistant.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aRecord,
  aSituation,
  restart,
  saidBy,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);

describe('G29, one assistant', () => {
  it.each(['applying', 'verifying'] as const)('refuses while another action on the object is %s', (state) => {
    expect(saidBy(oneAssistant, draft, aSituation({ history: [aRecord({ state, caller: 'bob', id: 'b2' })] }))).toBe(
      'refuse: restart_workload of bob on Deployment/web is under way (action b2). Instead: wait until it has ended; list_actions tells',
    );
  });

  it('allows after it has ended, and beside what is only planned', () => {
    const history = [aRecord({ state: 'healthy' }), aRecord({ state: 'planned' })];

    expect(saidBy(oneAssistant, draft, aSituation({ history }))).toContain('allow: No other action on Deployment/web');
  });

  it('leaves other objects to the guard that keeps healing contained', () => {
    const pay = { ...target, metadata: { ...target.metadata, name: 'pay', uid: 'uid-pay' } };

    expect(saidBy(oneAssistant, draft, aSituation({ history: [aRecord({ state: 'applying', on: pay })] }))).toContain(
      'allow: ',
    );
  });

  it('is not in its own way', () => {
    const situation = aSituation({ history: [aRecord({ state: 'applying', id: 'own' })], recordId: 'own' });

    expect(saidBy(oneAssistant, draft, situation)).toContain('allow: ');
  });

  it('refuses on a bare object as well', () => {
    const bare = aBareObject('Deployment');
    const situation = aSituation({ target: bare, history: [aRecord({ state: 'applying', on: bare })] });

    expect(saidBy(oneAssistant, aDraft(restart(web), bare), situation)).toContain('refuse: ');
  });
});
