import { podUnschedulableVolumeTopology } from '../../../../../../src/engines/diagnosis/rules/pod/pod-unschedulable-volume-topology.ts';
import { anObject, aPendingPod, aSnapshot } from '../../../../../support/builders.ts';
import { aNode, asking, unreachable, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const zone = 'topology.kubernetes.io/zone';
const conflict = unschedulable("1 Insufficient cpu, 3 node(s) didn't match PersistentVolume's node affinity");
const pod = (message = conflict, requests: Readonly<Record<string, string>> = { cpu: '1' }) =>
  aPendingPod('books-0', message, {
    spec: { ...asking(requests), volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] },
  });
const claim = anObject('PersistentVolumeClaim', 'books', {
  spec: { volumeName: 'disk-1' },
  status: { phase: 'Bound' },
});
const inZone = (value: string) =>
  anObject('PersistentVolume', 'disk-1', {
    spec: {
      claimRef: { namespace: 'shop', name: 'books' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: [value] }] }] },
      },
    },
  });
const labelled = anObject('PersistentVolume', 'disk-1', { metadata: { labels: { [zone]: 'c__d' } } });
const a = (more: object = {}) => aNode('node-a', { labels: { [zone]: 'a' }, ...more });
const b = aNode('node-b', { labels: { [zone]: 'b' } });
const complete = ['Pod'];

testRule(podUnschedulableVolumeTopology, {
  silent: {
    'another reason': aSnapshot({ objects: [pod(unschedulable('4 Insufficient cpu')), claim, inZone('a'), a(), b] }),
    'what it says of preemption only': aSnapshot({
      objects: [
        pod("no new claims, preemption: didn't match PersistentVolume's node affinity"),
        claim,
        inZone('a'),
        a(),
      ],
    }),
  },
  speaks: {
    'of a place that no node has': [
      aSnapshot({ complete, objects: [pod(), claim, inZone('c'), a(), b] }),
      {
        object: 'Pod/books-0',
        problem: `cannot be scheduled: PersistentVolume/disk-1 (claim books) is tied to ${zone}=c, which no node has`,
        certainty: 'recomputed',
        evidence: [`can be mounted only on nodes with ${zone}=c`, '0 of 2 nodes are where its volume is'],
        fix: `bring back a node with ${zone}=c`,
      },
    ],
    'of zones that a label lists': [
      aSnapshot({ complete, objects: [pod(), claim, labelled, a(), b] }),
      { object: 'Pod/books-0', problem: `${zone} in (c, d), which no node has` },
    ],
    'of a node that is full': [
      aSnapshot({ complete, objects: [pod(conflict, { cpu: '6' }), claim, inZone('a'), a(), b] }),
      {
        object: 'Pod/books-0',
        problem: 'there it finds no place (node-a has too little cpu)',
        fix: 'free room on node-a',
      },
    ],
    'of a node that is cordoned': [
      aSnapshot({ complete, objects: [pod(), claim, inZone('a'), a({ unschedulable: true }), b] }),
      { object: 'Pod/books-0', problem: 'node-a is cordoned', fix: '"object":"node/node-a","uncordon":true' },
    ],
    'of a node that is unwell': [
      aSnapshot({ complete, objects: [pod(), claim, inZone('a'), a({ taints: [unreachable] }), b] }),
      { object: 'Pod/books-0', problem: 'node-a is tainted node.kubernetes.io/unreachable' },
    ],
    'when volumes could not be read': [
      aSnapshot({ objects: [pod(), claim, a(), b] }),
      { object: 'Pod/books-0', problem: 'is tied to nodes that cannot take it', certainty: 'message' },
    ],
  },
});
