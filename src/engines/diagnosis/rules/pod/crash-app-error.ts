import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { memoryLimitOf } from '../../../crashes/memory.ts';
import { heapLimitIn } from '../../../heap-limits.ts';
import { farewell, lastEntry, tellingOf } from '../../../logs/telling.ts';
import { specPath } from '../../../pods.ts';
import {
  crashClause,
  crashFinding,
  deathLogCommand,
  essenceClause,
  missingLog,
  wroteNothing,
} from '../../crash-finding.ts';
import { programGap } from '../../program-gap.ts';
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
      const gap = programGap(snapshot, crash);
      const wordless = wroteNothing(snapshot, crash);
      return {
        ...base,
        problem: `${crashClause(snapshot, crash)}${essenceClause(crash)}${wordless ? ', before it has logged anything' : gap === undefined ? lastWords(crash) : ''}${gap === undefined ? '' : ` (${gap.says})`}`,
        certainty: crash.telling === undefined ? ('inferred' as const) : ('message' as const),
        evidence: [...base.evidence, ...(gap?.evidence ?? [])],
        fixes: [
          ...(gap?.fixes ?? []),
          ...variableFix(snapshot, crash, crash.telling?.essence ?? ''),
          ...heapFix(crash),
          ...(gap !== undefined ? [] : wordless ? [silenceFix(crash)] : logFix(crash)),
        ].slice(0, 3),
        missingEvidence: wordless ? ['why it ends: its log is empty'] : missingLog(crash),
        nextCheck: deathLogCommand(crash),
      };
    }),
});

/** Where no line complains, what was said last may still be why it ends. */
function lastWords({ telling, log }: Crash): string {
  const last = telling === undefined && log !== undefined ? lastEntry(log) : undefined;
  return last === undefined || farewell.test(last.message) ? '' : `; its log ends with: ${tellingOf(last).words}`;
}

const silenceFix = ({ container }: Crash): Fix => ({
  advice: `look at what ${specPath(container)}.command and args or the entrypoint of its image do first, and let them log to standard output`,
  reason: 'its log is empty',
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

/** The words of Java, .NET and Node.js for a heap that is full; the kernel then killed nothing. */
const heapFull = /OutOfMemoryError: (?:Java heap space|GC overhead)|heap out of memory|\bOutOfMemoryException\b/;

function heapFix({ pod, container, telling }: Crash): readonly Fix[] {
  if (!telling?.entry.lines.some((line) => heapFull.test(line))) return [];
  const heap = heapLimitIn(container.spec);
  const memory = memoryLimitOf(pod, container);
  const within = memory === undefined ? '' : `, within its memory limit of ${memory}`;
  return [
    {
      advice:
        heap === undefined
          ? `give the runtime of container ${container.name} a larger heap${within}`
          : `raise ${heap.text} of container ${container.name}${within}`,
      reason: 'the heap that the runtime allows itself is full, not the memory of the container',
    },
  ];
}
