import { describe, expect, it } from 'vitest';
import type { FindingClass, RuleFinding } from '../../../../../../src/engines/diagnosis/rule.ts';
import { imageTagNotFound } from '../../../../../../src/engines/diagnosis/rules/pod/image-tag-not-found.ts';
import { podNotReadyUnexplained } from '../../../../../../src/engines/diagnosis/rules/pod/pod-not-ready-unexplained.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  aPendingPod,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const unready = (minutes: number, container = aContainer('app', { status: { ready: false } })) =>
  aPod('web', {
    containers: [container],
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          lastTransitionTime: minutesAgo(minutes),
          message: 'containers with unready status: [app]',
        },
        { type: 'PodScheduled', status: 'True' },
      ],
    },
  });
const starting = aContainer('app', {
  startupProbe: { periodSeconds: 10, failureThreshold: 30 },
  status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(3) } } },
});
const failed = aPod('once', {
  status: { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'no devices left', conditions: [] },
});
const waitingForClaim = '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found';
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' } };

const pendingFor = (minutes: number) =>
  aPendingPod('web', waitingForClaim, { metadata: { creationTimestamp: minutesAgo(minutes) } });

testRule(podNotReadyUnexplained, {
  silent: {
    'a container whose readiness probe was not asked yet': aSnapshot({
      objects: [
        unready(
          3,
          aContainer('app', {
            readinessProbe: { initialDelaySeconds: 600 },
            status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(3) } } },
          }),
        ),
      ],
    }),
    'a pod that found no place a moment ago': aSnapshot({ objects: [pendingFor(0.2)] }),
    'a ready pod': aSnapshot({ objects: [aPod('web')] }),
    'a pod that stopped being ready a moment ago': aSnapshot({ objects: [unready(0.5)] }),
    'a pod whose containers are being created': aSnapshot({
      objects: [unready(0.5, aContainer('app', waiting('ContainerCreating')))],
    }),
    'a container that its startup probe still waits for': aSnapshot({ objects: [unready(3, starting)] }),
    'a terminating pod': aSnapshot({
      objects: [
        aPod('web', {
          metadata: { deletionTimestamp: minutesAgo(1) },
          containers: [aContainer('app', waiting('Error'))],
        }),
      ],
    }),
    'a pod that has finished': aSnapshot({
      objects: [aPod('web', { status: { phase: 'Succeeded', conditions: [] } })],
    }),
    'a failed pod of a Job': aSnapshot({ objects: [{ ...failed, metadata: { ...failed.metadata, ...ownedBy(job) } }] }),
  },
  speaks: {
    'with the words of the scheduler about the nodes': [
      aSnapshot({
        objects: [aPendingPod('web', '0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes')],
      }),
      { object: 'Pod/web', problem: 'is not ready: Unschedulable (Insufficient nvidia.com/gpu)' },
    ],
    'of a pod that finds no place': [
      aSnapshot({ objects: [pendingFor(0.5)] }),
      { object: 'Pod/web', problem: 'is not ready: Unschedulable', evidence: ['unbound immediate'] },
    ],
    'of a pod that is not ready for minutes': [
      aSnapshot({ objects: [unready(8)] }),
      {
        object: 'Pod/web',
        problem: 'is not ready: NotReady',
        certainty: 'correlated',
        evidence: ['NotReady for 8 min: containers with unready status: [app]', 'checked without a result: probes'],
      },
    ],
    'at once of a state that does not pass': [
      aSnapshot({ objects: [unready(0.1, aContainer('app', waiting('CreateContainerError', 'something new')))] }),
      { object: 'Pod/web', problem: 'is not ready: CreateContainerError', evidence: ['something new'] },
    ],
    'of a pod that waits for its claim': [
      aSnapshot({ objects: [aPendingPod('web', waitingForClaim)] }),
      {
        object: 'Pod/web',
        problem: 'is not ready: Unschedulable',
        evidence: ['unbound immediate PersistentVolumeClaims'],
      },
    ],
    'of a bare pod that failed': [
      aSnapshot({ objects: [failed] }),
      { object: 'Pod/once', problem: 'is not ready: UnexpectedAdmissionError', evidence: ['no devices left'] },
    ],
    'with warnings that the status does not repeat': [
      aSnapshot({
        objects: [
          unready(8),
          anEvent(unready(8), 'Strange', 'never seen before'),
          anEvent(unready(8), 'Unhealthy', 'containers with unready status: [app]'),
        ],
      }),
      { object: 'Pod/web', evidence: ['Strange: never seen before'] },
    ],
  },
});

describe('a pod that other rules spoke of', () => {
  const web = aDeployment('web', { pod: { containers: [aContainer('app', waiting('Odd'))] } });
  const snapshot = aSnapshot({ objects: web.all });
  const found = (kind: string, name: string, findingClass: FindingClass): RuleFinding => ({
    rule: imageTagNotFound,
    subject: { kind, namespace: 'shop', name },
    problem: 'is broken',
    class: findingClass,
    certainty: 'declared',
    evidence: [],
    fixes: [],
  });
  const speaksAfter = (finding: RuleFinding) => podNotReadyUnexplained.check(snapshot, [finding]).length > 0;

  it.each([
    ['a cause on itself', found('Pod', 'web-5d8f-0', 'cause'), false],
    ['a symptom on itself', found('Pod', 'web-5d8f-0', 'symptom'), false],
    ['a cause on its workload', found('Deployment', 'web', 'cause'), false],
    ['a symptom on its workload', found('Deployment', 'web', 'symptom'), true],
    ['a risk on itself', found('Pod', 'web-5d8f-0', 'risk'), true],
    ['a cause on another workload', found('Deployment', 'api', 'cause'), true],
  ])('after %s', (_, finding, expected) => {
    expect(speaksAfter(finding)).toBe(expected);
  });
});

it('names what would tell, and what could not be read', () => {
  const snapshot = aSnapshot({
    objects: [unready(8)],
    reads: [{ read: { verb: 'list', kind: 'Event', as: 'full' }, outcome: 'denied' }],
  });

  expect(podNotReadyUnexplained.check(snapshot, [])).toMatchObject([
    {
      missingEvidence: [
        'events of the pod beyond its start (none, or older than an hour)',
        'Event objects',
        'Node/node-1',
      ],
      nextCheck: 'kubectl logs -n shop web -c app',
    },
  ]);
});
