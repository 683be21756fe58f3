import { podUnschedulableVolumeLimit } from '../../../../../../src/engines/diagnosis/rules/pod/pod-unschedulable-volume-limit.ts';
import { anObject, aPendingPod, aSnapshot } from '../../../../../support/builders.ts';
import { aNode, asking, dedicated, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = (counts: string) => aPendingPod('books-0', unschedulable(counts), { spec: asking({ cpu: '1' }) });
const full = pod('1 node(s) had untolerated taint(s), 1 node(s) exceed max volume count');
const missing = pod('2 disk.csi.example CSI driver is not installed on the node');
const nodes = [aNode('node-a'), aNode('node-b', { taints: [dedicated] })];
const csiNode = (node: string, count: number) =>
  anObject('CSINode', node, { spec: { drivers: [{ name: 'disk.csi.example', allocatable: { count } }] } });
const attached = (name: string, nodeName: string) =>
  anObject('VolumeAttachment', name, { spec: { attacher: 'disk.csi.example', nodeName } });
const two = [attached('1', 'node-a'), attached('2', 'node-a'), attached('3', 'node-b')];

testRule(podUnschedulableVolumeLimit, {
  silent: {
    'another reason': aSnapshot({ objects: [pod('2 Insufficient cpu'), ...nodes, csiNode('node-a', 2), ...two] }),
  },
  speaks: {
    'of a node that has attached all it can': [
      aSnapshot({ complete: ['Pod'], objects: [full, ...nodes, csiNode('node-a', 2), csiNode('node-b', 1), ...two] }),
      {
        object: 'Pod/books-0',
        problem: 'can attach no more volumes of disk.csi.example (node-a: 2 of 2)',
        certainty: 'recomputed',
        evidence: ['2 volumes of disk.csi.example are attached, allocatable.count is 2'],
      },
    ],
    'when limits could not be read': [
      aSnapshot({ objects: [full, ...nodes] }),
      { object: 'Pod/books-0', problem: 'can attach no more volumes', certainty: 'message' },
    ],
    'of a driver that is not there': [
      aSnapshot({ objects: [missing, ...nodes, anObject('CSINode', 'node-a'), csiNode('node-b', 1)] }),
      {
        object: 'Pod/books-0',
        problem: 'the CSI driver disk.csi.example is not installed on the nodes it may use',
        culprit: 'CSIDriver/disk.csi.example',
        evidence: ['registered on 1 of 2 nodes'],
      },
    ],
  },
});
