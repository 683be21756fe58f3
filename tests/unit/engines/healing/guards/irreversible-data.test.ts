import { describe, expect, it } from 'vitest';
import { irreversibleData } from '../../../../../src/engines/healing/guards/irreversible-data.ts';
import { aContainer, anObject, aPod, crashed } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aSituation,
  evict,
  restart,
  rollback,
  saidBy,
  scale,
  setImage,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const db = { kind: 'StatefulSet', namespace: 'shop', name: 'db' };
const release = { labels: { 'app.kubernetes.io/instance': 'shop' } };
const rolledBack = (fields: Parameters<typeof aLiveDeployment>[0], more: Parameters<typeof aSituation>[0] = {}) => {
  const { target } = aLiveDeployment(fields);
  return saidBy(irreversibleData, aDraft(rollback(web), target, { from: target }), aSituation({ target, ...more }));
};

describe('G21, data does not roll back', () => {
  it('asks before any change of a StatefulSet', () => {
    const { target } = aLiveSet();
    const said = 'approve: StatefulSet/db keeps data, which does not come back with its pods.';

    expect(saidBy(irreversibleData, aDraft(restart(db), target), aSituation({ target }))).toBe(said);
    expect(saidBy(irreversibleData, aDraft(scale(db, 2), target), aSituation({ target }))).toBe(said);
  });

  it('allows the one broken pod of a StatefulSet to go that stands in its own way, and no other', () => {
    const { all, pods } = aLiveSet({ pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] } });
    const ready = aLiveSet().pods[0] ?? aPod('none');
    const pod = pods[0] ?? aPod('none');
    const finding = { rule: 'sts-rollback-trap', object: db, summary: '', confidence: 0.95 };
    const evicted = (target: typeof pod, more: object) =>
      saidBy(irreversibleData, aDraft(evict(db), target), aSituation({ target, objects: all, ...more }));

    expect(evicted(pod, { finding })).toBe('allow: Pod/db-0 is not Ready, and comes back with its claims.');
    expect(evicted(pod, {})).toContain('approve: ');
    expect(evicted(pod, { finding: { ...finding, object: { ...db, name: 'other' } } })).toContain('approve: ');
    expect(evicted(ready, { finding })).toContain('approve: ');
  });

  it('asks where an init container migrates', () => {
    const migrating = aContainer('db', { init: true, command: ['rake', 'db:migrate'] });

    expect(rolledBack({ pod: { containers: [migrating, aContainer()] } })).toBe(
      'approve: Init container db changes data with the version of Deployment/web, and does not go back with it.',
    );
    expect(rolledBack({ pod: { containers: [aContainer('wait', { init: true }), aContainer()] } })).toBe(
      'allow: Nothing tells that Deployment/web migrates data.',
    );
  });

  it('asks where a Job or a custom definition of the same release does', () => {
    const job = anObject('Job', 'shop-migrate-4', { metadata: release });
    const other = anObject('Job', 'pay-migrate-4', { metadata: { labels: { 'app.kubernetes.io/instance': 'pay' } } });
    const definition = { ...aBareObject('CustomResourceDefinition'), metadata: { name: 'carts.shop.io', ...release } };

    expect(rolledBack({ metadata: release }, { objects: [job] })).toContain('approve: Job/shop-migrate-4 changes data');
    expect(rolledBack({ metadata: release }, { objects: [other] })).toContain('allow: ');
    expect(
      rolledBack({ metadata: release }, { heads: [{ ...definition, metadata: { name: 'carts.shop.io' } }] }),
    ).toContain('allow: ');
    expect(rolledBack({ metadata: release }, { heads: [definition] })).toContain(
      'approve: CustomResourceDefinition/carts.shop.io changes data',
    );
  });

  it('has nothing to say of a restart, which changes no version', () => {
    const { target } = aLiveDeployment();

    expect(saidBy(irreversibleData, aDraft(restart(web), target), aSituation())).toBe('nothing');
    expect(saidBy(irreversibleData, aDraft(setImage(web, 'app:2'), target), aSituation())).toContain('allow: ');
  });

  it('asks about a bare StatefulSet', () => {
    const bare = aBareObject('StatefulSet');

    expect(saidBy(irreversibleData, aDraft(restart(db), bare), aSituation({ target: bare }))).toContain('approve: ');
  });
});
