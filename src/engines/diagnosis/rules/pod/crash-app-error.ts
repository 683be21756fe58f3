import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { crashClause, crashFinding, deathLogCommand, essenceClause, missingLog } from '../../crash-finding.ts';
import { defineRule, type Fix } from '../../rule.ts';
import { variableFix } from '../../variable-fix.ts';

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
    'third time, with an exit code that is neither 0 nor that of a signal, or aborts after an exception. The line of its last log that tells most is ' +
    'quoted: an explicit level or an exception before other words, the innermost cause of a trace. It is silent when the ' +
    'kernel, a probe, the runtime or a known text (a refused connection, a port in use, a path that may not be written, ' +
    'what the rules log-* know) ' +
    'explains the death.',
  remedies: [
    'Read the log of the instance that died and fix what it complains about.',
    'Roll back when the crash began with the last rollout.',
  ],
  avoid: ['restarting: it fails the same way again', 'raising limits without evidence that memory or CPU is short'],

  check: (snapshot) =>
    crashesBy(snapshot, 'crash-app-error').map((crash) => {
      const base = crashFinding(snapshot, crash);
      return {
        ...base,
        problem: `${crashClause(snapshot, crash)}${essenceClause(crash)}`,
        certainty: crash.telling === undefined ? ('inferred' as const) : ('message' as const),
        fixes: [...variableFix(snapshot, crash, crash.telling?.essence ?? ''), ...logFix(crash)].slice(0, 3),
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
