import { diagnosisBlindSpot } from '../../../../../../src/engines/diagnosis/rules/cluster/diagnosis-blind-spot.ts';
import { aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const list = (kind: string) => ({ verb: 'list' as const, kind, as: 'full' as const });

testRule(diagnosisBlindSpot, {
  silent: {
    'reads that went well': aSnapshot({ complete: ['Pod', 'Node'] }),
    'a kind that the server does not serve': aSnapshot({ reads: [{ read: list('Ingress'), outcome: 'absent' }] }),
  },
  speaks: {
    'once per kind and reason, with what follows': [
      aSnapshot({
        reads: [
          { read: list('Node'), outcome: 'denied' },
          { read: { ...list('Event'), namespace: 'shop' }, outcome: 'truncated' },
        ],
      }),
      {
        object: 'Cluster/test',
        problem:
          'was not read completely: Node (reading is forbidden), so scheduling and node faults cannot be recomputed',
        certainty: 'declared',
      },
      { object: 'Cluster/test', problem: 'Event in shop (there was more than the limit)' },
    ],
    'of a kind with a name that objects inherit': [
      aSnapshot({ reads: [{ read: list('constructor'), outcome: 'denied' }] }),
      { object: 'Cluster/test', problem: 'what depends on constructor cannot be judged' },
    ],
  },
});
