import { podStopHanging } from '../../../../../../src/engines/diagnosis/rules/pod/pod-stop-hanging.ts';
import {
  aContainer,
  aDeployment,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
} from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const week = 604_800;
/** Deleted so many minutes ago: the timestamp is when the grace period ends. */
const deleted = (minutes: number, grace: number) => ({
  deletionTimestamp: minutesAgo(minutes - grace / 60),
  deletionGracePeriodSeconds: grace,
});
const set = (spec: object = {}) => anObject('StatefulSet', 'rabbit', { spec: { replicas: 1, selector: {}, ...spec } });
const hook = { lifecycle: { preStop: { exec: { command: ['sh', '-c', 'await_quorum'] } } } };
const member = (metadata: object, container: Readonly<Record<string, unknown>> = hook) =>
  aPod('rabbit-0', {
    metadata: { ...ownedBy(set()), ...metadata },
    containers: [aContainer('rabbit', container)],
  });
const ended = { status: { state: { terminated: { exitCode: 0 } } } };
const down = aNode('node-1', { conditions: [{ type: 'Ready', status: 'Unknown' }] });
const leaving = { pod: { metadata: deleted(20, week) } };
const recreate = { strategy: { type: 'Recreate' } };

testRule(podStopHanging, {
  silent: {
    'a stop that has just begun': aSnapshot({ objects: [set(), member(deleted(2, week))] }),
    'a grace period that is over, which is another rule': aSnapshot({ objects: [set(), member(deleted(20, 600))] }),
    'a pod that has stopped': aSnapshot({ objects: [set(), member(deleted(20, week), ended)] }),
    'a node that is down': aSnapshot({ objects: [set(), member(deleted(20, week)), down] }),
    'a pod that the set does not want any more': aSnapshot({
      objects: [set({ replicas: 0 }), member(deleted(20, week))],
    }),
    'a set that was not read': aSnapshot({ objects: [member(deleted(20, week))] }),
    'a drain while its successor serves': aSnapshot({ objects: aDeployment('web', leaving).all }),
    'a Deployment that is recreated, while another of its pods serves': aSnapshot({
      objects: [
        ...aDeployment('web', { ...leaving, spec: recreate }).all,
        ...aDeployment('web', { replicas: 2, spec: recreate }).pods.slice(1),
      ],
    }),
    'a bare pod': aSnapshot({ objects: [aPod('rabbit-0', { metadata: deleted(20, week) })] }),
    'a pod that is not deleted': aSnapshot({ objects: [set(), member({})] }),
    'a deletion without a grace period': aSnapshot({
      objects: [set(), member({ deletionTimestamp: minutesAgo(-20) })],
    }),
  },
  speaks: {
    'of a hook that a StatefulSet waits for': [
      aSnapshot({ objects: [set(), member(deleted(20, week)), aNode('node-1')] }),
      {
        object: 'Pod/rabbit-0',
        problem:
          'waits for its own deleted pod, which does not end: the preStop hook of container rabbit is not done, or the process goes on after it, and the grace period leaves it 7 d',
        evidence: ['deleted 20 min ago', 'await_quorum'],
        fix: 'kubectl exec rabbit-0 -n shop -c rabbit -- ps',
      },
    ],
    'of a process that does not end': [
      aSnapshot({ objects: [set(), member(deleted(20, 3600), {})] }),
      { object: 'Pod/rabbit-0', problem: 'its process goes on after SIGTERM', fix: 'let it end on SIGTERM' },
    ],
    'of a Deployment that is recreated': [
      aSnapshot({ objects: aDeployment('web', { ...leaving, spec: recreate }).all }),
      { object: 'Pod/web-5d8f-0', problem: 'waits for its own deleted pod' },
    ],
  },
});
