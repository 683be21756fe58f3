import { describe, expect, it } from 'vitest';
import { accessBlindSpots, accessOf, accessReads } from '../../../../src/engines/access/access.ts';
import { type AccessRequest, serviceAccountIdentity } from '../../../../src/engines/access/request.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Read, ReadOutcome } from '../../../../src/engines/snapshot-data.ts';
import { someData } from '../../../support/builders.ts';
import { aBinding, aClusterBinding, aClusterRole, account, aRole, group, rule } from '../../../support/rbac.ts';

const who = serviceAccountIdentity('shop', 'api');
const pods = (verb: string, more: object = {}): AccessRequest => ({
  verb,
  target: { group: '', resource: 'pods', namespace: 'shop', ...more },
});
const reader = aRole('pod-reader', [rule(['get', 'list'], ['pods'])]);
const readers = aBinding('readers', 'Role/pod-reader', [account('api')]);
const everything = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

const answer = (
  objects: readonly KubernetesObject[],
  request: AccessRequest,
  { review, complete = everything }: { review?: { allowed: boolean; reason?: string }; complete?: string[] } = {},
) => accessOf(someData({ objects, complete }), { who, request, review });

describe('what the rules grant', () => {
  it('names the rule, the role and the binding', () => {
    const { verdict, grants, nearest } = answer([reader, readers], pods('list'));

    expect(verdict).toBe('allowed');
    expect(nearest).toBeUndefined();
    expect(grants).toEqual([
      {
        binding: { kind: 'RoleBinding', namespace: 'shop', name: 'readers' },
        role: { kind: 'Role', namespace: 'shop', name: 'pod-reader' },
        subject: 'ServiceAccount shop/api',
        rule: { apiGroups: [''], resources: ['pods'], verbs: ['list', 'get'] },
      },
    ]);
  });

  it.each([
    ['through a group of ServiceAccounts', group('system:serviceaccounts:shop')],
    ['through the group of all who are known', group('system:authenticated')],
    ['as a user by its full name', { kind: 'User', name: 'system:serviceaccount:shop:api' }],
    ['as a ServiceAccount of the binding’s own namespace', { kind: 'ServiceAccount', name: 'api' }],
  ])('reaches it %s', (_, subject) => {
    expect(answer([reader, aBinding('readers', 'Role/pod-reader', [subject])], pods('get')).verdict).toBe('allowed');
  });

  it.each([
    ['another account', [account('web')]],
    ['an account of another namespace', [account('api', 'other')]],
    ['another group', [group('system:serviceaccounts:other')]],
    ['nobody', []],
  ])('does not reach it when the binding is for %s', (_, subjects) => {
    expect(answer([reader, aBinding('readers', 'Role/pod-reader', subjects)], pods('get')).verdict).toBe('denied');
  });

  it('holds in every namespace through a cluster-wide binding, and in one through a RoleBinding', () => {
    const role = aClusterRole('viewer', [rule(['get'], ['pods'])]);
    const everywhere: AccessRequest = { verb: 'get', target: { group: '', resource: 'pods' } };
    const inside = [role, aBinding('viewers', 'ClusterRole/viewer', [account('api')])];
    const outside = [role, aClusterBinding('viewers', 'viewer', [account('api')])];

    expect([answer(inside, pods('get')), answer(outside, pods('get'))].map(({ verdict }) => verdict)).toEqual([
      'allowed',
      'allowed',
    ]);
    expect(answer(inside, everywhere).verdict).toBe('denied');
    expect(answer(outside, everywhere).verdict).toBe('allowed');
  });

  it('grants paths through cluster-wide bindings alone', () => {
    const role = aClusterRole('scraper', [{ verbs: ['get'], nonResourceURLs: ['/metrics/*'] }]);
    const scrape: AccessRequest = { verb: 'get', target: { path: '/metrics/cadvisor' } };

    expect(answer([role, aClusterBinding('s', 'scraper', [account('api')])], scrape).verdict).toBe('allowed');
    expect(answer([role, aBinding('s', 'ClusterRole/scraper', [account('api')])], scrape).verdict).toBe('denied');
  });
});

