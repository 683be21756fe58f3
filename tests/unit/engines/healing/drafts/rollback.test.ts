import { describe, expect, it } from 'vitest';
import { draftRollback, healthyRevisions } from '../../../../../src/engines/healing/drafts/rollback.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { aContainer, anObject, aPod, aSnapshot, crashed, ownedBy } from '../../../../support/builders.ts';
import { aBareObject, aLiveDeployment, aLiveSet, aRevision } from '../../../../support/healing.ts';
import { aMaterial, draftIn, revisionFacts, whyNot } from '../../../../support/materials.ts';

const made = aLiveDeployment({ pod: { containers: [aContainer('app', { image: 'web:3' })] } });
const template = (image: string) => ({ spec: { containers: [{ name: 'app', image }] } });
const revisions = [
  revisionFacts(3, template('web:3')),
  revisionFacts(2, template('web:2')),
  revisionFacts(1, template('web:1')),
];
const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const serving = (number: number, image: string): readonly KubernetesObject[] => {
  const old = aRevision(made.deployment, number, { image, ready: 1, replicas: 1 });
  const pod = aPod(`web-r${number}-x`, { metadata: { labels: { app: 'web' }, ...ownedBy(old) } });
  return [
    { ...old, metadata: { ...old.metadata, name: `revision-${number}` } },
    { ...pod, metadata: { ...pod.metadata, ...ownedBy(old) } },
  ];
};
const rolled = (revision: number | undefined, objects: readonly KubernetesObject[] = made.all, kept = revisions) =>
  draftRollback(
    { name: 'rollback_workload', target: ref, revision },
    aMaterial(made.target, { objects, revisions: kept }),
  );

describe('a rollback', () => {
  it('goes to the revision that is asked for, and back to the present one', () => {
    const draft = draftIn(rolled(1));

    expect(draft.operations).toMatchObject([
      { verb: 'set_template', from: { name: 'revision-1' }, digest: 'digest-1' },
    ]);
    expect(draft.inverse).toMatchObject([{ verb: 'set_template', from: { name: 'revision-3' }, digest: 'digest-3' }]);
    expect(draft.changes).toMatchObject([
      { field: expect.stringContaining('spec.template'), before: 'web:3', after: 'web:1' },
    ]);
    expect(draft.template).toEqual(template('web:1'));
  });

  it('goes to the newest one that is seen to serve, not simply to the one before', () => {
    expect(draftIn(rolled(undefined, [...made.all, ...serving(1, 'web:1')])).operations).toMatchObject([
      { digest: 'digest-1' },
    ]);
  });

  it('is impossible without a healthy one, unless one is named', () => {
    expect(whyNot(rolled(undefined, [made.target]))).toBe(
      'G20: No earlier revision of Deployment/web was seen healthy, as far as the cluster still tells. Name one: it has 2, 1.',
    );
    expect(whyNot(rolled(9))).toBe('G20: Deployment/web has no other revision 9. It has 2, 1.');
  });

  it('is impossible to nothing else: no revision, no other, or one that differs in a restart', () => {
    const [present] = revisions;
    const restarted = {
      ...template('web:3'),
      metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } },
    };

    expect(whyNot(rolled(1, made.all, []))).toContain('has no revision of its present template yet');
    expect(whyNot(rolled(1, made.all, present ? [present] : []))).toContain('has no other revision to go back to');
    expect(whyNot(rolled(2, made.all, [...(present ? [present] : []), revisionFacts(2, restarted)]))).toContain(
      'differs only in when it was restarted',
    );
  });

  it('is impossible for what keeps no revisions', () => {
    const service = aBareObject('Service');

    expect(whyNot(draftRollback({ name: 'rollback_workload', target: ref }, aMaterial(service)))).toBe(
      'G2: A Service keeps no revisions. Name a Deployment, StatefulSet or DaemonSet.',
    );
  });
});

describe('a rollback of a StatefulSet', () => {
  const set = (spec: object = {}) => aLiveSet({ spec, status: { updateRevision: 'revision-2' } });
  const kept = [
    revisionFacts(2, template('db:2'), 'ControllerRevision'),
    revisionFacts(1, template('db:1'), 'ControllerRevision'),
  ];
  const draftOf = ({ target, pods }: ReturnType<typeof aLiveSet>) => {
    const broken = aPod('db-2', {
      containers: [aContainer('app', crashed({ exitCode: 1 }))],
      metadata: { labels: { 'controller-revision-hash': 'revision-2' }, ...ownedBy(target) },
    });
    const objects = [target, ...pods.slice(0, 2), broken];
    const action = {
      name: 'rollback_workload',
      target: { kind: 'StatefulSet', namespace: 'shop', name: 'db' },
      revision: 1,
    } as const;
    return draftIn(draftRollback(action, aMaterial(target, { objects, revisions: kept })));
  };

  it('evicts the broken pod that it would wait for, and says that this cannot be taken back', () => {
    const draft = draftOf(set());

    expect(draft.operations.map(({ verb, on }) => `${verb} ${on.object.name}`)).toEqual([
      'set_template db',
      'evict db-2',
    ]);
    expect(draft.irreversible).toContain('is evicted');
    expect(draft.changes.at(-1)).toMatchObject({ object: { name: 'db-2' }, after: 'evicted' });
  });

  it('leaves the pods to a set that does not go one by one', () => {
    expect(draftOf(set({ podManagementPolicy: 'Parallel' })).operations).toHaveLength(1);
  });
});

describe('revisions that were seen healthy', () => {
  it('are told by the hash that ready pods carry, whole or as the end of the name', () => {
    const set = anObject('DaemonSet', 'log');
    const pod = aPod('log-1', { metadata: { labels: { 'controller-revision-hash': '6c5b' }, ...ownedBy(set) } });
    const object = (name: string) => ({
      number: name === 'log-6c5b' ? 2 : 1,
      object: { kind: 'ControllerRevision', namespace: 'shop', name },
    });
    const healthy = healthyRevisions(
      aSnapshot({ objects: [set, pod] }),
      { kind: 'DaemonSet', namespace: 'shop', name: 'log' },
      [object('log-6c5b'), object('log-77aa')],
    );

    expect([...healthy]).toEqual([2]);
  });
});
