import { podRequestExceedsAnyNode } from '../../../../../../src/engines/diagnosis/rules/pod/pod-request-exceeds-any-node.ts';
import {
  aDeployment,
  anObject,
  aPendingPod,
  aPod,
  aSnapshot,
  ownedBy,
  withFields,
} from '../../../../../support/builders.ts';
import { aNode, asking, controlPlane, cordon, dedicated, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const message = unschedulable(
  '1 Insufficient memory, 1 node(s) were unschedulable, 2 node(s) had untolerated taint(s)',
);
const giant = aPendingPod('giant', message, { spec: asking({ memory: '2Ti' }) });
const complete = ['Pod', 'Node'];
const grown = aDeployment('grown', {
  pod: { spec: { nodeName: undefined, ...asking({ memory: '9Gi' }) }, status: giant.status as never },
});
const defaulted = aDeployment('small', {
  pod: {
    metadata: {
      annotations: { 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: memory request for container app' },
    },
    spec: { nodeName: undefined, ...asking({ memory: '2Ti' }) },
    status: giant.status as never,
  },
});
const defaultedTemplate = withFields(defaulted.replicaSet, {
  spec: { template: { spec: { containers: [{ name: 'app' }] } } },
});
const before = anObject('ReplicaSet', 'grown-old', {
  metadata: { ...ownedBy(grown.deployment), annotations: { 'deployment.kubernetes.io/revision': '0' } },
  spec: { template: { spec: asking({ memory: '1Gi' }) } },
});

testRule(podRequestExceedsAnyNode, {
  silent: {
    'a full node that is large enough': aSnapshot({
      complete,
      objects: [
        aPendingPod('web', message, { spec: asking({ memory: '5Gi' }) }),
        aNode('node-1'),
        aPod('other', { spec: asking({ memory: '4Gi' }) }),
      ],
    }),
    'a large node that is cordoned': aSnapshot({
      complete,
      objects: [
        giant,
        aNode('node-1'),
        aNode('node-2', { allocatable: { memory: '4Ti' }, unschedulable: true, taints: [cordon] }),
      ],
    }),
    'nodes that are not known': aSnapshot({ objects: [giant] }),
  },
  speaks: {
    'of the overhead of a RuntimeClass': [
      aSnapshot({
        complete,
        objects: [
          aPendingPod('vm', message, {
            spec: { ...asking({ memory: '1Gi' }), runtimeClassName: 'kata', overhead: { memory: '2Ti' } },
          }),
          aNode('node-1'),
        ],
      }),
      {
        object: 'Pod/vm',
        problem: 'not by its template but by RuntimeClass/kata (overhead.podFixed)',
        culprit: 'RuntimeClass/kata',
        fix: 'correct the memory that RuntimeClass/kata (overhead.podFixed) adds',
      },
    ],
    'of the default of a LimitRange': [
      aSnapshot({
        complete,
        objects: [
          defaulted.deployment,
          defaultedTemplate,
          ...defaulted.pods,
          anObject('LimitRange', 'defaults', {
            spec: { limits: [{ type: 'Container', defaultRequest: { memory: '2Ti' } }] },
          }),
          aNode('node-1'),
        ],
      }),
      {
        object: 'Pod/small-5d8f-0',
        problem: 'not by its template but by LimitRange/defaults (the default for containers that set none)',
        culprit: 'LimitRange/defaults',
      },
    ],
    'with the largest node': [
      aSnapshot({ complete, objects: [giant, aNode('node-1'), aNode('node-2', { allocatable: { memory: '16Gi' } })] }),
      {
        object: 'Pod/giant',
        problem: 'cannot be scheduled: asks for 2Ti of memory, and the largest node it may use has 16Gi (node-2)',
        certainty: 'recomputed',
        evidence: ['8Gi memory allocatable'],
        fix: 'lower the memory request in Pod/giant',
      },
    ],
    'with a larger node that is kept for others': [
      aSnapshot({
        complete,
        objects: [giant, aNode('node-1'), aNode('node-2', { allocatable: { memory: '4Ti' }, taints: [dedicated] })],
      }),
      {
        object: 'Pod/giant',
        problem: 'node-2 is large enough and kept for pods that tolerate dedicated=batch:NoSchedule',
      },
    ],
    'without pointing at the control plane': [
      aSnapshot({
        complete,
        objects: [giant, aNode('node-1'), aNode('cp', { allocatable: { memory: '4Ti' }, taints: [controlPlane] })],
      }),
      { object: 'Pod/giant', problem: 'has 8Gi (node-1)' },
    ],
    'with the revision that asked for less': [
      aSnapshot({ complete, objects: [aNode('node-1'), ...grown.all, before] }),
      { object: 'Pod/grown-5d8f-0', fix: '"object":"deployment/grown","namespace":"shop","revision":0' },
    ],
  },
});
