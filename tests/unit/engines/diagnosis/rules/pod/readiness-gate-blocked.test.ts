import { readinessGateBlocked } from '../../../../../../src/engines/diagnosis/rules/pod/readiness-gate-blocked.ts';
import { aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const type = 'balancer.example/healthy';
const pod = (more: readonly object[] = [], { minutes = 10, containersReady = 'True' } = {}) =>
  aPod('books', {
    spec: { readinessGates: [{ conditionType: type }] },
    status: {
      conditions: [
        { type: 'ContainersReady', status: containersReady },
        {
          type: 'Ready',
          status: 'False',
          reason: containersReady === 'True' ? 'ReadinessGatesNotReady' : 'ContainersNotReady',
          message: 'corresponding condition of pod readiness gate does not exist.',
          lastTransitionTime: minutesAgo(minutes),
        },
        ...more,
      ],
    },
  });

testRule(readinessGateBlocked, {
  silent: {
    'a gate that was opened': aSnapshot({ objects: [pod([{ type, status: 'True' }])] }),
    'a pod that became ready a moment ago': aSnapshot({ objects: [pod([], { minutes: 0.5 })] }),
    'containers that are not ready either': aSnapshot({ objects: [pod([], { containersReady: 'False' })] }),
  },
  speaks: {
    'of a condition that nobody has set': [
      aSnapshot({ objects: [pod()] }),
      {
        object: 'Pod/books',
        problem: 'it waits for the readiness gate balancer.example/healthy, which nobody has set',
        certainty: 'declared',
      },
    ],
    'of a condition that is False': [
      aSnapshot({ objects: [pod([{ type, status: 'False', reason: 'Draining', message: 'target is draining' }])] }),
      { object: 'Pod/books', problem: 'which is False (Draining)', evidence: ['target is draining'] },
    ],
  },
});
