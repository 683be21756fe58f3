import { second, timeOf } from '../durations.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { entriesOf, type LogEntry } from './entries.ts';
import { failureWords, severityOf } from './severity.ts';
import { type SignatureId, signatureOf, wordsOf } from './signatures.ts';
import { type TellingEntry, tellingOf } from './telling.ts';

/** A known fault that a log tells again and again, up to now. */
export interface LastingFault {
  readonly signature: SignatureId;
  /** What tells it, each in words of its own, the most frequent first. */
  readonly tellings: readonly [TellingEntry, ...TellingEntry[]];
  readonly count: number;
  /** ISO 8601; `undefined` when the log has no times. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Whether the log said something else before it began: only then `first` is when it began. */
  readonly begun: boolean;
}

/** Fewer are an incident that may be over. */
const leastCount = 5;
/** A burst within less is one attempt that failed. */
const leastSpan = 15 * second;
/** So long after the last one it may still go on, whatever the pause between two is. */
const pause = 60 * second;
/** Share of what is logged meanwhile; a lower one is a program that works. Without stated levels it takes more. */
const leastShare = { stated: 0.2, unstated: 0.5 };
/** How far back the share and the rhythm are looked at. */
const lately = 20;
const mostTellings = 3;

/**
 * The known fault that a log of a program that works tells up to its end: often enough, as errors by level or shape,
 * and followed by nothing else. One error, an error that was followed by other work, errors among much other work,
 * and lines that claim to know a cause are none.
 */
export function lastingFault(log: LogExcerpt, now: number): LastingFault | undefined {
  const entries = entriesOf(log).filter((entry) => !isRoutine(entry));
  const stated = entries.some(({ level }) => level !== undefined);
  const complaints = entries.flatMap((entry, index) => complaintOf(entry, index, stated));
  const groups = Map.groupBy(complaints, ({ signature }) => signature);
  const lasting = [...groups.values()].filter((group) => lasts(group, entries.length, { stated, now }));
  const [most] = lasting.toSorted((a, b) => b.length - a.length);
  return most && faultOf(most, entries.length);
}

interface Complaint {
  readonly entry: LogEntry;
  /** Among all entries that count. */
  readonly index: number;
  readonly signature: SignatureId;
}

/** The kubelet and load balancers ask whether the program lives; that says nothing of its work. */
const healthCheck =
  /kube-probe\/|ELB-HealthChecker|GoogleHC\/|\b(?:GET|HEAD) \/(?:health|ready|live|ping|metrics|status|actuator\/health)[\w/-]*(?=[ ?"]|$)/i;
const isRoutine = ({ level, lines }: LogEntry): boolean => level === 'debug' || healthCheck.test(lines[0] ?? '');

/** A program says what failed; what knows of causes, or what to run, speaks to its reader. */
const claim = /\broot[ -]cause\b|\bkubectl\b|\bdiagnos(?:is|e)\b/i;
/** A server whose clients do not trust it, or whose clients' requests fail: the fault is theirs. */
const ofClients =
  /TLS handshake error from|\blogin refused\b|^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\](?: \S+@\S+)? (?:FATAL|ERROR): {2}(?!sorry, too many|remaining connection|.*No space left)/;

function complaintOf(entry: LogEntry, index: number, stated: boolean): readonly Complaint[] {
  const severity = severityOf(entry);
  const severe = severity === 'error' || severity === 'fatal';
  if (!severe && (stated || !failureWords.test(entry.message))) return [];
  const text = entry.lines.join('\n');
  if (claim.test(text) || ofClients.test(text)) return [];
  const signature = signatureOf(wordsOf(entry));
  if (signature === undefined || (signature === 'bad-credentials' && !isOwn(wordsOf(entry)))) return [];
  return [{ entry, index, signature }];
}

/** Refusals that only who logs in is told; the other words of refused credentials a server also says of its users. */
const toldToClients =
  /password authentication failed|Access denied for user .*using password|ACCESS_REFUSED|\bNOAUTH\b|\bWRONGPASS\b|InvalidAccessKeyId|SignatureDoesNotMatch|\b28P01\b|SASL authentication failed|no password supplied|\bORA-01017\b|CredentialsProviderError|Unable to locate credentials|ExpiredToken/i;
const outgoing =
  /:\/\/|\b(?:connect(?:ing|ion)?|upstream|dial|fetch(?:ing)?|call(?:ing)?|request to|server at|database|broker|registry|backend)\b|\bhost=/i;
const isOwn = (text: string): boolean => toldToClients.test(text) || outgoing.test(text);

interface Circumstances {
  readonly stated: boolean;
  readonly now: number;
}

function lasts(group: readonly Complaint[], length: number, { stated, now }: Circumstances): boolean {
  const recent = group.slice(-lately);
  const [first] = recent;
  const last = recent.at(-1);
  if (first === undefined || last === undefined || group.length < leastCount) return false;
  const after = length - 1 - last.index;
  const severe = recent.every(({ entry }) => severityOf(entry) !== undefined);
  const least = stated || severe ? leastShare.stated : leastShare.unstated;
  if (recent.length / (length - first.index) < least) return false;
  const places = gapsOf(recent.map(({ index }) => index)).map((gap) => gap - 1);
  if (after > usual(places)) return false;
  const times = recent.flatMap(({ entry }) => timeOf(entry.at) ?? []);
  return times.length < recent.length || goesOn(times, now);
}

/** How much else is usually said between two: that may stand after the last one too. One exception is none. */
function usual(gaps: readonly number[]): number {
  const sorted = gaps.toSorted((a, b) => a - b);
  const second = sorted.length < leastCount ? 0 : (sorted.at(-2) ?? 0);
  return Math.max(2 * medianOf(sorted), second);
}

/** Whether the next one is not overdue. A log whose clock is ahead goes on for certain. */
function goesOn(times: readonly number[], now: number): boolean {
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const gaps = gapsOf(times);
  const patience = Math.max(pause, 3 * medianOf(gaps.toSorted((a, b) => a - b)), 1.5 * (gaps.at(-1) ?? 0));
  return last - first >= leastSpan && now - last <= patience;
}

const gapsOf = (values: readonly number[]): readonly number[] =>
  values.slice(1).map((value, index) => value - (values[index] ?? value));

const medianOf = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;

function faultOf(group: readonly Complaint[], length: number): LastingFault | undefined {
  const told = group.map(({ entry }) => tellingOf(entry));
  const voices = [...Map.groupBy(told, ({ essence }) => essence).values()].toSorted((a, b) => b.length - a.length);
  const [most, ...others] = voices.flatMap((voice) => {
    const latest = voice.at(-1);
    return latest === undefined ? [] : [{ latest, count: voice.length }];
  });
  const [first] = group;
  const last = group.at(-1);
  if (most === undefined || first === undefined || last === undefined) return undefined;
  const repeated = others.filter(({ count }) => count >= leastCount).map(({ latest }) => latest);
  return {
    signature: first.signature,
    tellings: [most.latest, ...repeated.slice(0, mostTellings - 1)],
    count: group.length,
    first: first.entry.at,
    last: last.entry.at,
    begun: first.index > 0 && length > group.length,
  };
}
