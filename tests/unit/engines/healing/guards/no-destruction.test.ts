import { describe, expect, it } from 'vitest';
import { type Operation, preconditionOf } from '../../../../../src/engines/healing/action.ts';
import { noDestruction } from '../../../../../src/engines/healing/guards/no-destruction.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aSituation,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const on = preconditionOf(target);
const writingTo = (kind: string): Operation => ({
  verb: 'scale',
  on: { ...on, object: { kind, name: 'x' } },
  replicas: 1,
});
const saidOf = (operation: Operation) =>
  saidBy(noDestruction, aDraft(restart(web), target, { operations: [operation] }), aSituation());

describe('G13, destroys nothing', () => {
  it('allows a restart', () => {
    expect(saidBy(noDestruction, aDraft(restart(web), target), aSituation())).toBe(
      'allow: Nothing is deleted by force, and no finalizer, volume, Secret or cluster-wide object is touched.',
    );
  });

  it.each([
    'PersistentVolumeClaim',
    'PersistentVolume',
    'Secret',
    'Namespace',
    'CustomResourceDefinition',
    'ValidatingWebhookConfiguration',
    'ClusterRoleBinding',
  ])('refuses to write to a %s', (kind) => {
    expect(saidOf(writingTo(kind))).toBe(
      `refuse: The action would write to ${kind}/x. Instead: a person who knows what depends on it may do it by hand`,
    );
  });

  it('refuses such a write on the way back too', () => {
    const draft = aDraft(restart(web), target, { inverse: [writingTo('Secret')] });

    expect(saidBy(noDestruction, draft, aSituation())).toContain('refuse: The action would write to Secret/x.');
  });

  it('refuses a verb that a record should never hold', () => {
    expect(saidOf({ verb: 'delete', on } as unknown as Operation)).toContain(
      'refuse: The action would delete Deployment/web.',
    );
  });

  it('refuses to take a finalizer away', () => {
    expect(saidOf({ verb: 'patch', on, steps: [{ op: 'remove', path: '/metadata/finalizers' }] })).toContain(
      'refuse: The action would change /metadata/finalizers of Deployment/web.',
    );
  });

  it('refuses to scale down a StatefulSet that deletes the claims of the pods that go', () => {
    const db = { kind: 'StatefulSet', namespace: 'shop', name: 'db' };
    const deleting = aLiveSet({ spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } } }).target;
    const keeping = aLiveSet().target;

    expect(saidBy(noDestruction, aDraft(scale(db, 2), deleting), aSituation({ target: deleting }))).toBe(
      'refuse: Scaling StatefulSet/db from 3 to 2 deletes claims: persistentVolumeClaimRetentionPolicy.whenScaled is Delete. Instead: set whenScaled to Retain first',
    );
    expect(saidBy(noDestruction, aDraft(scale(db, 3), deleting), aSituation({ target: deleting }))).toContain(
      'allow: ',
    );
    expect(saidBy(noDestruction, aDraft(scale(db, 4), deleting), aSituation({ target: deleting }))).toContain(
      'allow: ',
    );
    expect(saidBy(noDestruction, aDraft(scale(db, 2), keeping), aSituation({ target: keeping }))).toContain('allow: ');
  });

  it('refuses to write to a bare object of such a kind', () => {
    const bare = aBareObject('PersistentVolumeClaim');

    expect(saidBy(noDestruction, aDraft(scale(web, 1), bare), aSituation({ target: bare }))).toContain('refuse: ');
  });
});
