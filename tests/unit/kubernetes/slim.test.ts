import { describe, expect, it } from 'vitest';
import { asObject, slimmed } from '../../../src/kubernetes/slim.ts';

const managed = (fieldsV1?: object) => [
  { manager: 'kubectl-edit', operation: 'Update', time: 't', apiVersion: 'v1', ...(fieldsV1 && { fieldsV1 }) },
];
const kept = { manager: 'kubectl-edit', operation: 'Update', time: 't' };

describe('slimmed', () => {
  it('keeps of managedFields who wrote when, and in which other version', () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', managedFields: managed({ 'f:spec': {} }) },
    };

    expect(slimmed(deployment).metadata).toEqual({ name: 'web', managedFields: [{ ...kept, apiVersion: 'v1' }] });
  });

  it.each(['ConfigMap', 'Secret'])('keeps the keys of a %s', (kind) => {
    const object = {
      apiVersion: 'v1',
      kind,
      metadata: { name: 'x', managedFields: managed({ 'f:data': { 'f:password': { big: 1 } } }) },
    };

    expect(slimmed(object).metadata.managedFields).toEqual([{ ...kept, fieldsV1: { 'f:data': { 'f:password': {} } } }]);
  });

  it.each([
    ['Deployment', { 'f:spec': { 'f:replicas': {}, 'f:template': { big: 1 } } }, { 'f:spec': { 'f:replicas': {} } }],
    [
      'Node',
      { 'f:spec': { 'f:unschedulable': {}, 'f:taints': {} }, 'f:status': {} },
      { 'f:spec': { 'f:unschedulable': {} } },
    ],
    [
      'Namespace',
      { 'f:metadata': { 'f:labels': { 'f:team': {} }, 'f:annotations': { 'f:a': {} } } },
      { 'f:metadata': { 'f:labels': { 'f:team': {} } } },
    ],
  ])('keeps of a %s the fields whose writer a rule names', (kind, fields, asked) => {
    const object = { apiVersion: 'v1', kind, metadata: { name: 'x', managedFields: managed(fields) } };

    expect(slimmed(object).metadata.managedFields).toEqual([{ ...kept, fieldsV1: asked }]);
  });

  it('survives fields that are not there', () => {
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', managedFields: [{}, ...managed()] } };

    expect(slimmed(object).metadata.managedFields).toEqual([{}, kept]);
    expect(slimmed({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } })).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
    });
  });
});

describe('asObject', () => {
  const defaults = { apiVersion: 'v1', kind: 'Pod' };

  it('fills in what items of lists leave out', () => {
    expect(asObject({ metadata: { name: 'x' } }, defaults)).toEqual({ ...defaults, metadata: { name: 'x' } });
    expect(asObject({ kind: 'Node', metadata: { name: 'x' } }, defaults)).toMatchObject({ kind: 'Node' });
  });

  it.each([undefined, null, 7, [], {}, { metadata: null }, { metadata: { name: 7 } }])('refuses %j', (value) => {
    expect(asObject(value, defaults)).toBeUndefined();
  });
});
