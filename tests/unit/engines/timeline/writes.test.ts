import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { writesOf } from '../../../../src/engines/timeline/writes.ts';
import { anObject, aSnapshot, minutesAgo, ownedBy } from '../../../support/builders.ts';

const write = (manager: string, age: number, more: object = {}) => ({
  manager,
  operation: 'Update',
  time: minutesAgo(age),
  ...more,
});
const keys = (...names: readonly string[]) => ({
  fieldsV1: { 'f:data': Object.fromEntries(['.', ...names.map((name) => `f:${name}`)].map((key) => [key, {}])) },
});
const told = (objects: readonly KubernetesObject[], heads: readonly KubernetesObject[] = []) =>
  writesOf(aSnapshot({ objects, heads }), 'shop').map(({ at, object, what, by }) => [at, object.name, what, by]);

describe('a write', () => {
  it('is the creation, and each writer’s last one after it', () => {
    const service = anObject('Service', 'web', {
      metadata: { managedFields: [write('helm', 60), write('kubectl-edit', 5)] },
    });

    expect(told([service])).toEqual([
      [minutesAgo(60), 'web', 'created', 'helm'],
      [minutesAgo(5), 'web', 'changed', 'kubectl-edit'],
    ]);
  });

  it('of a ConfigMap or Secret names the writer’s keys', () => {
    const map = anObject('ConfigMap', 'settings', {
      metadata: { managedFields: [write('kubectl-patch', 5, keys('LEVEL', 'URL'))] },
    });
    const secret = anObject('Secret', 'creds', {
      metadata: { managedFields: [write('vault', 4, keys('a', 'b', 'c', 'd', 'e', 'f'))] },
    });

    expect(told([], [map, secret]).map(([, , what]) => what)).toEqual([
      'created',
      'changed (owns LEVEL, URL)',
      'created',
      'changed (owns a, b, c, d, e and 1 more)',
    ]);
  });

  it('of a Helm release is its revision, once', () => {
    const secret = anObject('Secret', 'sh.helm.release.v1.web.v1', {
      metadata: {
        labels: { owner: 'helm', name: 'web', version: '1', status: 'superseded' },
        managedFields: [write('Helm', 60), write('helm', 5)],
      },
    });

    expect(told([], [secret]).map(([, , what]) => what)).toEqual(['Helm release web revision 1, superseded']);
  });

  it.each([
    ['a controller', write('kube-controller-manager', 5)],
    ['a status', write('argocd', 5, { subresource: 'status' })],
    ['a scaling, which has no time', { manager: 'kubectl', operation: 'Update', subresource: 'scale' }],
  ])('of %s is not told', (_, entry) => {
    const workload = anObject('Deployment', 'web', { metadata: { managedFields: [entry] } });

    expect(told([workload]).map(([, , what]) => what)).toEqual(['created']);
  });

  it.each([
    ['a pod', anObject('Pod', 'web')],
    ['a part of something else', anObject('Job', 'nightly-1', { metadata: ownedBy(anObject('CronJob', 'nightly')) })],
    ['what every namespace has', anObject('ConfigMap', 'kube-root-ca.crt')],
    ['another namespace', anObject('ConfigMap', 'x', { metadata: { namespace: 'calm' } })],
  ])('to %s is not told', (_, object) => {
    expect(told([object])).toEqual([]);
  });

  it('is told once of an object that was read twice', () => {
    const map = anObject('ConfigMap', 'settings');

    expect(told([map], [map])).toHaveLength(1);
  });

  it('survives half-filled objects', () => {
    const bare = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', namespace: 'shop' } };
    const odd = anObject('ConfigMap', 'odd', { metadata: { managedFields: [{}, write('x', 1, { fieldsV1: 3 })] } });

    expect(told([bare, odd]).map(([, name]) => name)).toEqual(['odd', 'odd']);
  });
});
