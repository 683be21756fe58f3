import { describe, expect, it } from 'vitest';
import type { AccessRequest, Identity } from '../../../../src/engines/access/request.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Read } from '../../../../src/engines/snapshot-data.ts';
import type { Reader } from '../../../../src/kubernetes/ports.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { checkAccess } from '../../../../src/tools/diagnostic/check-access.ts';
import { anObject, someData } from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { aBinding, account, aRole, rule } from '../../../support/rbac.ts';
import { aType } from '../../../support/resource-types.ts';

const jane: Identity = { user: 'jane', groups: ['system:authenticated'] };
const forbidden = new AppError('permission_denied', 'it is forbidden', { details: { status: 403 } });

function aCluster(objects: readonly KubernetesObject[], answers: Partial<Reader> = {}) {
  const reads: Read[] = [];
  const reviewed: { request: AccessRequest; who: Identity | undefined }[] = [];
  const reader = aReader({
    resolve: async (kind) => aType('Pod', { namespaced: kind !== 'nodes', resource: kind }),
    get: async ({ name }) => anObject('ServiceAccount', name),
    identity: async () => jane,
    review: async (request, who) => {
      reviewed.push({ request, who });
      return { allowed: true };
    },
    read: async (asked) => {
      reads.push(...asked);
      return someData({ objects, reads: asked.map((read) => ({ read, outcome: 'ok' as const })) });
    },
    ...answers,
  });
  return { context: aContext({ reader }), reads, reviewed };
}

const objects = [
  aRole('reader', [rule(['get', 'list'], ['pods'])]),
  aBinding('readers', 'Role/reader', [{ kind: 'User', name: 'jane' }, account('api')]),
];
const denied: Reader['review'] = async () => ({ allowed: false });

describe('check_access', () => {
  it('says which rule allows the caller something', async () => {
    const { context, reviewed } = aCluster(objects);

    const { data, text } = await runTool(checkAccess, { verb: 'list', resource: 'pods' }, context);

    expect(data).toMatchObject({
      subject: 'User jane',
      verdict: 'allowed',
      review: { allowed: true },
      blind_spots: [],
    });
    expect(text).toMatchInlineSnapshot(`
      "User jane may list pods in namespace shop
      granted: RoleBinding/readers in shop → Role/reader (list, get pods) to User jane
      API server: allowed"
    `);
    expect(reviewed).toEqual([
      { request: { verb: 'list', target: { group: '', resource: 'pods', namespace: 'shop' } }, who: undefined },
    ]);
  });

  it('says what a ServiceAccount lacks', async () => {
    const { context } = aCluster(objects, { review: denied });

    const input = { verb: 'delete', resource: 'pods', service_account: 'api' };
    const { text } = await runTool(checkAccess, input, context);

    expect(text).toMatchInlineSnapshot(`
      "ServiceAccount shop/api may not delete pods in namespace shop
      nearest: RoleBinding/readers in shop → Role/reader allows get, list pods; verb delete is missing
      API server: denied"
    `);
  });

  it('looks into other namespaces only when it is denied', async () => {
    const allowed = aCluster(objects);
    const refused = aCluster([], { review: denied });

    await runTool(checkAccess, { verb: 'get', resource: 'pods' }, allowed.context);
    await runTool(checkAccess, { verb: 'get', resource: 'pods' }, refused.context);

    const kinds = (reads: readonly Read[]) =>
      reads.map((read) => (read.verb === 'log' ? '' : `${read.kind} ${read.namespace ?? 'everywhere'}`));
    expect(kinds(allowed.reads)).toEqual([
      'ClusterRole everywhere',
      'ClusterRoleBinding everywhere',
      'Role shop',
      'RoleBinding shop',
    ]);
    expect(kinds(refused.reads)).toContain('RoleBinding everywhere');
  });

  it('says so when the ServiceAccount does not exist', async () => {
    const missing = new AppError('not_found', 'ServiceAccount/apj does not exist.', { hint: 'Did you mean api?' });
    const { context } = aCluster(objects, { review: denied, get: () => Promise.reject(missing) });

    const input = { verb: 'get', resource: 'pods', service_account: 'web/apj' };
    const { data } = await runTool(checkAccess, input, context);

    expect(data).toMatchObject({
      subject: 'ServiceAccount web/apj',
      notes: ['ServiceAccount/apj does not exist. Did you mean api?'],
    });
  });

  it('answers by the review alone when roles may not be read', async () => {
    const { context } = aCluster([], { read: () => Promise.reject(forbidden) });

    const { text } = await runTool(checkAccess, { verb: 'get', resource: 'pods' }, context);

    expect(text).toMatchInlineSnapshot(`
      "User jane may get pods in namespace shop
      API server: allowed
      not seen: Roles and their bindings (reading is forbidden); which rule grants it, or comes nearest, is not known"
    `);
  });

  it('answers by the roles alone when nobody may be asked', async () => {
    const { context } = aCluster(objects, { review: () => Promise.reject(forbidden) });

    const { data, text } = await runTool(
      checkAccess,
      { verb: 'get', resource: 'pods', service_account: 'api' },
      context,
    );

    expect(data).toMatchObject({ verdict: 'allowed' });
    expect(text).toContain(
      'not seen: Access review (it is forbidden); other authorizers than RBAC may decide otherwise',
    );
  });

  it('leaves it open when neither can be known', async () => {
    const refuse = () => Promise.reject(forbidden);
    const { context } = aCluster([], { review: refuse, identity: refuse, read: refuse });

    const { text } = await runTool(checkAccess, { verb: 'get', resource: 'nodes' }, context);

    expect(text.split('\n')[0]).toBe('It is not known whether the caller may get nodes in the whole cluster');
  });

  it('does not answer without an API server', async () => {
    const gone = new AppError('unavailable', 'It does not answer.');
    const { context } = aCluster([], { review: () => Promise.reject(gone) });

    await expect(runTool(checkAccess, { verb: 'get', resource: 'pods' }, context)).rejects.toBe(gone);
  });
});
