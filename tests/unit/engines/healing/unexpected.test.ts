import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../src/engines/healing/action.ts';
import { unexpectedFields } from '../../../../src/engines/healing/unexpected.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { aLiveDeployment } from '../../../support/healing.ts';

const { target, deployment } = aLiveDeployment();
const on = preconditionOf(target);
const withSpec = (fields: object): KubernetesObject =>
  ({ ...target, spec: { ...deployment.spec, ...fields } }) as KubernetesObject;
const scaled = {
  operations: [{ verb: 'patch', on, steps: [{ op: 'replace', path: '/spec/replicas', value: 4 }] }],
} as const;

describe('fields that a dry run changed unasked', () => {
  it('are none when only what was asked for changed', () => {
    expect(unexpectedFields(scaled, target, withSpec({ replicas: 4 }))).toEqual([]);
    expect(
      unexpectedFields({ operations: [{ verb: 'scale', on, replicas: 4 }] }, target, withSpec({ replicas: 4 })),
    ).toEqual([]);
  });

  it('are those that a webhook set, changed or took away', () => {
    const after = withSpec({
      replicas: 4,
      paused: true,
      selector: { matchLabels: { app: 'evil' } },
      template: undefined,
    });
    const fields = unexpectedFields(scaled, target, after);

    expect(fields).toEqual(expect.arrayContaining(['/spec/paused', '/spec/selector/matchLabels/app']));
    expect(fields.some((field) => field.startsWith('/spec/template/'))).toBe(true);
  });

  it('do not include what lies below a field that was asked for', () => {
    const steps = [{ op: 'add', path: '/spec/strategy', value: { type: 'Recreate' } }] as const;

    expect(
      unexpectedFields(
        { operations: [{ verb: 'patch', on, steps }] },
        target,
        withSpec({ strategy: { type: 'Recreate' } }),
      ),
    ).toEqual([]);
  });

  it('of a template that is replaced are told against that template, values of variables too', () => {
    const from = { kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' };
    const operations = [{ verb: 'set_template', on, from, digest: '00' }] as const;
    const template = deployment.spec?.template;
    const other = { ...template, spec: { ...template?.spec, hostNetwork: true } };
    const env = [{ name: 'MODE', value: 'evil' }];
    const injected = { ...template, spec: { containers: [{ ...template?.spec?.containers?.[0], env }] } };

    expect(unexpectedFields({ operations, template }, target, target)).toEqual([]);
    expect(unexpectedFields({ operations, template }, target, withSpec({ template: other }))).not.toEqual([]);
    expect(unexpectedFields({ operations, template }, target, withSpec({ template: injected }))).toContain(
      'containers[app].env[MODE].value',
    );
  });

  it('are none without a write, or without an answer', () => {
    expect(unexpectedFields({ operations: [] }, target, target)).toEqual([]);
    expect(unexpectedFields(scaled, target, undefined)).toEqual([]);
  });

  it('of an eviction are all: it changes no field', () => {
    expect(unexpectedFields({ operations: [{ verb: 'evict', on }] }, target, withSpec({ paused: true }))).toEqual([
      '/spec/paused',
    ]);
  });
});
