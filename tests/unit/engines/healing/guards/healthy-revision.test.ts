import { describe, expect, it } from 'vitest';
import { healthyRevision } from '../../../../../src/engines/healing/guards/healthy-revision.ts';
import { anObject, ownedBy } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aRevision,
  aSituation,
  restart,
  rollback,
  saidBy,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target, all } = aLiveDeployment();
const healthy = { ready: 2, replicas: 2 };
const image = 'registry.example/app:0.9';
const saidOf = (
  from: ReturnType<typeof aRevision>,
  {
    revision,
    others = [],
    complete,
  }: { revision?: number; others?: readonly ReturnType<typeof anObject>[]; complete?: string[] } = {},
) =>
  saidBy(
    healthyRevision,
    aDraft(rollback(web, revision), target, { from }),
    aSituation({ objects: [...all, from, ...others], ...(complete !== undefined && { complete }) }),
  );

describe('G20, rolls back to a healthy revision', () => {
  it('allows the newest revision that is Ready, differs and can start', () => {
    expect(saidOf(aRevision(target, 4, { image, ...healthy }))).toBe(
      'allow: Revision 4 of Deployment/web was healthy, and all that it refers to exists.',
    );
  });

  it('refuses a revision of which nothing tells that it was healthy', () => {
    expect(saidOf(aRevision(target, 4, { image }))).toBe(
      'refuse: Nothing tells that revision 4 of Deployment/web was ever healthy. Instead: no revision is known to have been healthy: mend the template',
    );
    expect(saidOf(aRevision(target, 4, { image, ready: 1, replicas: 2 }))).toContain('refuse: ');
  });

  it('asks when a person wants such a revision', () => {
    expect(saidOf(aRevision(target, 4, { image }), { revision: 4 })).toBe(
      'approve: Revision 4 of Deployment/web was asked for; nothing tells that it was ever healthy.',
    );
  });

  it('refuses an older revision where a newer one was healthy', () => {
    const newer = aRevision(target, 5, { image: 'registry.example/app:0.95', ...healthy });
    const older = aRevision(target, 4, { image, ...healthy });

    expect(saidOf(older, { others: [newer] })).toBe(
      'refuse: Revision 4 of Deployment/web is older than revision 5, which was healthy too. Instead: revision 5 was healthy',
    );
    expect(saidOf(older, { others: [newer], revision: 4 })).toContain('approve: Revision 4');
    expect(saidOf(newer, { others: [older] })).toContain('allow: Revision 5');
  });

  it('refuses a revision that differs in nothing but a restart', () => {
    expect(saidOf(aRevision(target, 4, { image: 'registry.example/app:1.0', ...healthy }))).toContain(
      'refuse: Revision 4 of Deployment/web differs from the present one in nothing but a restart.',
    );
  });

  it('refuses a revision that needs what is gone, an object or a key', () => {
    const volumes = [{ name: 'conf', configMap: { name: 'old', items: [{ key: 'a', path: 'a' }] } }];
    const from = aRevision(target, 4, { image, ...healthy, volumes });
    const without = anObject('ConfigMap', 'old', { data: { b: '1' } });
    const whole = anObject('ConfigMap', 'old', { data: { a: '1' } });

    expect(saidOf(from)).toContain('needs ConfigMap/old, which does not exist any more.');
    expect(saidOf(from, { others: [without] })).toContain(
      'needs key a of ConfigMap/old, which does not exist any more.',
    );
    expect(saidOf(from, { others: [whole] })).toContain('allow: ');
  });

  it('knows the keys of a Secret where they were read', () => {
    const volumes = [{ name: 'key', secret: { secretName: 'tls', items: [{ key: 'a', path: 'a' }] } }];
    const from = aRevision(target, 4, { image, ...healthy, volumes });

    expect(saidOf(from, { others: [anObject('Secret', 'tls', { data: { b: '' } })] })).toContain(
      'needs key a of Secret/tls',
    );
    expect(saidOf(from, { others: [anObject('Secret', 'tls', { data: { a: '' } })] })).toContain('allow: ');
    expect(saidOf(from, { others: [anObject('Secret', 'tls')] })).toContain('allow: ');
  });

  it('asks when it was not read whether what it needs exists', () => {
    const from = aRevision(target, 4, { image, ...healthy, serviceAccountName: 'web' });

    expect(saidOf(from)).toContain(
      'approve: Revision 4 of Deployment/web was healthy; whether ServiceAccount/web, which it needs,',
    );
  });

  it('knows the revisions of a StatefulSet by the pods that are Ready', () => {
    const set = aLiveSet({ pod: { metadata: { labels: { 'controller-revision-hash': 'db-1' } } } });
    const from = {
      ...aBareObject('ControllerRevision'),
      metadata: { name: 'db-1', namespace: 'shop', ...ownedBy(set.target) },
      revision: 1,
      data: { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } },
    };
    const draft = aDraft(rollback({ ...web, kind: 'StatefulSet', name: 'db' }), set.target, { from });

    expect(saidBy(healthyRevision, draft, aSituation({ target: set.target, objects: [...set.all, from] }))).toContain(
      'allow: Revision 1 of StatefulSet/db was healthy',
    );
  });

  it('refuses when the plan takes another revision than the one that was asked for', () => {
    expect(saidOf(aRevision(target, 4, { image, ...healthy }), { revision: 3 })).toContain('refuse: The revision 3');
  });

  it('refuses a revision that was not read, also of a bare object', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(healthyRevision, aDraft(rollback(web, 9), target), aSituation())).toContain(
      'refuse: The revision 9 of Deployment/web is not among those that were read, or not the one of the plan.',
    );
    expect(saidBy(healthyRevision, aDraft(rollback(web), bare), aSituation({ target: bare }))).toContain('refuse: ');
  });

  it('has nothing to do with other actions', () => {
    expect(saidBy(healthyRevision, aDraft(restart(web), target), aSituation())).toBe('nothing');
  });
});
