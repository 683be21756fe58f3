import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { workloadOf } from '../../../owners.ts';
import type { Snapshot } from '../../../snapshot.ts';
import {
  crashClause,
  crashFinding,
  deathLogCommand,
  essenceClause,
  kubectlName,
  missingLog,
} from '../../crash-finding.ts';
import { defineRule, type Fix } from '../../rule.ts';

export const crashAppError = defineRule({
  id: 'crash-app-error',
  title: 'The application keeps crashing',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The process ends by itself with an error, is started again, and ends again; between two starts it may look healthy.',
  detection:
    'A container is in CrashLoopBackOff, has just died again, or restarted within the last ten minutes for at least the ' +
    'third time, with an exit code that is neither 0 nor that of a signal. The line of its last log that tells most is ' +
    'quoted: an explicit level or an exception before other words, the innermost cause of a trace. It is silent when the ' +
    'kernel, a probe, the runtime or a known text (a refused connection, a port in use, a path that may not be written) ' +
    'explains the death.',
  remedies: [
    'Read the log of the instance that died and fix what it complains about.',
    'Roll back when the crash began with the last rollout.',
  ],
  avoid: [
    'restarting: it restarts already and fails the same way',
    'raising limits without evidence that memory or CPU is short',
  ],

  check: (snapshot) =>
    crashesBy(snapshot, 'crash-app-error').map((crash) => {
      const base = crashFinding(snapshot, crash);
      return {
        ...base,
        problem: `${crashClause(snapshot, crash)}${essenceClause(crash)}`,
        certainty: crash.telling === undefined ? ('inferred' as const) : ('message' as const),
        fixes: [...variableFix(snapshot, crash), ...logFix(crash)].slice(0, 3),
        missingEvidence: missingLog(crash),
        nextCheck: deathLogCommand(crash),
      };
    }),
});

function logFix(crash: Crash): readonly Fix[] {
  if (crash.telling !== undefined) {
    return [
      {
        advice: 'fix what the log complains about, in the application or its configuration',
        reason: crash.says ?? '',
      },
    ];
  }
  const reason =
    crash.log === undefined ? 'no log of the instance that died was read' : 'its log does not say why it ends';
  return [{ advice: deathLogCommand(crash), reason }];
}

/** Names of variables that a line says are not there. */
const missingVariable =
  /(?:missing|required?|not set|unset|undefined|not found|not defined|must be set|KeyError|no value|empty|unbound).*?\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b.*?(?:missing|required?|not set|unset|undefined|not found|not defined|must be set|is empty|unbound|not configured)/;

function variableFix(snapshot: Snapshot, { pod, container, telling }: Crash): readonly Fix[] {
  const match = missingVariable.exec(telling?.essence ?? '');
  const variable = match?.[1] ?? match?.[2];
  if (variable === undefined || container.spec.env?.some(({ name }) => name === variable)) return [];
  const elsewhere = (container.spec.envFrom ?? []).length > 0 ? ', nor may what envFrom brings' : '';
  return [
    {
      advice: `kubectl set env ${kubectlName(workloadOf(snapshot, pod))} -c ${container.name} ${variable}=VALUE, or take it from a ConfigMap or Secret`,
      reason: `env of container ${container.name} has no ${variable}${elsewhere}`,
    },
  ];
}
