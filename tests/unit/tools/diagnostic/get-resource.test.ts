import { describe, expect, it } from 'vitest';
import type { KubernetesObject, ObjectRef } from '../../../../src/engines/objects.ts';
import { getResource } from '../../../../src/tools/diagnostic/get-resource.ts';
import { anObject } from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { aType } from '../../../support/resource-types.ts';

const object = anObject('ConfigMap', 'api', {
  metadata: { creationTimestamp: undefined, uid: undefined, managedFields: [{ manager: 'kubectl' }] },
  data: { KEY: 'value' },
});

const holding = (found: KubernetesObject = object, { namespaced = true } = {}) => {
  const refs: ObjectRef[] = [];
  const reader = aReader({
    resolve: async () => aType(found.kind, { namespaced }),
    get: async (ref) => {
      refs.push(ref);
      return found;
    },
  });
  return { reader, refs };
};

describe('get_resource', () => {
  it('shows one object, slimmed', async () => {
    const { data, text } = await runTool(getResource, { kind: 'cm', name: 'api' }, aContext(holding()));

    expect(data).toMatchObject({
      kind: 'ConfigMap',
      name: 'api',
      namespace: 'shop',
      object: { data: { KEY: 'value' } },
    });
    expect(text).toMatchInlineSnapshot(`
      "ConfigMap/api in shop
      apiVersion: "v1"
      kind: "ConfigMap"
      metadata: {"name":"api","namespace":"shop"}
      data: {"KEY":"value"}"
    `);
  });

  it('shows only the fields that were named, and says which are not there', async () => {
    const input = { kind: 'cm', name: 'api', fields: ['data.KEY', 'metadata.managedFields', 'spec'] };

    const { data, text } = await runTool(getResource, input, aContext(holding()));

    expect(data).toMatchObject({ object: { 'data.KEY': 'value' }, missing: ['metadata.managedFields', 'spec'] });
    expect(text).toMatchInlineSnapshot(`
      "ConfigMap/api in shop
      data.KEY: "value"
      nothing at metadata.managedFields, spec"
    `);
  });

  it('keeps a kind that was written with its group', async () => {
    const { reader, refs } = holding();

    await runTool(getResource, { kind: 'configmaps.example.com', name: 'api', namespace: 'web' }, aContext({ reader }));

    expect(refs).toEqual([{ kind: 'configmaps.example.com', namespace: 'web', name: 'api' }]);
  });

  it('reads a kind without namespaces', async () => {
    const node = anObject('Node', 'n1');

    const { text } = await runTool(
      getResource,
      { kind: 'no', name: 'n1' },
      aContext(holding(node, { namespaced: false })),
    );

    expect(text).toMatch(/^Node\/n1\n/);
  });

  it('cuts a large object, and says what and how to see it', async () => {
    const data = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key-${index}`, 'v'.repeat(4_000)]));

    const { data: result, text } = await runTool(
      getResource,
      { kind: 'cm', name: 'api' },
      aContext(holding(anObject('ConfigMap', 'api', { data }))),
    );

    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(14_000);
    expect(text).toMatch(/… cut: data\.key-0: \d+ of 4000 characters.*Name fields to see them\.$/);
  });

  it('says so when nothing can be cut', async () => {
    const data = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key-${index}`, 'v']));

    const { data: result } = await runTool(
      getResource,
      { kind: 'cm', name: 'api' },
      aContext(holding(anObject('ConfigMap', 'api', { data }))),
    );

    expect(result).toMatchObject({ object: {}, cut: ['everything: name fields'] });
  });

  it.each(['a b', '', 'x'.repeat(257), 'a\nb'])('refuses the path %j', (path) => {
    expect(getResource.input.safeParse({ kind: 'cm', name: 'api', fields: [path] }).success).toBe(false);
  });
});