describe('the API server’s own answer', () => {
  it('is the verdict, and a difference is said', () => {
    const { verdict, notes } = answer([], pods('get'), { review: { allowed: true, reason: 'webhook says so' } });

    expect(verdict).toBe('allowed');
    expect(notes).toEqual([
      'The API server allows it, and no role does: another authorizer than RBAC decides (webhook says so).',
    ]);
  });

  it('wins over a role that allows it', () => {
    const { verdict, notes } = answer([reader, readers], pods('get'), { review: { allowed: false } });

    expect(verdict).toBe('denied');
    expect(notes).toEqual(['The API server denies it, and a role allows it: another authorizer than RBAC decides.']);
  });

  it('differs from nothing when not all roles were read', () => {
    const { verdict, notes } = answer([], pods('get'), { review: { allowed: true }, complete: ['Role'] });

    expect([verdict, notes]).toEqual(['allowed', []]);
  });

  it('needs no role for those who may do everything', () => {
    const masters = { user: 'admin', groups: ['system:masters'] };
    const { verdict, notes } = accessOf(someData({ complete: everything }), {
      who: masters,
      request: pods('delete'),
      review: { allowed: true },
    });

    expect(verdict).toBe('allowed');
    expect(notes).toEqual(['Group system:masters may do everything, whatever the roles say.']);
  });
});

describe('what could not be read', () => {
  const reads = (request: AccessRequest, outcome: (read: Read) => ReadOutcome) =>
    accessReads(request).map((read) => ({ read, outcome: outcome(read) }));

  it('leaves the verdict open without a review', () => {
    const data = someData({ reads: reads(pods('get'), () => 'denied') });

    expect(accessOf(data, { who, request: pods('get'), review: undefined }).verdict).toBe('unknown');
    expect(accessBlindSpots(data, pods('get'))).toEqual([
      {
        what: 'Roles and their bindings',
        why: 'reading is forbidden',
        consequence: 'which rule grants it, or comes nearest, is not known',
      },
    ]);
  });

  it('does not hide a grant that was seen', () => {
    const namespaced = (read: Read): ReadOutcome => (read.verb === 'list' && read.namespace ? 'ok' : 'denied');
    const data = someData({ objects: [reader, readers], reads: reads(pods('get'), namespaced) });

    expect(accessOf(data, { who, request: pods('get'), review: undefined })).toMatchObject({
      verdict: 'allowed',
      complete: false,
    });
  });

  it('is no denial when nobody knows who asks', () => {
    const data = someData({ objects: [reader, readers], complete: everything });

    expect(accessOf(data, { who: undefined, request: pods('get'), review: undefined }).verdict).toBe('unknown');
  });

  it('counts for little when only other namespaces were not read', () => {
    const data = someData({
      complete: ['ClusterRole', 'ClusterRoleBinding'],
      reads: [
        ...reads(pods('get'), () => 'ok'),
        { read: { verb: 'list', kind: 'RoleBinding', as: 'full' }, outcome: 'denied' },
      ],
    });

    expect(accessBlindSpots(data, pods('get')).map(({ what }) => what)).toEqual(['Roles of other namespaces']);
  });
});

describe('a binding to a role that does not exist', () => {
  it('is named', () => {
    const { notes } = answer([aBinding('readers', 'Role/pod-raeder', [account('api')])], pods('get'));

    expect(notes).toEqual(['RoleBinding/readers refers to Role/pod-raeder, which does not exist.']);
  });

  it('is not claimed when roles were not read', () => {
    const complete = ['RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];
    const { notes } = answer([aBinding('readers', 'Role/x', [account('api')])], pods('get'), { complete });

    expect(notes).toEqual([]);
  });
});

describe('half-filled objects', () => {
  it('grant nothing and break nothing', () => {
    const bare = [
      aRole('empty', undefined),
      { apiVersion: 'v1', kind: 'RoleBinding', metadata: { name: 'bare', namespace: 'shop' } },
      { apiVersion: 'v1', kind: 'ClusterRoleBinding', metadata: { name: 'bare' }, subjects: [{}] },
      aBinding('to-empty', 'Role/empty', [account('api')]),
      aRole('hollow', [{}]),
      aBinding('to-hollow', 'Role/hollow', [account('api')]),
    ] as unknown as KubernetesObject[];

    expect(answer(bare, pods('get')).verdict).toBe('denied');
  });
});
