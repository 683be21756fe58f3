import { describe, expect, it } from 'vitest';
import { splitPath, targetNamespace, targetObject } from '../../../src/tools/target.ts';
import { aContext, aReader } from '../../support/fake-reader.ts';
import { aType } from '../../support/resource-types.ts';

const settings = { namespace: 'shop', allowSystemNamespaces: false };

describe('targetNamespace', () => {
  it.each([
    ['the named one', { namespace: 'web', all_namespaces: false }, 'web'],
    ['the configured one when none is named', { all_namespaces: false }, 'shop'],
    ['none when all are wanted', { all_namespaces: true }, undefined],
  ])('is %s', (_, where, expected) => {
    expect(targetNamespace(where, settings)).toBe(expected);
  });

  it('refuses one and all at once', () => {
    expect(() => targetNamespace({ namespace: 'web', all_namespaces: true }, settings)).toThrow(
      expect.objectContaining({ code: 'validation_error', hint: 'Leave one of them out.' }),
    );
  });

  it('refuses a system namespace that came from the settings', () => {
    expect(() => targetNamespace({ all_namespaces: false }, { ...settings, namespace: 'kube-system' })).toThrow(
      expect.objectContaining({ code: 'refused', details: { namespace: 'kube-system', policy: 'system_namespaces' } }),
    );
  });

  it('takes it when the settings allow it', () => {
    const allowed = { namespace: 'kube-system', allowSystemNamespaces: true };

    expect(targetNamespace({ all_namespaces: false }, allowed)).toBe('kube-system');
  });
});

describe('targetObject', () => {
  const resolving = (kind: string, namespaced = true) => aReader({ resolve: async () => aType(kind, { namespaced }) });

  it('resolves the kind and keeps the namespace', async () => {
    const ref = await targetObject(
      resolving('Deployment'),
      { kind: 'deploy', name: 'api', namespace: 'shop' },
      aContext(),
    );

    expect(ref).toEqual({ kind: 'Deployment', namespace: 'shop', name: 'api' });
  });

  it('drops the namespace of a kind that has none', async () => {
    const ref = await targetObject(resolving('Node', false), { kind: 'no', name: 'n1', namespace: 'shop' }, aContext());

    expect(ref).toEqual({ kind: 'Node', name: 'n1' });
  });

  it('refuses a system namespace as an object', async () => {
    const wanted = { kind: 'ns', name: 'kube-system', namespace: 'shop' };

    await expect(targetObject(resolving('Namespace', false), wanted, aContext())).rejects.toMatchObject({
      code: 'refused',
    });
  });
});

it('splits a path at its slash', () => {
  expect(splitPath('certificates.cert-manager.io/web')).toEqual({ kind: 'certificates.cert-manager.io', name: 'web' });
});
