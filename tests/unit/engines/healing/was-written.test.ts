import { describe, expect, it } from 'vitest';
import { type Operation, preconditionOf } from '../../../../src/engines/healing/action.ts';
import { wasWritten, wayBackOf } from '../../../../src/engines/healing/was-written.ts';
import { aPod } from '../../../support/builders.ts';
import { aLiveDeployment, live } from '../../../support/healing.ts';

const { target } = aLiveDeployment();
const on = preconditionOf(target);
const signed = (id: string) => aLiveDeployment({ metadata: { annotations: { 'kubemend.dev/action': id } } }).target;
const patch: Operation = { verb: 'patch', on, steps: [] };
const scale: Operation = { verb: 'scale', on, replicas: 4 };
const pod = { ...aPod('web-1'), metadata: { ...aPod('web-1').metadata, ...live() } };
const evict: Operation = { verb: 'evict', on: preconditionOf(pod) };

describe('whether a write happened', () => {
  it('is told by the id in the annotation of a patch', () => {
    expect(wasWritten(patch, 'a1', signed('a1'))).toBe(true);
    expect(wasWritten(patch, 'a1', signed('a2'))).toBe(false);
    expect(wasWritten(patch, 'a1', target)).toBe(false);
  });

  it('is not told by another object of that name, nor by none', () => {
    const anew = { ...signed('a1'), metadata: { ...signed('a1').metadata, uid: 'another' } };

    expect(wasWritten(patch, 'a1', anew)).toBe(false);
    expect(wasWritten(patch, 'a1', undefined)).toBe(false);
    expect(wasWritten(scale, 'a1', undefined)).toBe(false);
  });

  it('tells the way back from the action itself', () => {
    expect(wayBackOf('a1')).not.toBe('a1');
    expect(wasWritten(patch, wayBackOf('a1'), signed('a1'))).toBe(false);
    expect(wasWritten(patch, wayBackOf('a1'), signed(wayBackOf('a1')))).toBe(true);
  });

  it('is told by count and generation of a scale, which leaves no annotation', () => {
    const scaled = aLiveDeployment({ replicas: 4, metadata: { generation: 4 } }).target;
    const was = aLiveDeployment({ replicas: 4 }).target;

    expect(wasWritten(scale, 'a1', scaled)).toBe(true);
    expect(wasWritten(scale, 'a1', was)).toBe(false);
    expect(wasWritten(scale, 'a1', target)).toBe(false);
  });

  it('is told of an eviction by a pod that is gone, going, or another one', () => {
    const { metadata } = pod;

    expect(wasWritten(evict, '', undefined)).toBe(true);
    expect(wasWritten(evict, '', { ...pod, metadata: { ...metadata, deletionTimestamp: 'now' } })).toBe(true);
    expect(wasWritten(evict, '', { ...pod, metadata: { ...metadata, uid: 'another' } })).toBe(true);
    expect(wasWritten(evict, '', pod)).toBe(false);
  });
});
