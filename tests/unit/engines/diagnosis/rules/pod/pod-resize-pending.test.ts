import { podResizePending } from '../../../../../../src/engines/diagnosis/rules/pod/pod-resize-pending.ts';
import { aContainer, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = (condition: object, minutes = 10, phase = 'Running') =>
  aPod('books', {
    containers: [
      aContainer('app', {
        resources: { requests: { cpu: '1990m', memory: '4Mi' } },
        status: { resources: { requests: { cpu: '1m', memory: '4Mi' } } },
      }),
    ],
    status: {
      phase,
      conditions: [
        { type: 'Ready', status: 'True' },
        { status: 'True', lastTransitionTime: minutesAgo(minutes), ...condition },
      ],
    },
  });
const message = "Node didn't have enough resource: cpu, requested: 1990, used: 111, capacity: 2000";
const deferred = { type: 'PodResizePending', reason: 'Deferred', message };

testRule(podResizePending, {
  silent: {
    'a resize that was put off a moment ago': aSnapshot({ objects: [pod(deferred, 1)] }),
    'a resize that is under way': aSnapshot({ objects: [pod({ type: 'PodResizeInProgress' })] }),
    'a condition that is over': aSnapshot({ objects: [pod({ ...deferred, status: 'False' })] }),
    'a pod that has ended': aSnapshot({ objects: [pod(deferred, 10, 'Succeeded')] }),
  },
  speaks: {
    'of what cannot be given now': [
      aSnapshot({ objects: [pod(deferred)] }),
      {
        object: 'Pod/books',
        problem: 'is not resized (app cpu request 1m → 1990m): node-1 cannot give it now, it has too little cpu',
        certainty: 'declared',
        evidence: ['PodResizePending: Deferred'],
      },
    ],
    'of what can never be given, at once': [
      aSnapshot({ objects: [pod({ type: 'PodResizePending', reason: 'Infeasible', message }, 0.1)] }),
      { object: 'Pod/books', problem: 'node-1 can never give it' },
    ],
    'of a resize that failed': [
      aSnapshot({ objects: [pod({ type: 'PodResizeInProgress', reason: 'Error', message: 'cgroup' })] }),
      { object: 'Pod/books', problem: 'node-1 failed to give it', fix: 'ask for less than node-1 has left' },
    ],
    'of memory that is in use and cannot be taken away': [
      aSnapshot({
        objects: [
          pod({
            type: 'PodResizeInProgress',
            reason: 'Error',
            message:
              'cannot decrease memory limits: attempting to set container "app" memory limit (16384) below current usage (503808)',
          }),
        ],
      }),
      { object: 'Pod/books', fix: 'ask for a memory limit above what the container uses now' },
    ],
  },
});
