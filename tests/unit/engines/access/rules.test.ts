import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '../../../../src/engines/access/request.ts';
import { describeRule, gapsOf } from '../../../../src/engines/access/rules.ts';

const request = (verb: string, resource: string, more: object = {}): AccessRequest => ({
  verb,
  target: { group: '', resource, ...more },
});
const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

describe('a rule', () => {
  it.each([
    ['what it names', pods, request('get', 'pods')],
    [
      'everything, by stars',
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      request('x', 'pods', { group: 'g' }),
    ],
    ['subresources too, by a star', { ...pods, resources: ['*'] }, request('get', 'pods', { subresource: 'log' })],
    ['a subresource by its name', { ...pods, resources: ['pods/log'] }, request('get', 'pods', { subresource: 'log' })],
    ['it of all', { ...pods, resources: ['*/scale'] }, request('get', 'deployments', { subresource: 'scale' })],
    ['an object by its name', { ...pods, resourceNames: ['a', 'b'] }, request('get', 'pods', { name: 'b' })],
  ])('allows %s', (_, rule, asked) => {
    expect(gapsOf(rule, asked)).toEqual([]);
  });

  it.each([
    ['another verb', pods, request('delete', 'pods'), ['verb']],
    ['another resource', pods, request('get', 'services'), ['resource']],
    ['the same resource of another group', pods, request('get', 'pods', { group: 'metrics.k8s.io' }), ['group']],
    ['a subresource', pods, request('get', 'pods', { subresource: 'log' }), ['subresource']],
    ['a resource by its subresource', { ...pods, resources: ['pods/log'] }, request('get', 'pods'), ['subresource']],
    [
      'another subresource of all',
      { ...pods, resources: ['*/scale'] },
      request('get', 'x', { subresource: 'status' }),
      ['resource'],
    ],
    ['another name', { ...pods, resourceNames: ['a'] }, request('get', 'pods', { name: 'b' }), ['name']],
    ['all when it names some', { ...pods, resourceNames: ['a'] }, request('list', 'pods'), ['name']],
    ['a star where it has words', pods, request('*', 'pods'), ['verb']],
    ['anything when it is empty', {}, request('get', 'pods'), ['verb', 'group', 'resource']],
  ])('does not allow %s', (_, rule, asked, gaps) => {
    expect(gapsOf(rule, asked)).toEqual(gaps);
  });

  it.each([
    [['/metrics'], '/metrics', true],
    [['/metrics/*'], '/metrics/cadvisor', true],
    [['*'], '/anything', true],
    [['/metrics'], '/metrics/cadvisor', false],
    [['/met*rics'], '/metrics', false],
  ])('over %j and a request for %s says %s', (nonResourceURLs, path, allowed) => {
    expect(gapsOf({ verbs: ['get'], nonResourceURLs }, { verb: 'get', target: { path } }).length === 0).toBe(allowed);
  });

  it('is described by its verbs, resources and names', () => {
    expect(describeRule({ ...pods, resourceNames: ['web'] })).toBe('get, list pods named web');
    expect(describeRule({ verbs: ['a', 'b', 'c', 'd', 'e', 'f'], nonResourceURLs: ['/x'] })).toBe(
      'a, b, c, d and 2 more /x',
    );
  });
});
