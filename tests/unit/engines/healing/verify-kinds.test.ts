import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../../src/engines/healing/record.ts';
import { progressOf } from '../../../../src/engines/healing/verify.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { aPrecondition, aRecord } from '../../../support/action-records.ts';
import { aContainer, anObject, aPod, aSnapshot, crashed, minutesAgo } from '../../../support/builders.ts';
import { aCause, anExplanation } from '../../../support/explanations.ts';
import { aLiveDeployment } from '../../../support/healing.ts';
import { aNode } from '../../../support/nodes.ts';

type By = ActionRecord['verification']['by'];

/** How an action that was applied minutes ago stands: its verification, what it changed, and what is there now. */
function stands(
  by: By,
  target: KubernetesObject | undefined,
  {
    fields = {},
    objects,
    causes = [],
    minutes = 1,
    holdSeconds = 0,
    watched = target,
  }: {
    fields?: Partial<ActionRecord>;
    objects?: readonly KubernetesObject[];
    causes?: Parameters<typeof anExplanation>[0] extends infer _ ? readonly ReturnType<typeof aCause>[] : never;
    minutes?: number;
    holdSeconds?: number;
    watched?: KubernetesObject | undefined;
  } = {},
): string {
  const record = aRecord({
    appliedAt: minutesAgo(minutes),
    finding: undefined,
    radius: { pods: 3, ready: 3, services: [], routes: [], budgets: [] },
    verification: { expects: 'all is well', by, holdSeconds, deadlineSeconds: 300 },
    ...fields,
  });
  const there = objects ?? (target === undefined ? [] : [target]);
  const snapshot = aSnapshot({ objects: there, complete: ['Pod'] });
  const { state, text } = progressOf(record, { snapshot, target, watched, explanation: anExplanation({ causes }) });
  return `${state}: ${text}`;
}

describe('a rollout', () => {
  const rolled = (status: object) => stands('rollout', aLiveDeployment({ status }).target);

  it('is over when all wanted pods are new, alone and available', () => {
    expect(rolled({})).toBe('healthy: all is well');
    expect(rolled({ observedGeneration: 2 })).toBe('waiting: Deployment/web: the change is not seen yet');
    expect(rolled({ updatedReplicas: 1 })).toBe('waiting: Deployment/web: 1 of 3 pods are new');
    expect(rolled({ replicas: 4 })).toBe('waiting: Deployment/web: 1 old pod is still there');
    expect(rolled({ replicas: 5 })).toBe('waiting: Deployment/web: 2 old pods are still there');
    expect(rolled({ availableReplicas: 2 })).toBe('waiting: Deployment/web: 2 of 3 pods are available');
  });

  it('of a DaemonSet counts nodes', () => {
    const daemon = (status: object) =>
      stands(
        'rollout',
        anObject('DaemonSet', 'log', {
          metadata: { generation: 2 },
          status: { observedGeneration: 2, desiredNumberScheduled: 3, ...status },
        }),
      );

    expect(daemon({ updatedNumberScheduled: 2 })).toBe('waiting: DaemonSet/log: 2 of 3 pods are new');
    expect(daemon({ updatedNumberScheduled: 3, numberAvailable: 2 })).toBe(
      'waiting: DaemonSet/log: 2 of 3 pods are available',
    );
    expect(daemon({ updatedNumberScheduled: 3, numberAvailable: 3 })).toBe('healthy: all is well');
  });

  it('fails with its deadline, and when its object is gone', () => {
    expect(stands('rollout', aLiveDeployment({ status: { updatedReplicas: 1 } }).target, { minutes: 6 })).toBe(
      'failed: Deployment/web: 1 of 3 pods are new',
    );
    expect(stands('rollout', undefined)).toBe('waiting: the object is gone');
  });

  it('does not heal as long as its finding is told, or a severe one is new', () => {
    const { target } = aLiveDeployment();
    const cause = aCause();
    const finding = { rule: cause.rule, object: cause.object, summary: cause.summary, confidence: 1 };

    expect(stands('rollout', target, { causes: [cause], fields: { finding } })).toBe(
      `waiting: still there: ${cause.summary}`,
    );
    expect(stands('rollout', target, { causes: [cause] })).toBe(`waiting: new: ${cause.summary}`);
    expect(stands('rollout', target, { causes: [cause], fields: { causesBefore: [cause.id] } })).toBe(
      'healthy: all is well',
    );
  });

  it('is held until restarts were flat, from the last end on', () => {
    const pod = {
      containers: [
        aContainer('app', {
          ...crashed({ finishedAt: minutesAgo(1) }),
          status: { lastState: { terminated: { finishedAt: minutesAgo(1) } } },
        }),
      ],
    };
    const { target, all } = aLiveDeployment({ pod });

    expect(stands('rollout', target, { objects: all, holdSeconds: 120, minutes: 4 })).toBe(
      'holding: ready; watching for 60 s more whether containers end again',
    );
    expect(stands('rollout', target, { objects: all, holdSeconds: 50, minutes: 4 })).toBe('healthy: all is well');
  });
});

