import { nodeMemoryOrPidPressure } from '../../../../../../src/engines/diagnosis/rules/node/node-memory-or-pid-pressure.ts';
import { anEvent, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const node = (type: string, status: string) =>
  aNode('node-1', {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type, status, message: 'kubelet has insufficient memory available', lastTransitionTime: minutesAgo(5) },
    ],
  });
const evicted = aPod('books', { status: { phase: 'Failed', reason: 'Evicted' } });

testRule(nodeMemoryOrPidPressure, {
  silent: {
    'no pressure': aSnapshot({ objects: [node('MemoryPressure', 'False')] }),
    'a kubelet that no longer tells': aSnapshot({ objects: [node('MemoryPressure', 'Unknown')] }),
    'a full disk': aSnapshot({ objects: [node('DiskPressure', 'True')] }),
  },
  speaks: {
    'of memory': [
      aSnapshot({
        objects: [node('MemoryPressure', 'True'), evicted, anEvent(node('', ''), 'SystemOOM', 'victim process: java')],
      }),
      {
        object: 'Node/node-1',
        problem: 'runs out of memory of its 8Gi (MemoryPressure)',
        certainty: 'declared',
        evidence: ['insufficient memory', 'it evicted 1 pods', 'SystemOOM: victim process: java'],
        fix: 'kubectl top pods',
      },
    ],
    'of process ids': [
      aSnapshot({ objects: [node('PIDPressure', 'True')] }),
      { object: 'Node/node-1', problem: 'runs out of process ids', fix: 'podPidsLimit' },
    ],
  },
});
