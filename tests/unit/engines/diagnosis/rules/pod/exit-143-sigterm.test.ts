import { exit143Sigterm } from '../../../../../../src/engines/diagnosis/rules/pod/exit-143-sigterm.ts';
import { aContainer, aLog, anEvent, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const stopped = aPod('web', { containers: [aContainer('app', crashed({ exitCode: 143, reason: 'Error' }))] });

testRule(exit143Sigterm, {
  silent: {
    'a pod that is being deleted': aSnapshot({
      objects: [{ ...stopped, metadata: { ...stopped.metadata, deletionTimestamp: minutesAgo(1) } }],
    }),
    'one stop that was not repeated': aSnapshot({
      objects: [
        aPod('web', {
          containers: [
            aContainer('app', { status: { restartCount: 1, lastState: { terminated: { exitCode: 143 } } } }),
          ],
        }),
      ],
    }),
    'a kill by the liveness probe': aSnapshot({
      objects: [
        stopped,
        anEvent(stopped, 'Killing', 'Container app failed liveness probe, will be restarted', {
          type: 'Normal',
          involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' },
        }),
      ],
    }),
  },
  speaks: {
    'of a process that is stopped again and again': [
      aSnapshot({ objects: [stopped], logs: [aLog('web', ['Terminated'])] }),
      {
        object: 'Pod/web',
        problem: 'is told to stop 60 s after start (SIGTERM, exit code 143), and nothing in the cluster says by whom',
        certainty: 'inferred',
        evidence: ['Terminated'],
      },
    ],
  },
});
