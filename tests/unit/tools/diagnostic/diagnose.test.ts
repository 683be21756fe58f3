import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../../src/engines/snapshot-data.ts';
import type { ResourceType } from '../../../../src/kubernetes/ports.ts';
import { diagnose } from '../../../../src/tools/diagnostic/diagnose.ts';
import { aContainer, aDeployment, anObject, someData, waiting } from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { aType } from '../../../support/resource-types.ts';

const missingTag = waiting('ImagePullBackOff', 'failed to resolve reference "registry.example/app:1.0": not found');
const web = aDeployment('web', { replicas: 3, pod: { containers: [aContainer('app', missingTag)] } });
const kinds = ['Pod', 'Deployment', 'ReplicaSet', 'Service', 'EndpointSlice'];

const types: Readonly<Record<string, ResourceType>> = {
  node: aType('Node', { namespaced: false }),
  ns: aType('Namespace', { namespaced: false }),
};

/** A reader of a namespace in which `web` is broken, and the scopes that it was asked for. */
const brokenShop = () => {
  const scopes: Scope[] = [];
  const reader = aReader({
    resolve: async (kind) => types[kind] ?? aType('Deployment'),
    collect: async (scope) => {
      scopes.push(scope);
      return someData({ scope, objects: web.all, complete: kinds });
    },
  });
  return { reader, scopes };
};

describe('diagnose', () => {
  it('names the cause in data and in text', async () => {
    const { data, text } = await runTool(diagnose, {}, aContext(brokenShop()));

    expect(data).toMatchObject({
      scope: { cluster: 'test', namespace: 'shop' },
      verdict: 'unhealthy',
      causes: [{ rule: 'image-tag-not-found', object: { kind: 'Deployment', namespace: 'shop', name: 'web' } }],
    });
    expect(text).toContain('✖ Deployment/web cannot pull registry.example/app:1.0');
  });

  it('tells the reader when it has to answer', async () => {
    const context = aContext({
      reader: aReader({
        collect: async (scope, _signal, { enough } = {}) =>
          someData({ scope, objects: enough === context.enough ? web.all : [], complete: kinds }),
      }),
    });

    expect((await runTool(diagnose, {}, context)).data).toMatchObject({ verdict: 'unhealthy' });
  });

  it.each([
    ['the configured namespace', {}, { namespace: 'shop' }],
    ['the named one', { namespace: 'web' }, { namespace: 'web' }],
    ['all', { all_namespaces: true }, { namespace: undefined }],
    [
      'an object in the configured namespace',
      { object: 'deploy/web' },
      { namespace: 'shop', object: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
    ],
    [
      'an object without a namespace',
      { object: 'node/n1', namespace: 'shop' },
      { namespace: undefined, object: { kind: 'Node', name: 'n1' } },
    ],
    ['what is in a namespace', { object: 'ns/web', namespace: 'shop' }, { namespace: 'web' }],
  ])('looks at %s', async (_, input, scope) => {
    const { reader, scopes } = brokenShop();

    await runTool(diagnose, input, aContext({ reader })).catch(() => undefined);

    expect(scopes).toEqual([scope]);
  });

  it.each([
    ['an archive as a whole when nothing is named', {}, {}],
    ['the named namespace of an archive', { namespace: 'web' }, { namespace: 'web' }],
  ])('looks at %s', async (_, input, scope) => {
    const { reader, scopes } = brokenShop();

    await runTool(diagnose, input, aContext({ reader, settings: { archive: true } })).catch(() => undefined);

    expect(scopes).toEqual([scope]);
  });

  it('says that an object does not exist, and what does', async () => {
    const { reader } = brokenShop();

    await expect(runTool(diagnose, { object: 'deploy/wab' }, aContext({ reader }))).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('web'),
    });
  });

  it('refuses an object in all namespaces', async () => {
    const { reader } = brokenShop();
    const input = { object: 'deploy/web', all_namespaces: true };

    await expect(runTool(diagnose, input, aContext({ reader }))).rejects.toMatchObject({ code: 'validation_error' });
  });

  it('is healthy when nothing is wrong', async () => {
    const objects = [anObject('Namespace', 'shop'), ...aDeployment('web').all];
    const reader = aReader({ collect: async (scope) => someData({ scope, objects, complete: kinds }) });

    const { data, text } = await runTool(diagnose, {}, aContext({ reader }));

    expect(data['verdict']).toBe('healthy');
    expect(text).toContain('✔ Nothing is wrong');
  });
});
