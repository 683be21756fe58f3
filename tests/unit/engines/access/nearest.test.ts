import { describe, expect, it } from 'vitest';
import { nearestRule } from '../../../../src/engines/access/nearest.ts';
import { type AccessRequest, serviceAccountIdentity } from '../../../../src/engines/access/request.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { aSnapshot } from '../../../support/builders.ts';
import { aBinding, aClusterBinding, aClusterRole, account, aRole, rule } from '../../../support/rbac.ts';

const who = serviceAccountIdentity('shop', 'api');
const request = (verb: string, more: object = {}): AccessRequest => ({
  verb,
  target: { group: '', resource: 'pods', namespace: 'shop', ...more },
});
const nearest = (objects: readonly KubernetesObject[], asked: AccessRequest) =>
  nearestRule(aSnapshot({ objects }), who, asked)?.text;

const reader = aRole('reader', [rule(['get', 'list'], ['pods'])]);
const readers = aBinding('readers', 'Role/reader', [account('api')]);

describe('the nearest rule', () => {
  it.each([
    [
      'lacks the verb',
      [reader, readers],
      request('delete'),
      'RoleBinding/readers in shop → Role/reader allows get, list pods; verb delete is missing',
    ],
    [
      'lacks the subresource',
      [reader, readers],
      request('get', { subresource: 'log' }),
      'RoleBinding/readers in shop → Role/reader allows get, list pods; pods/log is missing',
    ],
    [
      'is limited to other names',
      [aRole('reader', [rule(['get'], ['pods'], { resourceNames: ['web'] })]), readers],
      request('get', { name: 'db' }),
      'RoleBinding/readers in shop → Role/reader allows get pods named web; db is not among the names',
    ],
    [
      'is limited to names where no name is asked for',
      [aRole('reader', [rule(['list'], ['pods'], { resourceNames: ['web'] })]), readers],
      request('list'),
      'RoleBinding/readers in shop → Role/reader allows list pods named web; list without a name needs a rule without names',
    ],
    [
      'is in another group',
      [aRole('reader', [{ apiGroups: ['apps'], resources: ['pods'], verbs: ['get'] }]), readers],
      request('get'),
      'RoleBinding/readers in shop → Role/reader allows get pods; that is in group "apps", and pods is in ""',
    ],
    [
      'holds in another namespace',
      [aRole('reader', [rule(['get'], ['pods'])], 'web'), aBinding('readers', 'Role/reader', [account('api')], 'web')],
      request('get'),
      'RoleBinding/readers in web → Role/reader allows get pods; it does not hold in shop',
    ],
    [
      'holds in one namespace and not everywhere',
      [reader, readers],
      { verb: 'list', target: { group: '', resource: 'pods' } },
      'RoleBinding/readers in shop → Role/reader allows list, get pods; it holds in one namespace, not in the whole cluster',
    ],
    [
      'is bound to somebody else',
      [reader, aBinding('readers', 'Role/reader', [account('api', 'web')])],
      request('get'),
      'Role/reader allows it and RoleBinding/readers in shop binds it to ServiceAccount web/api',
    ],
    [
      'is bound to nobody',
      [aClusterRole('view', [rule(['get', 'list'], ['pods', 'services'])])],
      request('get'),
      'ClusterRole/view allows it and is not bound to it here',
    ],
  ] as const)('%s', (_, objects, asked, text) => {
    expect(nearest(objects, asked)).toBe(text);
  });

  it('prefers a verb that is missing to a role that would have to be bound', () => {
    const view = aClusterRole('edit', [rule(['delete'], ['pods'])]);

    expect(nearest([view, reader, readers], request('delete'))).toContain('verb delete is missing');
  });

  it('prefers the narrower of two roles that could be bound', () => {
    const roles = [
      aClusterRole('wide', [rule(['get', 'list', 'delete'], ['pods', 'secrets'])]),
      aClusterRole('narrow', [rule(['get'], ['pods'])]),
    ];

    expect(nearest(roles, request('get'))).toBe('ClusterRole/narrow allows it and is not bound to it here');
  });

  it.each([
    ['nothing is about the resource', [aRole('reader', [rule(['get'], ['services'])]), readers], request('get')],
    [
      'only the role for everything would do',
      [aClusterRole('cluster-admin', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }])],
      request('get'),
    ],
    ['only Kubernetes’ own roles would do', [aClusterRole('system:node', [rule(['get'], ['pods'])])], request('get')],
    [
      'too much is missing',
      [
        aClusterRole('r', [rule(['get'], ['pods'], { resourceNames: ['a'] })]),
        aClusterBinding('b', 'r', [account('api')]),
      ],
      request('delete', { group: 'apps', name: 'b' }),
    ],
  ] as const)('is none when %s', (_, objects, asked) => {
    expect(nearest(objects, asked)).toBeUndefined();
  });
});
