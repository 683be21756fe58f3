import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../../src/engines/healing/record.ts';
import { progressOf } from '../../../../src/engines/healing/verify.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { refOf } from '../../../../src/engines/objects.ts';
import { aPrecondition, aRecord } from '../../../support/action-records.ts';
import { aSnapshot, minutesAgo } from '../../../support/builders.ts';
import { anExplanation } from '../../../support/explanations.ts';
import { aLiveDeployment } from '../../../support/healing.ts';

const after = (objects: readonly KubernetesObject[], target: KubernetesObject | undefined) => ({
  snapshot: aSnapshot({ objects, complete: ['Pod'] }),
  target,
  watched: target,
  explanation: anExplanation(),
});

const applied = (fields: Partial<ActionRecord>): ActionRecord =>
  aRecord({
    state: 'verifying',
    appliedAt: minutesAgo(1),
    finding: undefined,
    verification: { expects: 'it is as wanted', by: 'replicas', holdSeconds: 0, deadlineSeconds: 300 },
    ...fields,
  });

describe('a count that was set back', () => {
  const target = aPrecondition();
  const undone = applied({
    target,
    action: { name: 'undo_action', target: target.object, action_id: 'a1' },
    operations: [{ verb: 'patch', on: target, steps: [{ op: 'replace', path: '/spec/replicas', value: 2 }] }],
    radius: { pods: 3, ready: 3, services: ['Service/web'], routes: [], budgets: [] },
  });

  it('is healthy with as many ready pods as are wanted now', () => {
    const { all, target: web } = aLiveDeployment({ replicas: 2 });

    expect(progressOf(undone, after(all, web))).toMatchObject({ state: 'healthy' });
  });

  it('is not with fewer', () => {
    const { all, target: web } = aLiveDeployment({ replicas: 1 });

    expect(progressOf(undone, after(all, web))).toEqual({
      state: 'waiting',
      text: '1 ready pods stand behind Service/web, not 2',
    });
  });
});

describe('a rollout that has just begun', () => {
  it('is not over although its old pods are all available: the count of new ones is left out while it is 0', () => {
    const { target: web } = aLiveDeployment({ metadata: { generation: 4 } });
    const begun = { observedGeneration: 4, replicas: 3, readyReplicas: 3, availableReplicas: 3 };
    const restarted = applied({
      target: aPrecondition(),
      verification: { expects: 'all pods are new', by: 'rollout', holdSeconds: 0, deadlineSeconds: 300 },
    });

    expect(progressOf(restarted, after([], { ...web, status: begun } as never))).toEqual({
      state: 'waiting',
      text: 'Deployment/web: 0 of 3 pods are new',
    });
    // With minReadySeconds pods are Ready before they are available.
    const ready = { ...begun, updatedReplicas: 3, availableReplicas: undefined };
    expect(progressOf(restarted, after([], { ...web, status: ready } as never))).toEqual({
      state: 'waiting',
      text: 'Deployment/web: 0 of 3 pods are available',
    });
  });
});

describe('what was broken and is so again', () => {
  const target = aPrecondition();
  const undone = applied({
    target,
    action: { name: 'undo_action', target: target.object, action_id: 'a1' },
    verification: { expects: 'it is as it was', by: 'restored', holdSeconds: 0, deadlineSeconds: 60 },
  });

  it('is restored once its controller has seen the change, whatever its pods do', () => {
    const { target: web } = aLiveDeployment({ metadata: { generation: 4 } });

    expect(progressOf(undone, after([], { ...web, status: { observedGeneration: 3 } } as never))).toMatchObject({
      state: 'waiting',
      text: expect.stringContaining('not seen yet'),
    });
    expect(
      progressOf(undone, after([], { ...web, status: { observedGeneration: 4, readyReplicas: 0 } } as never)),
    ).toMatchObject({ state: 'healthy' });
  });

  it('is not when it is gone', () => {
    expect(progressOf(undone, after([], undefined))).toMatchObject({ state: 'waiting', text: 'the object is gone' });
  });
});

describe('a custom kind', () => {
  const fleet = (status: object) => ({
    apiVersion: 'e2e.kubemend.dev/v1',
    kind: 'Fleet',
    metadata: { name: 'boats', namespace: 'shop', uid: 'u1', resourceVersion: '7', generation: 3 },
    spec: { replicas: 2 },
    status,
  });
  const scaled = applied({
    target: aPrecondition({ object: refOf(fleet({})), apiVersion: 'e2e.kubemend.dev/v1' }),
    radius: { pods: 0, ready: 0, services: [], routes: [], budgets: [] },
  });

  it('is believed its count when it tells nothing else', () => {
    expect(progressOf(scaled, after([], fleet({ replicas: 2 })))).toMatchObject({ state: 'healthy' });
  });

  it('is waited for while the count is another one', () => {
    expect(progressOf(scaled, after([], fleet({ replicas: 1 })))).toMatchObject({ state: 'waiting' });
    expect(progressOf(scaled, after([], fleet({})))).toMatchObject({ state: 'waiting' });
  });

  it('is waited for until it has seen the change, when it tells what it has seen', () => {
    expect(progressOf(scaled, after([], fleet({ replicas: 2, observedGeneration: 2 })))).toMatchObject({
      state: 'waiting',
      text: 'Fleet/boats: the change is not seen yet',
    });
  });

  it('is not ready with pods that are not, when it counts those', () => {
    expect(progressOf(scaled, after([], fleet({ replicas: 2, readyReplicas: 1 })))).toMatchObject({
      text: 'Fleet/boats: 1 of 2 pods are available',
    });
  });
});

describe('a Deployment', () => {
  it('is waited for as long as its controller has not looked', () => {
    const { all, target: web } = aLiveDeployment({ status: { observedGeneration: undefined } });

    expect(progressOf(applied({}), after(all, web))).toMatchObject({
      text: 'Deployment/web: the change is not seen yet',
    });
  });
});
