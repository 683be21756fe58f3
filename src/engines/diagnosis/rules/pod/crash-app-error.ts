import { nearest } from '../../../../platform/nearest.ts';
import { configuredTexts } from '../../../configured.ts';
import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { memoryLimitOf } from '../../../crashes/memory.ts';
import { pathIn } from '../../../file-paths.ts';
import { heapLimitIn } from '../../../heap-limits.ts';
import { variablesIn } from '../../../log-links.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { specPath } from '../../../pods.ts';
import { referencesOf } from '../../../references.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { absentFileIn } from '../../absent-file.ts';
import {
  crashClause,
  crashFinding,
  deathLogCommand,
  essenceClause,
  missingLog,
  wroteNothing,
} from '../../crash-finding.ts';
import { crashGap } from '../../crash-gap.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';
import { settingGap } from '../../setting-gap.ts';
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
      const gap =
        optionalGap(snapshot, crash) ??
        crashGap(snapshot, crash) ??
        absentFileIn(snapshot, crash, textOf(crash)) ??
        settingNamed(snapshot, crash) ??
        settingGap(snapshot, crash, textOf(crash));
      const wordless = wroteNothing(snapshot, crash);
      return {
        ...base,
        problem: `${crashClause(snapshot, crash)}${essenceClause(crash)}${wordless ? ', before it has logged anything' : ''}${gap === undefined ? '' : ` (${gap.says})`}`,
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

const textOf = ({ telling }: Pick<Crash, 'telling'>): string => telling?.entry.lines.join('\n') ?? '';

/** A ConfigMap or Secret that may be absent, is, and whose volume covers the file that the log misses. */
function optionalGap(
  snapshot: Snapshot,
  { pod, container, telling }: Crash,
): (Pick<Finding, 'evidence' | 'fixes'> & { readonly says: string }) | undefined {
  const text = textOf({ telling });
  const path = /no such file|ENOENT|FileNotFound|not found|does not exist/i.test(text) ? pathIn(text) : undefined;
  const mounts = (container.spec.volumeMounts ?? []).filter(
    ({ mountPath }) => mountPath !== undefined && path?.startsWith(mountPath.replace(/\/*$/, '/')),
  );
  const fields = new Set(mounts.map(({ name }) => `volumes[${name}]`));
  const { namespace } = pod.metadata;
  const absent = referencesOf(pod.spec).find(
    ({ kind, name, optional, field }) =>
      optional && fields.has(field) && snapshot.presence(kind, namespace, name) === 'absent',
  );
  if (absent === undefined) return undefined;
  const { kind, name, field } = absent;
  const near = nearest(name, snapshot.names(kind, namespace), 1)[0];
  const object = { kind, namespace, name };
  const says = `${nameOf(object)}, which ${field} calls optional, does not exist${near === undefined ? '' : `; ${near} does`}`;
  return {
    says,
    evidence: [{ object, source: 'recomputed', text: `${nameOf(object)} was looked for and not found` }],
    fixes: [
      near === undefined
        ? {
            advice: `apply ${nameOf(object)} from its source to namespace ${namespace}`,
            reason: `${path} comes from it`,
          }
        : { advice: `set ${field} to ${kind} ${near}`, reason: `${near} exists and differs little` },
    ],
  };
}

/** Where the variable stands that the log complains about, when the container has it. */
function settingNamed(snapshot: Snapshot, crash: Crash): ReturnType<typeof optionalGap> {
  const { pod, container } = crash;
  const found = variablesIn(crash.telling?.words ?? '').flatMap((name) => {
    const field = configuredTexts(snapshot, crash).find(({ variable }) => variable === name)?.field;
    const own = container.spec.env?.some((each) => each.name === name && each.value !== undefined);
    return own ? [{ name, at: `env[${name}]` }] : field === undefined ? [] : [{ name, at: field }];
  })[0];
  if (found === undefined) return undefined;
  const says = `${found.name} is set in ${found.at}`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: `container ${container.name}: ${says}` }],
    fixes: [{ advice: `correct the value of ${found.name} in ${found.at}`, reason: crash.says ?? 'the log names it' }],
  };
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
