import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { rolloutsOf } from '../../../../src/engines/timeline/rollouts.ts';
import { anObject, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../support/builders.ts';

const template = (image: string, more: object = {}) => ({ spec: { containers: [{ name: 'app', image }] }, ...more });
const web = anObject('Deployment', 'web', {
  metadata: { managedFields: [{ manager: 'helm', operation: 'Update', time: minutesAgo(10) }] },
});
const version = (name: string, number: number, age: number, image: string, more: object = {}) =>
  anObject('ReplicaSet', name, {
    metadata: {
      ...ownedBy(web),
      creationTimestamp: minutesAgo(age),
      annotations: { 'deployment.kubernetes.io/revision': String(number) },
    },
    spec: { template: template(image, more) },
  });
const recorded = (owner: KubernetesObject, number: number, age: number, image: string) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${number}`,
      namespace: 'shop',
      creationTimestamp: minutesAgo(age),
      ...ownedBy(owner),
    },
    revision: number,
    data: { spec: { template: template(image) } },
  }) as unknown as KubernetesObject;

const told = (...objects: readonly KubernetesObject[]) =>
  rolloutsOf(aSnapshot({ objects }), 'shop').map(({ at, what, by }) => [at, what, by]);

describe('a rollout', () => {
  it('is told with what it changed and who wrote it', () => {
    expect(told(web, version('a', 1, 60, 'api:1'), version('b', 2, 10, 'api:2'))).toEqual([
      [minutesAgo(10), 'rollout of revision 2: containers[app].image api:1 → api:2', 'helm'],
    ]);
  });

  it('is a restart when the template is the same', () => {
    const restarted = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': minutesAgo(5) } } };

    expect(told(web, version('a', 1, 60, 'api:1'), version('b', 2, 5, 'api:1', restarted))).toEqual([
      [minutesAgo(5), 'rollout of revision 2: a restart, the template is the same', undefined],
    ]);
  });

  it('is a rollback when an old ReplicaSet has the newest number, since its first new pod', () => {
    const old = version('a', 3, 60, 'api:1');
    const pods = [70, 4, 2].map((age) =>
      aPod(`web-${age}`, { metadata: { ...ownedBy(old), creationTimestamp: minutesAgo(age) } }),
    );

    expect(told(web, old, version('b', 2, 20, 'api:2'), ...pods)).toEqual([
      [minutesAgo(4), 'rollback, now revision 3: containers[app].image api:2 → api:1', undefined],
      [minutesAgo(20), 'rollout of revision 2: containers[app].image api:1 → api:2', undefined],
    ]);
  });

  it('is a rollback since the controller’s write when its pods are gone', () => {
    const old = version('a', 3, 60, 'api:1');
    const written = {
      ...old,
      metadata: { ...old.metadata, managedFields: [{ manager: 'kube-controller-manager', time: minutesAgo(3) }] },
    };

    expect(told(web, written, version('b', 2, 20, 'api:2'))[0]?.[0]).toBe(minutesAgo(3));
  });

  it.each(['StatefulSet', 'DaemonSet'] as const)('of a %s is told from its ControllerRevisions', (kind) => {
    const workload = anObject(kind, 'db');

    expect(told(workload, recorded(workload, 1, 60, 'db:1'), recorded(workload, 2, 7, 'db:2'))).toEqual([
      [minutesAgo(7), 'rollout of revision 2: containers[app].image db:1 → db:2', undefined],
    ]);
  });

  it.each([
    ['only one version', [web, version('a', 1, 60, 'api:1')]],
    ['no version', [web]],
    ['versions of somebody else', [anObject('Deployment', 'other'), version('a', 1, 60, 'a'), version('b', 2, 1, 'b')]],
  ])('is not told of %s', (_, objects) => {
    expect(told(...objects)).toEqual([]);
  });

  it('survives half-filled objects', () => {
    const hollow = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'x', namespace: 'shop', ...ownedBy(web) },
    };

    expect(told(web, hollow as unknown as KubernetesObject, version('b', 2, 5, 'api:2'))).toHaveLength(1);
  });
});
