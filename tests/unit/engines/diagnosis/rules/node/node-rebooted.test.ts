import { nodeRebooted } from '../../../../../../src/engines/diagnosis/rules/node/node-rebooted.ts';
import { aContainer, anEvent, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const node = aNode('node-1');
const rebooted = (minutes: number) =>
  anEvent(node, 'Rebooted', 'Node node-1 has been rebooted, boot id: 4f1c', { lastTimestamp: minutesAgo(minutes) });
const died = (minutes: number) =>
  aPod('books', {
    containers: [aContainer('app', crashed({ exitCode: 255, reason: 'Unknown', finishedAt: minutesAgo(minutes) }))],
  });

testRule(nodeRebooted, {
  silent: {
    'no such event': aSnapshot({ objects: [node, died(5)] }),
    'a reboot of long ago': aSnapshot({ objects: [node, rebooted(90)] }),
    'a reboot of a node that was not read': aSnapshot({ objects: [rebooted(5)] }),
  },
  speaks: {
    'of the pods that it took along': [
      aSnapshot({ objects: [node, rebooted(5), died(6)] }),
      {
        object: 'Node/node-1',
        problem: 'was rebooted, and all its containers were restarted',
        certainty: 'declared',
        evidence: ['boot id: 4f1c', '1 pods on it that were read had containers end then'],
      },
    ],
    'of no pod, when they died at another time': [
      aSnapshot({ objects: [node, rebooted(5), died(40)] }),
      { object: 'Node/node-1', problem: 'was rebooted' },
    ],
  },
});
