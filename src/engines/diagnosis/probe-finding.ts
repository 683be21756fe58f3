import { crashingSince } from '../crashes/crashes.ts';
import { type Dependency, dependencyIn, probedService } from '../dependencies.ts';
import { mask } from '../logs/masking.ts';
import { type SignatureId, signatureOf } from '../logs/signatures.ts';
import { type TellingEntry, tellingEntries, tellingOf } from '../logs/telling.ts';
import { missedService } from '../missed-services.ts';
import { refOf } from '../objects.ts';
import { lastTermination, unreadySince } from '../pods.ts';
import { describeProbe, probeOutput } from '../probes/outcomes.ts';
import type { ProbeFailure } from '../probes/probes.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { inContainer, quoteOf } from './crash-finding.ts';
import type { Evidence, Finding } from './rule.ts';

/** What every finding about a probe has alike. */
export function probeFinding(
  snapshot: Snapshot,
  failure: ProbeFailure,
): Pick<Finding, 'subject' | 'container' | 'evidence' | 'since' | 'nextCheck'> {
  const { pod, container, kill } = failure;
  const termination = lastTermination(container.status);
  return {
    subject: refOf(pod),
    container: container.name,
    evidence: [...probeEvidence(failure), ...endEvidence(failure)],
    since:
      kill === undefined || termination === undefined
        ? unreadySince(pod)
        : crashingSince(snapshot, { pod, container, termination }),
    nextCheck: `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${container.name}`,
  };
}

/** `is not ready: its readiness probe GET /ready on port 8080`: the same for all replicas. */
export function probeClause({ pod, container, kind, probe, kill }: ProbeFailure): string {
  const effect =
    kill !== undefined ? 'is killed again and again' : kind === 'startup' ? 'does not start' : 'is not ready';
  const it = inContainer(pod, container) === '' ? 'its' : `container ${container.name}'s`;
  return `${effect}: ${it} ${kind} probe ${describeProbe(probe, container.spec)}`;
}

/** The probe's own words with all that differs between replicas masked. */
export const maskedOutput = ({ event, probe }: ProbeFailure): string => {
  const words = mask(tellingRow(probeOutput(event?.message ?? ''))).slice(0, 160);
  return probe.exec === undefined ? words : words.replace(/ +$/, '');
};

/**
 * The line of what a command printed that names a known fault, else the first; the rows of a table, whose first line
 * only names the columns.
 */
function tellingRow(output: string): string {
  const lines = output.split('\n');
  const [first = '', second = '', ...rows] = lines;
  return /^[-=+| ]*--[-=+| ]*$/.test(second.trim()) && rows.length > 0
    ? rows.map((row) => row.trim().replace(/\s+/g, ' ')).join(', ')
    : (lines.find((line) => signatureOf(line) !== undefined) ?? first);
}

/** What a command of a probe says of a fault that more time does not heal; `undefined` when it says none. */
export const toldFault = ({ event, probe }: ProbeFailure): SignatureId | undefined =>
  probe.exec === undefined ? undefined : signatureOf(tellingRow(probeOutput(event?.message ?? '')));

/** What becomes of the probe, in a few words: `is refused`, `answers 404`. */
export function outcomeClause(failure: ProbeFailure): string {
  const { outcome, probe, event } = failure;
  const code = statusCodeIn(event?.message);
  if (code !== undefined) return `answers ${code}`;
  if (outcome === 'refused') return 'is refused';
  if (outcome === 'timeout') return `gets no answer within ${probe.timeoutSeconds ?? 1} s`;
  if (outcome === 'no-such-port') return 'names a port that the container does not declare';
  const output = maskedOutput(failure);
  return output === '' ? 'fails' : `fails (${output})`;
}

/** The HTTP status in the kubelet's words about a probe. */
export const statusCodeIn = (message: string | undefined): string | undefined =>
  /\bstatuscode: (\d{3})\b/i.exec(message ?? '')?.[1];

function probeEvidence({ pod, container, kind, probe, event, kill }: ProbeFailure): readonly Evidence[] {
  const object = refOf(pod);
  const { timeoutSeconds = 1, periodSeconds = 10, failureThreshold = 3, initialDelaySeconds = 0 } = probe;
  return [
    ...(event === undefined
      ? []
      : [
          {
            object,
            source: 'event' as const,
            text: `${quoted(event.message)} (${event.count} times)`,
            at: event.at,
          },
        ]),
    ...(kill?.event === undefined
      ? []
      : [
          {
            object,
            source: 'event' as const,
            text: `${kill.event.message} (${kill.event.count} times)`,
            at: kill.event.at,
          },
        ]),
    {
      object,
      source: 'spec',
      text: `${kind}Probe of container ${container.name}: ${describeProbe(probe, container.spec)}, timeoutSeconds ${timeoutSeconds}, periodSeconds ${periodSeconds}, failureThreshold ${failureThreshold}, initialDelaySeconds ${initialDelaySeconds}`,
    },
  ];
}

const maximumQuote = 300;

/** A message whole, or its end: the runtime's wrappers stand before what went wrong. */
function quoted(message: string): string {
  const text = message.trim().replace(/\s+/g, ' ');
  return text.length > maximumQuote ? `…${text.slice(-maximumQuote)}` : text;
}

function endEvidence({ pod, container, kill }: ProbeFailure): readonly Evidence[] {
  const ended = lastTermination(container.status);
  if (kill === undefined || ended === undefined) return [];
  return [
    {
      object: refOf(pod),
      source: 'status',
      text: `container ${container.name} ended with exit code ${ended.exitCode} (${ended.reason ?? 'no reason'}), ${container.status?.restartCount ?? 0} restarts`,
      at: ended.finishedAt,
    },
  ];
}

/** An error that is about something else weighs more than a Service that only the environment names. */
function missedBeside(
  snapshot: Snapshot,
  { pod, container, log }: Pick<ProbeFailure, 'pod' | 'container'> & { readonly log: LogExcerpt },
  best: TellingEntry | undefined,
): ReturnType<typeof missedService> {
  const missed = missedService(snapshot, { pod, container }, log);
  const isError = best?.entry.level === 'error' || best?.entry.level === 'fatal';
  return isError && missed?.dependency.told === false && missed.dependency.endpoints !== 0 ? undefined : missed;
}

/** What the app's log says in its own defence: its most telling entry, and what it failed to reach. */
export interface AppWords {
  readonly evidence: readonly Evidence[];
  readonly telling: TellingEntry | undefined;
  readonly dependency: Dependency | undefined;
}

export function appWords(snapshot: Snapshot, { pod, container, log, probe, event }: ProbeFailure): AppWords {
  const asked = probedService(snapshot, { pod, container }, { probe, output: probeOutput(event?.message ?? '') });
  if (log === undefined) return { evidence: [], telling: undefined, dependency: asked };
  const told = tellingEntries(log);
  const found = told.flatMap((telling) => {
    const dependency = dependencyIn(snapshot, { pod, container }, telling.entry.lines.join('\n'));
    return dependency === undefined ? [] : [{ telling, dependency }];
  })[0];
  const missed = found === undefined ? missedBeside(snapshot, { pod, container, log }, told[0]) : undefined;
  const telling = found?.telling ?? (missed && tellingOf(missed.entry)) ?? told[0];
  return {
    evidence: telling === undefined ? [] : [quoteOf(log, telling)],
    telling,
    dependency: found?.dependency ?? missed?.dependency ?? asked,
  };
}
