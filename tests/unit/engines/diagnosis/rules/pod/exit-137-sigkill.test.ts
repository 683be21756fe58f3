import { exit137Sigkill } from '../../../../../../src/engines/diagnosis/rules/pod/exit-137-sigkill.ts';
import {
  aContainer,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const killed = { exitCode: 137, reason: 'Error' };
const pod = (terminated: object = killed, spec = {}) =>
  aPod('web', { containers: [aContainer('app', { ...crashed({ ...terminated }), ...spec })] });
const node = (status: object) => anObject('Node', 'node-1', { status });
const inContainer = {
  type: 'Normal',
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' },
};

testRule(exit137Sigkill, {
  silent: {
    'an OOM kill': aSnapshot({ objects: [pod({ exitCode: 137, reason: 'OOMKilled' })] }),
    'a kill by the startup probe': aSnapshot({
      objects: [pod(), anEvent(pod(), 'Killing', 'Container app failed startup probe, will be restarted', inContainer)],
    }),
    'a kill for a postStart hook': aSnapshot({
      objects: [
        pod(killed, { lifecycle: { postStart: { exec: { command: ['x'] } } } }),
        anEvent(pod(), 'FailedPostStartHook', 'PostStartHook failed', inContainer),
      ],
    }),
    'a node under memory pressure': aSnapshot({
      objects: [pod(), node({ conditions: [{ type: 'MemoryPressure', status: 'True' }] })],
    }),
    'a clean stop': aSnapshot({ objects: [pod({ exitCode: 143, reason: 'Error' })] }),
  },
  speaks: {
    'without calling it out-of-memory': [
      aSnapshot({ objects: [pod(), node({})] }),
      {
        object: 'Pod/web',
        problem: 'is killed 60 s after start (SIGKILL, exit code 137), and nothing in the cluster says by whom',
        certainty: 'inferred',
        evidence: ['exit code 137 (Error)'],
        fix: 'kernel log of node node-1',
      },
    ],
    'with the limit that the runtime may have lost': [
      aSnapshot({ objects: [pod(killed, { resources: { limits: { memory: '64Mi' } } })] }),
      { object: 'Pod/web', fix: 'can lose the reason OOMKilled (memory limit 64Mi)' },
    ],
    'of a status that was lost with its node, and the reboot': [
      aSnapshot({
        objects: [
          pod({ exitCode: 137, reason: 'ContainerStatusUnknown' }),
          anEvent(anObject('Node', 'node-1'), 'Rebooted', 'Node node-1 has been rebooted, boot id: 42', {
            lastTimestamp: minutesAgo(2),
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'lost the status of container app with its node', evidence: ['has been rebooted'] },
    ],
  },
});
