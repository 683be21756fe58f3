import { probeNotYetDue } from '../../../../../../src/engines/diagnosis/rules/pod/probe-not-yet-due.ts';
import { aContainer, aDeployment, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const starting = (probes: object, status: object = {}) =>
  aDeployment('web', {
    pod: {
      containers: [
        aContainer('app', {
          ...probes,
          status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(3) } }, ...status },
        }),
      ],
      status: {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(3) }],
      },
    },
  }).all;
const delayed = { readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 600 } };

testRule(probeNotYetDue, {
  silent: {
    'a delay that is over': aSnapshot({
      objects: starting({ readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 30 } }, { started: true }),
    }),
    'a startup probe whose time is over': aSnapshot({
      objects: starting({ startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 3 } }),
    }),
    'a container that is ready': aSnapshot({ objects: starting(delayed, { ready: true }) }),
    'a container that was restarted': aSnapshot({ objects: starting(delayed, { restartCount: 2 }) }),
    'no probe': aSnapshot({ objects: starting({}) }),
  },
  speaks: {
    'of a readiness probe that was not asked yet': [
      aSnapshot({ objects: starting(delayed, { started: true }) }),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'is not ready yet: its readiness probe GET / on port 80 is first asked 600 s after the start',
        fix: 'lower initialDelaySeconds',
      },
    ],
    'of a startup probe that has time left': [
      aSnapshot({ objects: starting({ startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 60 } }) }),
      { object: 'Pod/web-5d8f-0', problem: 'is still starting: its startup probe TCP port 80 allows 10 min' },
    ],
  },
});
