import { oomNodeLevel } from '../../../../../../src/engines/diagnosis/rules/pod/oom-node-level.ts';
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

const pod = (terminated: object, spec = {}) =>
  aPod('web', {
    status: { qosClass: 'BestEffort' },
    containers: [aContainer('app', { ...crashed({ exitCode: 137, ...terminated }), ...spec })],
  });
const limited = { resources: { limits: { memory: '64Mi' } } };
const node = (pressure: string) =>
  anObject('Node', 'node-1', { status: { conditions: [{ type: 'MemoryPressure', status: pressure }] } });
const oom = (minutes: number) =>
  anEvent(anObject('Node', 'node-1'), 'OOMKilling', 'Memory cgroup out of memory: Killed process 4242 (app)', {
    firstTimestamp: minutesAgo(minutes),
    lastTimestamp: minutesAgo(minutes),
  });

testRule(oomNodeLevel, {
  silent: {
    'a kill at its own limit': aSnapshot({ objects: [pod({ reason: 'OOMKilled' }, limited), node('True')] }),
    'a kill while the node has room': aSnapshot({ objects: [pod({ reason: 'Error' }), node('False')] }),
    'a kill half an hour after the node ran out': aSnapshot({
      objects: [pod({ reason: 'Error' }), node('False'), oom(30)],
    }),
    'a plain crash on a node under pressure': aSnapshot({
      objects: [pod({ reason: 'Error', exitCode: 1 }), node('True')],
    }),
  },
  speaks: {
    'of a kill without any limit': [
      aSnapshot({ objects: [pod({ reason: 'OOMKilled' })] }),
      {
        object: 'Pod/web',
        problem: 'is killed because its node runs out of memory, not because of a limit of its own',
        culprit: 'Node/node-1',
        certainty: 'recomputed',
        evidence: ['no memory limit, requests no memory; QoS class BestEffort'],
        fix: 'on node node-1',
      },
    ],
    'of a kill while the node said that it ran out': [
      aSnapshot({ objects: [pod({ reason: 'Error' }, limited), oom(2)] }),
      { object: 'Pod/web', certainty: 'message', evidence: ['OOMKilling: Memory cgroup out of memory'] },
    ],
    'of a kill under memory pressure': [
      aSnapshot({ objects: [pod({ reason: 'Error' }, limited), node('True')] }),
      { object: 'Pod/web', culprit: 'Node/node-1', evidence: ['MemoryPressure is True'] },
    ],
  },
});