describe('an evicted pod', () => {
  const pod = aPod('web-1');
  const fields = {
    target: aPrecondition({ object: { kind: 'Pod', namespace: 'shop', name: 'web-1' }, uid: 'uid-Pod-web-1' }),
  };

  it('is there as long as its uid is', () => {
    expect(stands('pod_replaced', pod, { fields })).toBe('waiting: Pod/web-1 is still there');
    expect(stands('pod_replaced', undefined, { fields })).toBe('healthy: all is well');
  });

  it('is replaced when its workload is as ready as it should be', () => {
    const verification = {
      expects: 'all is well',
      by: 'pod_replaced',
      holdSeconds: 0,
      deadlineSeconds: 300,
      watches: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    } as const;
    const watching = (status: object) =>
      stands('pod_replaced', undefined, {
        fields: { ...fields, verification },
        watched: aLiveDeployment({ status }).target,
      });

    expect(watching({ availableReplicas: 2 })).toBe('waiting: Deployment/web: 2 of 3 pods are available');
    expect(watching({})).toBe('healthy: all is well');
  });
});

describe('a node', () => {
  const node = aPrecondition({ object: { kind: 'Node', name: 'node-1' } });
  const wants = (after: string) => ({
    target: node,
    changes: [{ object: node.object, field: 'spec.unschedulable', after }],
  });

  it('is cordoned, or takes pods again, when its spec says so', () => {
    expect(stands('schedulable', aNode('node-1'), { fields: wants('true') })).toBe(
      'waiting: the node takes new pods still',
    );
    expect(stands('schedulable', aNode('node-1', { unschedulable: true }), { fields: wants('true') })).toBe(
      'healthy: all is well',
    );
    expect(stands('schedulable', aNode('node-1', { unschedulable: true }), { fields: wants('false') })).toBe(
      'waiting: the node takes no new pods still',
    );
    expect(stands('schedulable', undefined, { fields: wants('true') })).toBe('waiting: the node takes new pods still');
  });

  it('is drained when nothing is left that could run elsewhere', () => {
    const going = aPod('going', { metadata: { deletionTimestamp: minutesAgo(1) } });
    const done = aPod('done', { status: { phase: 'Succeeded' } });

    expect(stands('drained', aNode('node-1'), { fields: { target: node }, objects: [aPod('web-1'), done] })).toBe(
      'waiting: 1 pod is still there, among them web-1',
    );
    expect(stands('drained', aNode('node-1'), { fields: { target: node }, objects: [going] })).toContain(
      'among them going',
    );
    expect(stands('drained', aNode('node-1'), { fields: { target: node }, objects: [done] })).toBe(
      'healthy: all is well',
    );
  });
});
