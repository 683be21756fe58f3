import { formatDuration, second } from '../../../durations.ts';
import { parseLine } from '../../../logs/lines.ts';
import { refOf } from '../../../objects.ts';
import { podsOf, workloadOf } from '../../../owners.ts';
import { type ProbeFailure, probeFailuresBy } from '../../../probes/probes.ts';
import { quantity } from '../../../quantity.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { appWords, probeClause, probeFinding } from '../../probe-finding.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** What a start needs beyond what was seen: nodes differ. */
const headroom = 1.5;

export const startupProbeTooShort = defineRule({
  id: 'startup-probe-too-short',
  title: 'A startup probe ends before the app has started',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The kubelet kills the container because it has not started in the time that its startup probe allows, and it begins anew.',
  detection:
    'The kubelet wrote "failed startup probe, will be restarted". The budget, initialDelaySeconds plus periodSeconds times ' +
    'failureThreshold, is computed and compared with the time that a log says the start took ("started in 42 s"). A probe ' +
    'that asks a wrong path or port is another finding.',
  remedies: [
    'Raise failureThreshold of the startup probe so that the budget holds the slowest start.',
    'Find why the start is slow or never ends.',
  ],
  avoid: ['raising initialDelaySeconds of the liveness probe instead: it delays every later detection'],

  check: (snapshot) =>
    probeFailuresBy(snapshot, 'startup-probe-too-short').map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: ProbeFailure): Finding {
  const { pod, container, probe, kill } = failure;
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe;
  const budget = (initialDelaySeconds + periodSeconds * failureThreshold) * second;
  const base = probeFinding(snapshot, failure);
  const { dependency, evidence: words } = appWords(snapshot, failure);
  const { evidence, ...fields } = dependency === undefined ? { evidence: [] } : dependencyFields(dependency);
  const seen = seenStart(snapshot, failure);
  const needed = Math.max(budget * 2, (seen?.ms ?? 0) * headroom);
  const threshold = Math.ceil((needed / second - initialDelaySeconds) / periodSeconds);
  const took = seen === undefined ? '' : `, and a start takes ${formatDuration(seen.ms)}`;
  return {
    ...base,
    problem: `${probeClause(failure)} allows ${formatDuration(budget)} (${failureThreshold} × ${periodSeconds} s${initialDelaySeconds > 0 ? ` after ${initialDelaySeconds} s` : ''}), and it has not started by then${took}${slowClause(failure)}${dependency === undefined ? '' : `; the app ${dependencyClause(dependency)}`}`,
    certainty: kill?.event === undefined ? 'correlated' : 'message',
    fixes: [
      {
        advice: `raise failureThreshold of the startupProbe of container ${container.name} from ${failureThreshold} to ${threshold}`,
        reason:
          seen === undefined
            ? 'if it starts at all, it needs longer than that'
            : `its log says: ${seen.text.trim().slice(0, 120)}`,
      },
    ],
    missingEvidence: seen === undefined ? ['how long a start takes when it is let'] : [],
    ...fields,
    evidence: [
      ...base.evidence,
      {
        object: refOf(pod),
        source: 'recomputed',
        text: `budget: ${initialDelaySeconds} s + ${failureThreshold} × ${periodSeconds} s = ${formatDuration(budget)}`,
      },
      ...(seen === undefined
        ? []
        : [
            {
              object: { kind: 'Pod', namespace: pod.metadata.namespace, name: seen.pod },
              source: 'log' as const,
              text: seen.text.slice(0, 300),
            },
          ]),
      ...words,
      ...evidence,
    ],
  };
}

/** Less than a tenth of a CPU is what a start mostly wants more of. */
const littleCpu = 0.1;

function slowClause({ container }: ProbeFailure): string {
  const limit = container.spec.resources?.limits?.['cpu'];
  const cores = quantity(limit);
  return cores !== undefined && cores < littleCpu ? `; its CPU limit is ${limit}, which slows the start` : '';
}

const startTook =
  /\b(?:started|ready|listening|up|boot(?:ed)?|loaded|startup)\b.*?\b(?:in|took|after) (\d+(?:\.\d+)?) ?(ms|s|sec|seconds|min|minutes)\b/i;
const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: second,
  sec: second,
  seconds: second,
  min: 60 * second,
  minutes: 60 * second,
};

/** What a log of the workload says a start takes. */
function seenStart(
  snapshot: Snapshot,
  { pod, container }: ProbeFailure,
): { readonly ms: number; readonly text: string; readonly pod: string } | undefined {
  const logs = podsOf(snapshot, workloadOf(snapshot, pod)).flatMap((replica) =>
    [true, false].flatMap((previous) => snapshot.log(refOf(replica), container.name, previous) ?? []),
  );
  for (const log of logs) {
    for (const { text } of log.lines) {
      const [, number, unit] = startTook.exec(parseLine(text).message) ?? [];
      const ms = Number(number) * (milliseconds[unit?.toLowerCase() ?? ''] ?? Number.NaN);
      if (ms > 0) return { ms, text, pod: log.pod };
    }
  }
  return undefined;
}
