import { describe, expect, it } from 'vitest';
import { setField } from '../../../../src/engines/healing/field-step.ts';
import { aBareObject, aLiveDeployment } from '../../../support/healing.ts';

const { target } = aLiveDeployment();

describe('setting a field', () => {
  it('replaces what is there, and knows the way back', () => {
    expect(setField(target, ['spec', 'replicas'], 5)).toEqual({
      step: { op: 'replace', path: '/spec/replicas', value: 5 },
      inverse: { op: 'replace', path: '/spec/replicas', value: 3 },
      change: { field: 'spec.replicas', before: '3', after: '5' },
    });
  });

  it('is nothing when the field has that value', () => {
    expect(setField(target, ['spec', 'replicas'], 3)).toBeUndefined();
  });

  it('adds the parents that are missing, and takes them away again', () => {
    expect(setField(aBareObject('Deployment'), ['spec', 'template', 'replicas'], 1)).toEqual({
      step: { op: 'add', path: '/spec', value: { template: { replicas: 1 } } },
      inverse: { op: 'remove', path: '/spec' },
      change: { field: 'spec.template.replicas', after: '1' },
    });
  });

  it('takes null for missing', () => {
    const object = { ...aBareObject('Node'), spec: { unschedulable: null } };

    expect(setField(object, ['spec', 'unschedulable'], true)?.step).toEqual({
      op: 'add',
      path: '/spec/unschedulable',
      value: true,
    });
  });

  it('escapes slashes and tildes of keys (RFC 6901), and shows indexes as people write them', () => {
    const edit = setField({ ...aBareObject('X'), a: [{ 'x/y~z': 1 }] } as never, ['a', 0, 'x/y~z'], 2);

    expect(edit?.step.path).toBe('/a/0/x~1y~0z');
    expect(edit?.change.field).toBe('a[0].x/y~z');
  });
});
