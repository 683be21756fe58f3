import { describe, expect, it } from 'vitest';
import { accessTarget } from '../../../src/tools/access-target.ts';
import { aReader } from '../../support/fake-reader.ts';
import { aType } from '../../support/resource-types.ts';

const reader = aReader({
  resolve: async (kind) =>
    kind === 'node'
      ? aType('Node', { resource: 'nodes', namespaced: false })
      : aType('Deployment', { group: 'apps', resource: 'deployments' }),
});
const target = (resource: string, { name, namespace }: { name?: string; namespace?: string } = {}) =>
  accessTarget(reader, { resource, name, namespace }, new AbortController().signal);

describe('what a request for access is about', () => {
  it.each([
    ['a path', '/metrics', {}, { path: '/metrics' }],
    ['a kind', 'deploy', { namespace: 'shop' }, { group: 'apps', resource: 'deployments', namespace: 'shop' }],
    ['a kind in all namespaces', 'deploy', {}, { group: 'apps', resource: 'deployments' }],
    ['a kind without namespaces', 'node', { namespace: 'shop' }, { group: '', resource: 'nodes' }],
    [
      'a subresource of one object',
      'deploy/scale',
      { name: 'web', namespace: 'shop' },
      { group: 'apps', resource: 'deployments', subresource: 'scale', name: 'web', namespace: 'shop' },
    ],
    ['everything', '*', { namespace: 'shop' }, { group: '*', resource: '*', namespace: 'shop' }],
    [
      'what only permissions know',
      'signers.certificates.k8s.io',
      {},
      { group: 'certificates.k8s.io', resource: 'signers' },
    ],
  ])('is %s', async (_, resource, place, expected) => {
    expect(await target(resource, place)).toEqual(expected);
  });

  it('is not an object after a slash', async () => {
    await expect(target('pod/web')).rejects.toMatchObject({
      code: 'validation_error',
      hint: 'The name of an object goes into name; a subresource is one such as pods/log or deployments/scale.',
    });
  });
});
