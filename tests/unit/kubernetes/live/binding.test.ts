import { describe, expect, it } from 'vitest';
import { boundTo, checkBound, checkSteps, signedBy } from '../../../../src/kubernetes/live/binding.ts';
import { aPrecondition } from '../../../support/action-records.ts';
import { anObject } from '../../../support/builders.ts';

const live = (metadata: object = {}) =>
  anObject('Deployment', 'web', { metadata: { uid: 'uid-web', resourceVersion: '7', ...metadata } });

describe('boundTo', () => {
  it('puts before all steps which object, in which state, they are for', () => {
    const step = { op: 'replace', path: '/spec/paused', value: true } as const;

    expect(boundTo(aPrecondition(), [step])).toEqual([
      { op: 'test', path: '/metadata/uid', value: 'uid-web' },
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      step,
    ]);
  });

  it.each([{ uid: '' }, { resourceVersion: '' }])('binds to nothing less: %j', (fields) => {
    expect(() => boundTo(aPrecondition(fields), [])).toThrow('without a precondition');
  });
});

describe('signedBy', () => {
  it('adds one annotation to those that are there', () => {
    expect(signedBy('id', live({ annotations: {} }))).toEqual([
      { op: 'add', path: '/metadata/annotations/kubemend.dev~1action', value: 'id' },
    ]);
  });

  it('makes them where there are none', () => {
    expect(signedBy('id', live())).toEqual([
      { op: 'add', path: '/metadata/annotations', value: { 'kubemend.dev/action': 'id' } },
    ]);
  });
});

describe('checkSteps', () => {
  it.each(['/spec/replicas', '/metadata/annotations/a', '/metadata/labels/b', '/spec/template/metadata/uid'])(
    'allows %s',
    (path) => {
      expect(() => checkSteps([{ op: 'remove', path }])).not.toThrow();
    },
  );

  it.each([
    '',
    '/',
    '/spec',
    '/metadata',
    '/metadata/uid',
    '/metadata/ownerReferences/0',
    '/status/x',
    'spec/replicas',
  ])('refuses %j', (path) => {
    expect(() => checkSteps([{ op: 'remove', path }])).toThrow('is no field that an action changes');
  });
});

describe('checkBound', () => {
  it('is silent on the object that was planned for', () => {
    expect(() => checkBound(aPrecondition(), live())).not.toThrow();
  });

  it.each([
    ['another object', { uid: 'other' }, 'was deleted and made again'],
    ['another state', { resourceVersion: '8' }, 'has changed since'],
    ['no identity', { uid: undefined }, 'was deleted and made again'],
  ])('conflicts with %s', (_name, metadata, message) => {
    expect(() => checkBound(aPrecondition(), live(metadata))).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringContaining(message) }),
    );
  });
});
