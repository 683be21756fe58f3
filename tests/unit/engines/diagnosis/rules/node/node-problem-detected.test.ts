import { nodeProblemDetected } from '../../../../../../src/engines/diagnosis/rules/node/node-problem-detected.ts';
import { aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const node = (type: string, status: string) =>
  aNode('node-1', {
    conditions: [
      { type: 'Ready', status: 'True' },
      {
        type,
        status,
        reason: 'FilesystemIsReadOnly',
        message: 'Filesystem is read-only',
        lastTransitionTime: minutesAgo(5),
      },
    ],
  });

testRule(nodeProblemDetected, {
  silent: {
    'a condition that is False, as when all is well': aSnapshot({ objects: [node('ReadonlyFilesystem', 'False')] }),
    'a condition that is good when True': aSnapshot({ objects: [node('EtcdIsVoter', 'True')] }),
    'a condition of the kubelet itself': aSnapshot({ objects: [node('DiskPressure', 'True')] }),
    'a condition without a type': aSnapshot({ objects: [aNode('node-1', { conditions: [{ status: 'True' }] })] }),
  },
  speaks: {
    'of a file system': [
      aSnapshot({ objects: [node('ReadonlyFilesystem', 'True')] }),
      {
        object: 'Node/node-1',
        problem: 'reports ReadonlyFilesystem: Filesystem is read-only',
        certainty: 'declared',
        evidence: ['ReadonlyFilesystem is True: FilesystemIsReadOnly'],
        fix: 'kubectl cordon node-1',
      },
    ],
    'of a node without routes': [
      aSnapshot({ objects: [node('NetworkUnavailable', 'True')] }),
      { object: 'Node/node-1', problem: 'reports NetworkUnavailable' },
    ],
  },
});
