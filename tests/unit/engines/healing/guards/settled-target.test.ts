import { describe, expect, it } from 'vitest';
import { settledTarget } from '../../../../../src/engines/healing/guards/settled-target.ts';
import { anObject } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aSituation,
  live,
  restart,
  rollback,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const deleted = { deletionTimestamp: '2026-11-23T11:59:00Z' };
const restarted = (fields: Parameters<typeof aLiveDeployment>[0], more: Parameters<typeof aSituation>[0] = {}) => {
  const { target } = aLiveDeployment(fields);
  return saidBy(settledTarget, aDraft(restart(web), target), aSituation({ target, ...more }));
};
const halfway = { replicas: 4, updatedReplicas: 1 };

describe('G19, one change at a time', () => {
  it('allows a restart of what has settled', () => {
    expect(restarted({})).toBe('allow: No change of Deployment/web is under way.');
  });

  it('refuses what is paused', () => {
    expect(restarted({ spec: { paused: true } })).toBe(
      'refuse: The rollout of Deployment/web is paused. Instead: resume it: kubectl rollout resume',
    );
  });

  it('refuses in the middle of a rollout', () => {
    expect(restarted({ status: halfway })).toContain(
      'refuse: A rollout of Deployment/web is under way: 1 of 3 pods are of the new template.',
    );
    expect(restarted({ status: { replicas: 4 } })).toContain('under way: 1 old pod left');
  });

  it('refuses what no controller has looked at', () => {
    expect(restarted({ status: { observedGeneration: 2 } })).toContain(
      'refuse: No controller has looked at the last change of Deployment/web: generation 3, observed 2.',
    );
  });

  it('refuses what is being deleted, itself or its namespace', () => {
    const namespace = anObject('Namespace', 'shop', { metadata: deleted });

    expect(restarted({ metadata: deleted })).toContain('refuse: Deployment/web is being deleted.');
    expect(restarted({}, { namespace })).toContain('refuse: Namespace/shop is being deleted with all that is in it.');
  });

  it('allows a rollback to end a rollout that gets nowhere, and no restart', () => {
    const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
    const { target } = aLiveDeployment({ status: { ...halfway, conditions: [late] } });

    expect(saidBy(settledTarget, aDraft(rollback(web), target), aSituation({ target }))).toBe(
      'allow: The rollout of Deployment/web gets nowhere (1 of 3 pods are of the new template), and this ends it.',
    );
    expect(restarted({ status: { ...halfway, conditions: [late] } })).toContain('refuse: ');
  });

  it('allows a rollback of what is found to be broken, and not of a rollout that goes well', () => {
    const { target } = aLiveDeployment({ status: halfway });
    const finding = { rule: 'crash-regression-after-rollout', object: web, summary: '', confidence: 0.9 };

    expect(saidBy(settledTarget, aDraft(rollback(web), target), aSituation({ target, finding }))).toContain('allow: ');
    expect(saidBy(settledTarget, aDraft(rollback(web), target), aSituation({ target }))).toContain('refuse: ');
  });

  it('knows the rollouts of StatefulSets and DaemonSets', () => {
    const set = aLiveSet({ status: { updateRevision: 'db-2', updatedReplicas: 1 } }).target;
    const daemon = anObject('DaemonSet', 'agent', {
      metadata: live(),
      status: { observedGeneration: 3, desiredNumberScheduled: 4, updatedNumberScheduled: 2 },
    });

    expect(saidBy(settledTarget, aDraft(restart(web), set), aSituation({ target: set }))).toContain('1 of 3 pods');
    expect(saidBy(settledTarget, aDraft(restart(web), daemon), aSituation({ target: daemon }))).toContain(
      '2 of 4 pods',
    );
  });

  it('lets replicas change meanwhile', () => {
    const { target } = aLiveDeployment({ status: halfway });

    expect(saidBy(settledTarget, aDraft(scale(web, 4), target), aSituation({ target }))).toBe('nothing');
  });

  it('refuses to restart what has no status', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(settledTarget, aDraft(restart(web), bare), aSituation({ target: bare }))).toContain(
      'generation unknown, observed none.',
    );
  });
});
