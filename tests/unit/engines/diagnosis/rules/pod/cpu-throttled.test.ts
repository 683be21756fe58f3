import { cpuThrottled } from '../../../../../../src/engines/diagnosis/rules/pod/cpu-throttled.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aContainer, aLog, anEvent, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { podMetrics } from '../../../../../support/metrics.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const probe = { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 2 };
const limited = { readinessProbe: probe, resources: { limits: { cpu: '50m' } } };
const unready = (spec: object = limited, { status = {}, pod = {} } = {}) =>
  aPod('web', {
    spec: pod,
    containers: [
      aContainer('app', {
        ...spec,
        status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(5) } }, ...status },
      }),
    ],
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(5) }] },
  });
const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' } };
const said = (words: string) => anEvent(aPod('web'), 'Unhealthy', words, about);
const late = said(
  'Readiness probe failed: Get "http://10.244.0.25:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
);
const using = (cpu: string, more: object = {}): KubernetesObject => ({
  ...podMetrics('web', { app: { cpu } }),
  ...more,
});
const object = 'Pod/web';

testRule(cpuThrottled, {
  silent: {
    'a late probe without the metrics API': aSnapshot({ objects: [unready(), late] }),
    'a container without a CPU limit': aSnapshot({ objects: [unready({ readinessProbe: probe }), late, using('1')] }),
    'a limit that is half used': aSnapshot({ objects: [unready(), late, using('25m')] }),
    'a limit that is used up by a pod whose probe answers': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', limited)] }), using('50m')],
    }),
    'a probe that is answered with 500': aSnapshot({
      objects: [unready(), said('Readiness probe failed: HTTP probe failed with statuscode: 500'), using('50m')],
    }),
    'figures of an hour ago': aSnapshot({ objects: [unready(), late, using('50m', { timestamp: minutesAgo(60) })] }),
    'figures of the instance before': aSnapshot({
      objects: [
        unready(limited, { status: { state: { running: { startedAt: minutesAgo(2) } } } }),
        late,
        using('50m', { timestamp: minutesAgo(3) }),
      ],
    }),
    'an app that waits for something else, and says so': aSnapshot({
      complete: ['Service'],
      objects: [unready(), late, using('50m')],
      logs: [aLog('web', ['ERROR connect ECONNREFUSED db:5432'])],
    }),
    'figures without amounts': aSnapshot({ objects: [unready(), late, using('50m', { containers: [{}] })] }),
    'a metric of another container': aSnapshot({
      objects: [unready(), late, podMetrics('web', { proxy: { cpu: '50m' } })],
    }),
  },
  speaks: {
    'of a limit that is used up while the probe waits': [
      aSnapshot({ objects: [unready(), late, using('49800123n')] }),
      {
        object,
        problem:
          'is not ready: its readiness probe GET /ready on port 8080 gets no answer within 1 s, while container app uses all of its CPU limit of 50m',
        certainty: 'inferred',
        evidence: ['metrics.k8s.io: container app uses 50m of its CPU limit of 50m (100 %) over 15 s'],
        fix: 'raise the CPU limit of container app from 50m to 100m',
      },
    ],
    'of the limit that an in-place resize has set': [
      aSnapshot({
        objects: [
          unready(
            { ...limited, resources: { limits: { cpu: '2' } } },
            { status: { resources: { limits: { cpu: '50m' } } } },
          ),
          late,
          using('50m'),
        ],
      }),
      { object, problem: 'its CPU limit of 50m' },
    ],
    'of a start that is too slow for its startup probe': [
      aSnapshot({
        objects: [
          unready(
            { startupProbe: probe, resources: { limits: { cpu: '100m' } } },
            {
              status: {
                started: false,
                restartCount: 1,
                state: { running: { startedAt: minutesAgo(1) } },
                lastState: { terminated: { exitCode: 137, startedAt: minutesAgo(3), finishedAt: minutesAgo(1) } },
              },
            },
          ),
          said(
            'Startup probe failed: Get "http://10.244.0.25:8080/ready": dial tcp 10.244.0.25:8080: connect: connection refused',
          ),
          anEvent(aPod('web'), 'Killing', 'Container app failed startup probe, will be restarted', {
            type: 'Normal',
            ...about,
            lastTimestamp: minutesAgo(1),
          }),
          using('100m'),
        ],
      }),
      { object, problem: 'container app uses all of its CPU limit of 100m' },
    ],
    'of the instance that a liveness probe killed for it': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', {
                livenessProbe: probe,
                resources: { limits: { cpu: '50m' } },
                ...crashed({ exitCode: 137, reason: 'Error' }),
              }),
            ],
          }),
          said('Liveness probe failed: command timed out: "check" timed out after 1s'),
          anEvent(aPod('web'), 'Killing', 'Container app failed liveness probe, will be restarted', {
            type: 'Normal',
            ...about,
          }),
          using('50m', { timestamp: minutesAgo(2.5) }),
        ],
      }),
      { object, problem: 'is killed again and again: its liveness probe' },
    ],
    'of the limit of a whole pod': [
      aSnapshot({
        objects: [
          unready({ readinessProbe: probe }, { pod: { resources: { limits: { cpu: '100m' } } } }),
          late,
          podMetrics('web', { app: { cpu: '20m' }, proxy: { cpu: '80m' } }),
        ],
      }),
      {
        object,
        problem: 'uses all of the CPU limit of its pod of 100m',
        fix: 'raise the CPU limit of the pod from 100m to 200m',
      },
    ],
  },
});
