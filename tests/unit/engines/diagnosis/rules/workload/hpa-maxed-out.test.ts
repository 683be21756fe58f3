import { hpaMaxedOut } from '../../../../../../src/engines/diagnosis/rules/workload/hpa-maxed-out.ts';
import { anAutoscaler } from '../../../../../support/autoscalers.ts';
import { aContainer, aDeployment, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const busy = (used: number, { minutes = 20, replicas = 3, reason = 'TooManyReplicas' } = {}) =>
  anAutoscaler(
    'web',
    {},
    {
      status: {
        currentReplicas: replicas,
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used } } }],
        conditions: [{ type: 'ScalingLimited', status: 'True', reason, lastTransitionTime: minutesAgo(minutes) }],
      },
    },
  );
const memory = anAutoscaler(
  'web',
  {},
  {
    spec: {
      metrics: [
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Ki' } } },
      ],
    },
    status: {
      ...busy(0).status,
      currentMetrics: [{ type: 'Resource', resource: { name: 'memory', current: { averageValue: '1Mi' } } }],
    },
  },
);

testRule(hpaMaxedOut, {
  silent: {
    'a peak of some minutes': aSnapshot({ objects: [busy(190, { minutes: 5 })] }),
    'the minimum, where it wants fewer': aSnapshot({ objects: [busy(5, { reason: 'TooFewReplicas' })] }),
    'a metric at its target': aSnapshot({ objects: [busy(80)] }),
    'replicas that are still coming': aSnapshot({ objects: [busy(190, { replicas: 2 })] }),
    'pods that are broken': aSnapshot({
      objects: [
        busy(190),
        ...aDeployment('web', { pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] } }).all,
      ],
    }),
  },
  speaks: {
    'of a share of requests': [
      aSnapshot({ objects: [busy(190), ...aDeployment('web').all] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'keeps Deployment/web at maxReplicas 3 while cpu is at 190% with a target of 80%',
        evidence: ['TooManyReplicas for 20 min'],
        fix: 'above 3',
      },
    ],
    'of an amount': [
      aSnapshot({ objects: [memory] }),
      { object: 'HorizontalPodAutoscaler/web', problem: 'while memory is at 1Mi with a target of 100Ki' },
    ],
  },
});
