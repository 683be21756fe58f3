import { podUnschedulableNodeAffinity } from '../../../../../../src/engines/diagnosis/rules/pod/pod-unschedulable-node-affinity.ts';
import {
  aDeployment,
  anObject,
  aPendingPod,
  aPod,
  aSnapshot,
  ownedBy,
  withFields,
} from '../../../../../support/builders.ts';
import { aNode, asking, dedicated, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const message = unschedulable(
  "1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable, 2 node(s) had untolerated taint(s)",
);
const wanting = (spec: object) => aPendingPod('picky', message, { spec: { ...asking({}), ...spec } });
const typo = { nodeSelector: { 'kubernetes.io/os': 'linxu' } };
const complete = ['Pod', 'Node'];
const moved = aDeployment('moved', {
  pod: { spec: { nodeName: undefined, ...typo }, status: wanting({}).status as never },
});
const sandboxed = aDeployment('vm', {
  pod: {
    spec: { nodeName: undefined, nodeSelector: { kata: 'true' }, runtimeClassName: 'kata' },
    status: wanting({}).status as never,
  },
});
const sandboxedTemplate = withFields(sandboxed.replicaSet, {
  spec: { template: { spec: { runtimeClassName: 'kata', containers: [] } } },
});
const before = anObject('ReplicaSet', 'moved-old', {
  metadata: { ...ownedBy(moved.deployment), annotations: { 'deployment.kubernetes.io/revision': '0' } },
  spec: { template: { spec: { containers: [] } } },
});

testRule(podUnschedulableNodeAffinity, {
  silent: {
    'matching nodes that are tainted': aSnapshot({
      complete,
      objects: [
        wanting({ nodeSelector: { pool: 'batch' } }),
        aNode('node-1', { labels: { pool: 'batch' }, taints: [dedicated] }),
        aNode('node-2'),
      ],
    }),
    'matching nodes that are full': aSnapshot({
      complete,
      objects: [
        wanting({ nodeSelector: { pool: 'web' }, ...asking({ cpu: '2' }) }),
        aNode('node-1', { labels: { pool: 'web' } }),
        aPod('other', { spec: asking({ cpu: '3' }) }),
        aNode('node-2'),
      ],
    }),
  },
  speaks: {
    'of a label that something else than the template demands': [
      aSnapshot({
        complete,
        objects: [sandboxed.deployment, sandboxedTemplate, ...sandboxed.pods, aNode('node-1'), aNode('node-2')],
      }),
      {
        object: 'Pod/vm-5d8f-0',
        problem: 'which RuntimeClass/kata (scheduling.nodeSelector) demands, not its template',
        culprit: 'RuntimeClass/kata',
        fix: 'correct kata=true in RuntimeClass/kata',
      },
    ],
    'with the value that nodes have': [
      aSnapshot({ complete, objects: [wanting(typo), aNode('node-1'), aNode('node-2', { taints: [dedicated] })] }),
      {
        object: 'Pod/picky',
        problem: 'cannot be scheduled: no node has kubernetes.io/os=linxu (nodes have linux)',
        certainty: 'recomputed',
        evidence: ['0 of 2 nodes have kubernetes.io/os=linxu (spec.nodeSelector)'],
        fix: 'change kubernetes.io/os=linxu to linux in Pod/picky',
      },
    ],
    'with a label that is spelt alike': [
      aSnapshot({
        complete,
        objects: [wanting({ nodeSelector: { poool: 'web' } }), aNode('node-1', { labels: { pool: 'web' } })],
      }),
      {
        object: 'Pod/picky',
        problem: 'no node has poool=web (nodes have the label pool)',
        fix: 'change poool=web to pool=web in Pod',
      },
    ],
    'of a value that no node lacks': [
      aSnapshot({
        complete,
        objects: [
          wanting({
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [
                    { matchExpressions: [{ key: 'kubernetes.io/os', operator: 'NotIn', values: ['linux'] }] },
                  ],
                },
              },
            },
          }),
          aNode('node-1'),
        ],
      }),
      {
        object: 'Pod/picky',
        problem: 'no node has kubernetes.io/os not in (linux) (nodes have linux)',
        fix: 'correct kubernetes.io/os not in (linux) in Pod',
      },
    ],
    'of requirements that nodes meet only apart': [
      aSnapshot({
        complete,
        objects: [
          wanting({ nodeSelector: { disk: 'ssd', zone: 'b' } }),
          aNode('node-1', { labels: { disk: 'ssd', zone: 'a' } }),
          aNode('node-2', { labels: { disk: 'hdd', zone: 'b' } }),
        ],
      }),
      { object: 'Pod/picky', problem: 'no node has disk=ssd and zone=b at once' },
    ],
    'with the revision that did not demand it': [
      aSnapshot({ complete, objects: [aNode('node-1'), ...moved.all, before] }),
      { object: 'Pod/moved-5d8f-0', fix: '"object":"deployment/moved","namespace":"shop","revision":0' },
    ],
    'in the words of the scheduler without nodes': [
      aSnapshot({
        objects: [
          aPendingPod('picky', unschedulable("4 node(s) didn't match Pod's node affinity/selector"), { spec: typo }),
        ],
      }),
      {
        object: 'Pod/picky',
        problem: 'no node matches its node selector or affinity (kubernetes.io/os=linxu)',
        certainty: 'message',
      },
    ],
  },
});
