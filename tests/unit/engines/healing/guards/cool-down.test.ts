import { describe, expect, it } from 'vitest';
import { coolDown } from '../../../../../src/engines/healing/guards/cool-down.ts';
import type { ActionRecord } from '../../../../../src/engines/healing/record.ts';
import { aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aPolicy,
  aRecord,
  aSituation,
  evict,
  restart,
  saidBy,
  undo,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);
const saidWith = (...history: ActionRecord[]) => saidBy(coolDown, draft, aSituation({ history }));
const patient = aPolicy({ cooldown: { after_success_minutes: 0, after_failure_minutes: 0 } });

describe('G25, cool-down', () => {
  it('allows a workload that nothing was done to', () => {
    expect(saidWith()).toBe('allow: Deployment/web has rested long enough.');
  });

  it('refuses for a quarter of an hour after a success', () => {
    expect(saidWith(aRecord({ minutes: 10 }))).toBe(
      'refuse: restart_workload on Deployment/web succeeded 10 min ago, and it rests for 15 min. Instead: wait 5 min, or undo that action',
    );
    expect(saidWith(aRecord({ minutes: 15 }))).toContain('allow: ');
  });

  it('refuses for an hour after a failure', () => {
    expect(saidWith(aRecord({ minutes: 50, state: 'reverted' }))).toContain(
      'failed 50 min ago, and it rests for 60 min.',
    );
    expect(saidWith(aRecord({ minutes: 61, state: 'failed' }))).toContain('allow: ');
  });

  it('refuses the third action in an hour, and the fifth in a day', () => {
    const many = (...minutes: number[]) => minutes.map((each) => aRecord({ minutes: each }));
    const saidOf = (history: readonly ActionRecord[]) =>
      saidBy(coolDown, draft, aSituation({ history, policy: patient }));

    expect(saidOf(many(20, 40))).toContain(
      '2 actions on Deployment/web in the last hour reach caps.per_workload_hour, which is 2.',
    );
    expect(saidOf(many(20, 60))).toContain('allow: ');
    expect(saidOf(many(100, 200, 300, 400))).toContain(
      '4 actions on Deployment/web in the last 24 h reach caps.per_workload_day',
    );
    expect(saidOf(many(100, 200, 300, 1440))).toContain('allow: ');
  });

  it('does not count what was declined, expired or only planned, nor other workloads, nor itself', () => {
    const on = aLiveDeployment().target;
    const pay = { ...on, metadata: { ...on.metadata, name: 'pay' } };
    const history = [
      aRecord({ minutes: 1, state: 'declined' }),
      aRecord({ minutes: 1, state: 'expired' }),
      aRecord({ minutes: 1, state: 'planned' }),
      aRecord({ minutes: 1, on: pay }),
      aRecord({ minutes: 1, id: 'own' }),
    ];

    expect(saidBy(coolDown, draft, aSituation({ history, recordId: 'own' }))).toContain('allow: ');
  });

  it('counts evictions of pods that are gone by now to their workload', () => {
    const evicted = (name: string) => aRecord({ action: evict(web), minutes: 5, on: aPod(name) });

    expect(saidWith(evicted('web-7d9f8c6b5-x2k9p'))).toContain('refuse: evict_pod on Deployment/web');
    expect(saidWith(evicted('web-2'))).toContain('refuse: ');
    expect(saidWith(evicted('website-7d9f8c6b5-x2k9p'))).toContain('allow: ');
  });

  it('counts an action of which nobody wrote down when it was', () => {
    const timeless = aRecord({ minutes: 5, createdAt: 'yesterday', appliedAt: undefined, steps: [] });

    expect(saidWith(timeless)).toContain('refuse: ');
  });

  it('lets an action be taken back at once', () => {
    expect(saidBy(coolDown, aDraft(undo(web), target), aSituation({ history: [aRecord({ minutes: 1 })] }))).toBe(
      'nothing',
    );
  });

  it('does not fail on a bare object', () => {
    const bare = aBareObject('Deployment');

    expect(
      saidBy(
        coolDown,
        aDraft(restart(web), bare),
        aSituation({ target: bare, history: [aRecord({ on: bare, minutes: 1 })] }),
      ),
    ).toContain('refuse: ');
  });
});
