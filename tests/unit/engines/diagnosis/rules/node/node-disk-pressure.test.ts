import { nodeDiskPressure } from '../../../../../../src/engines/diagnosis/rules/node/node-disk-pressure.ts';
import { anEvent, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const node = (status: string) =>
  aNode('node-1', {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'DiskPressure', status, message: 'kubelet has disk pressure', lastTransitionTime: minutesAgo(5) },
    ],
  });
const failed = anEvent(node('True'), 'FreeDiskSpaceFailed', 'Wanted to free 2 bytes, but freed 0 bytes');

testRule(nodeDiskPressure, {
  silent: {
    'no pressure, although room had to be made': aSnapshot({ objects: [node('False'), failed] }),
    'a node without conditions': aSnapshot({ objects: [aNode('node-1', { conditions: [] })] }),
  },
  speaks: {
    'of the disk': [
      aSnapshot({ objects: [node('True'), aPod('books')] }),
      {
        object: 'Node/node-1',
        problem: 'has a full disk (DiskPressure)',
        certainty: 'declared',
        evidence: ['kubelet has disk pressure', 'pods on it: 1'],
      },
    ],
    'of images that do not free enough': [
      aSnapshot({ objects: [node('True'), failed] }),
      { object: 'Node/node-1', problem: 'deleting images does not free enough', evidence: ['Wanted to free'] },
    ],
  },
});
