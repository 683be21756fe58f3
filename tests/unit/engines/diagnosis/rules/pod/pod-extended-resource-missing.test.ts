import { podExtendedResourceMissing } from '../../../../../../src/engines/diagnosis/rules/pod/pod-extended-resource-missing.ts';
import { aPendingPod, aSnapshot } from '../../../../../support/builders.ts';
import { aNode, asking, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const gpu = 'nvidia.com/gpu';
const pod = (message: string, requests: Readonly<Record<string, string>> = { [gpu]: '1' }) =>
  aPendingPod('train', message, { spec: asking(requests) });
const short = pod(unschedulable('1 Insufficient cpu, 4 Insufficient nvidia.com/gpu'));
const plain = aNode('node-1');
const withGpu = aNode('node-2', { allocatable: { [gpu]: '1' } });
const zero = aNode('node-2', { allocatable: { [gpu]: '0' } });

testRule(podExtendedResourceMissing, {
  silent: {
    'a node that has it, taken': aSnapshot({ objects: [short, plain, withGpu] }),
    'nodes that could not be listed': aSnapshot({ objects: [short] }),
    'a lack of something ordinary': aSnapshot({
      objects: [pod(unschedulable('4 Insufficient cpu'), { cpu: '9' }), plain],
    }),
    'a resource that the pod no longer asks for': aSnapshot({
      objects: [pod(unschedulable('4 Insufficient nvidia.com/gpu'), { cpu: '1' }), plain],
    }),
  },
  speaks: {
    'of a resource that no node offers': [
      aSnapshot({ objects: [short, plain] }),
      {
        object: 'Pod/train',
        problem: 'it asks for 1 nvidia.com/gpu, and no node offers any',
        certainty: 'recomputed',
        evidence: ['status.allocatable of 0 of 1 nodes has nvidia.com/gpu'],
        fix: 'mend or install the device plugin of nvidia.com',
      },
    ],
    'of a plugin that offers nothing any more': [
      aSnapshot({ objects: [short, zero] }),
      { object: 'Pod/train', problem: 'no node offers any' },
    ],
    'with the name that is nearest': [
      aSnapshot({
        objects: [pod(unschedulable('4 Insufficient nvidia.com/gpus'), { 'nvidia.com/gpus': '1' }), withGpu],
      }),
      { object: 'Pod/train', problem: '(nodes offer nvidia.com/gpu)', fix: 'ask for nvidia.com/gpu' },
    ],
    'of a device class': [
      aSnapshot({ objects: [pod('0/1 nodes are available: device class gpu.example.com does not exist.')] }),
      { object: 'Pod/train', problem: 'DeviceClass/gpu.example.com does not exist', certainty: 'message' },
    ],
  },
});
