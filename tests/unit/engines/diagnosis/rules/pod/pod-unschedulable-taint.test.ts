import { expect, it } from 'vitest';
import { podUnschedulableTaint } from '../../../../../../src/engines/diagnosis/rules/pod/pod-unschedulable-taint.ts';
import { aDeployment, anObject, aPendingPod, aPod, aSnapshot, ownedBy } from '../../../../../support/builders.ts';
import {
  aNode,
  asking,
  controlPlane,
  cordon,
  dedicated,
  unreachable,
  unschedulable,
} from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const message = unschedulable('1 node(s) had untolerated taint(s)');
const intruder = (spec: object = {}) =>
  aPendingPod('intruder', message, { spec: { ...asking({ cpu: '1' }), ...spec } });
const complete = ['Pod', 'Node'];
const forgetful = aDeployment('forgetful', {
  pod: { spec: { nodeName: undefined }, status: intruder().status as never },
});
const before = anObject('ReplicaSet', 'forgetful-old', {
  metadata: { ...ownedBy(forgetful.deployment), annotations: { 'deployment.kubernetes.io/revision': '0' } },
  spec: { template: { spec: { containers: [], tolerations: [{ key: 'dedicated', operator: 'Exists' }] } } },
});
const full = [aNode('node-2'), aPod('tenant', { spec: { nodeName: 'node-2', ...asking({ cpu: '4' }) } })];
const dead = aSnapshot({ complete, objects: [intruder(), ...full, aNode('node-1', { taints: [unreachable] })] });

testRule(podUnschedulableTaint, {
  silent: {
    'a full node beside the dedicated one': aSnapshot({
      complete,
      objects: [intruder(), ...full, aNode('node-1', { taints: [dedicated] })],
    }),
    'a toleration, when the nodes lack a label': aSnapshot({
      complete,
      objects: [
        intruder({ nodeSelector: { pool: 'web' }, tolerations: [{ operator: 'Exists' }] }),
        aNode('node-1', { taints: [dedicated] }),
      ],
    }),
    'a cordon': aSnapshot({
      complete,
      objects: [intruder(), aNode('node-1', { unschedulable: true, taints: [cordon] })],
    }),
  },
  speaks: {
    'with the taint that the message does not name': [
      aSnapshot({ complete, objects: [intruder(), aNode('node-1', { taints: [dedicated] })] }),
      {
        object: 'Pod/intruder',
        problem: 'cannot be scheduled: does not tolerate dedicated=batch:NoSchedule of node-1',
        certainty: 'recomputed',
        evidence: ['tainted dedicated=batch:NoSchedule, which the pod does not tolerate'],
        fix: 'add a toleration of dedicated=batch:NoSchedule',
      },
    ],
    'with the toleration that comes near': [
      aSnapshot({
        complete,
        objects: [
          intruder({ tolerations: [{ key: 'dedicated', value: 'bach', effect: 'NoSchedule' }] }),
          aNode('node-1', { taints: [dedicated] }),
        ],
      }),
      {
        object: 'Pod/intruder',
        problem: 'of node-1; it tolerates dedicated=bach:NoSchedule',
        fix: 'change the toleration dedicated=bach:NoSchedule to dedicated=batch:NoSchedule',
      },
    ],
    'of the control plane when there is nothing else': [
      aSnapshot({ complete, objects: [intruder(), aNode('cp', { taints: [controlPlane] })] }),
      { object: 'Pod/intruder', problem: 'does not tolerate node-role.kubernetes.io/control-plane:NoSchedule of cp' },
    ],
    'with the revision that tolerated it': [
      aSnapshot({ complete, objects: [aNode('node-1', { taints: [dedicated] }), ...forgetful.all, before] }),
      { object: 'Pod/forgetful-5d8f-0', fix: '"object":"deployment/forgetful","namespace":"shop","revision":0' },
    ],
    'of a node that is unwell': [
      dead,
      { object: 'Pod/intruder', problem: 'the nodes it may use are unwell (node-1: node.kubernetes.io/unreachable)' },
    ],
    'without nodes': [aSnapshot({ objects: [intruder()] }), { object: 'Pod/intruder', certainty: 'message' }],
  },
});

it('leaves a system taint to the finding on the node', () => {
  expect(podUnschedulableTaint.check(dead, [])).toMatchObject([
    { class: 'symptom', dependsOn: [{ kind: 'Node', name: 'node-1' }] },
  ]);
});
