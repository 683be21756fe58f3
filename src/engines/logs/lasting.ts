import { second, timeOf } from '../durations.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { isDefect } from './defects.ts';
import { entriesOf, type LogEntry } from './entries.ts';
import { farSideIn } from './failed-hosts.ts';
import { failureWords, severityOf } from './severity.ts';
import { isFaultOfOthers, type SignatureId, signatureOf, wordsOf } from './signatures.ts';
import { type TellingEntry, tellingOf } from './telling.ts';

/** A known fault that a log tells again and again, up to now. */
export interface LastingFault {
  /** `undefined` for errors of no known kind; unless they are a mistake of the program only who asks about it is told. */
  readonly signature: SignatureId | undefined;
  /** What tells it, each in words of its own, the most frequent first. */
  readonly tellings: readonly [TellingEntry, ...TellingEntry[]];
  readonly count: number;
  /** ISO 8601; `undefined` when the log has no times. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Whether the log said something else before it began: only then `first` is when it began. */
  readonly begun: boolean;
  /** Whether the log has been silent since the last one, so that nobody knows whether it goes on. */
  readonly silent: boolean;
}

/** Fewer are an incident that may be over. */
const leastCount = 5;
/**
 * Enough when they keep their rhythm up to now; for who asks also when it is much of what the program says, or says beyond
 * doubt what is missing.
 */
const fewest = 3;
const much = 0.3;
/** A burst within less is one attempt that failed. */
const leastSpan = 15 * second;
/** So long after the last one it may still go on, whatever the pause between two is. */
const pause = 60 * second;
/** Share of what is logged meanwhile; a lower one is a program that works. Without stated levels it takes more. */
const leastShare = { stated: 0.2, unstated: 0.5, asked: 0.1 };
/** How far back the share and the rhythm are looked at. */
const lately = 20;
const mostTellings = 3;

/** After these a program seldom goes on, even when it says so only once. */
const fatal: ReadonlySet<SignatureId> = new Set(['runtime-memory', 'threads-exhausted', 'deadlock']);

/**
 * The known fault that a log of a program that works tells up to its end: often enough, as errors by level or shape,
 * and followed by nothing else. One error, an error that was followed by other work, errors among much other work,
 * and lines that claim to know a cause are none.
 * @param asked whether the question is about that very program: then also a fault with which the log ended.
 */
export function lastingFault(log: LogExcerpt, now: number, asked = false): LastingFault | undefined {
  const entries = entriesOf(log).filter((entry) => !isRoutine(entry));
  const stated = entries.some(({ level }) => level !== undefined);
  const complaints = entries.flatMap((entry, index) => complaintOf(entry, index, { stated, asked }));
  const groups = [...Map.groupBy(complaints, ({ kind }) => kind).values()];
  const lasting = groups.filter((group) => lasts(group, entries, { stated, now, asked }));
  const [most] = lasting.toSorted((a, b) => Number(isKnown(b)) - Number(isKnown(a)) || b.length - a.length);
  return most && faultOf(most, entries.length, now);
}

interface Complaint {
  readonly entry: LogEntry;
  /** Among all entries that count. */
  readonly index: number;
  readonly signature: SignatureId | undefined;
  /** The signature, the request that fails, or the words: what one fault has alike. */
  readonly kind: string;
}

const isKnown = ([first]: readonly Complaint[]): boolean => first?.signature !== undefined;

/** The kubelet and load balancers ask whether the program lives; that says nothing of its work. */
const healthCheck =
  /kube-probe\/|ELB-HealthChecker|GoogleHC\/|\b(?:GET|HEAD) \/(?:health|ready|live|ping|metrics|status|actuator\/health)[\w/-]*(?=[ ?"]|$)/i;
/** Lines that only announce an attempt, or that it failed, are neither work nor a fault; nor is what a shell says of `timeout`, nor a rule. */
const attempt =
  /^[-=*_#~]{3,}$|^\W*(?:PING \S+ \(|(?:re)?try(?:ing)?\b|attempt(?:ing)?\b|connecting\b|calling\b|(?:failed|error|terminated)\W*$)/i;
const isRoutine = (entry: LogEntry): boolean =>
  entry.level === 'debug' ||
  healthCheck.test(entry.lines[0] ?? '') ||
  (attempt.test(entry.message) && signatureOf(wordsOf(entry)) === undefined);

/** A program says what failed; what knows of causes, or what to run, speaks to its reader. */
const claim = /\broot[ -]cause\b|\bkubectl\b|\bdiagnos(?:is|e)\b/i;
/** Words of the API server, which no program says of anything else; kubectl writes them without a level. */
const denial = /\bUser \\?"system:serviceaccount:[^"]+" cannot \w+ resource /;
/** The class of an HTTP status in a field of its own, which says how it went, whatever else the line says. */
const statusIn = (text: string): string | undefined => /(?:^|[\s{,"])status"?[=:] ?([1-5])\d\d\b/.exec(text)?.[1];
/** A server whose clients do not trust it, or whose clients' requests fail: the fault is theirs. */
const ofClients =
  /TLS handshake error from|\blogin refused\b|\bDETAIL: {2}(?:Password does not match|Role "[^"]+" does not exist|Connection matched|User "[^"]+" has no password)|^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\](?: \S+@\S+)? (?:FATAL|ERROR): {2}(?!sorry, too many|remaining connection|.*No space left)/;

function complaintOf(
  entry: LogEntry,
  index: number,
  { stated, asked }: Pick<Circumstances, 'stated' | 'asked'>,
): readonly Complaint[] {
  const severity = severityOf(entry);
  const text = entry.lines.join('\n');
  const severe = severity === 'error' || severity === 'fatal' || denial.test(text);
  // Tools that a program calls state no level beside the program's own.
  const mayBePlain = !stated || (asked && entry.level === undefined);
  if (!severe && !(mayBePlain && saysFailed(entry, text))) return [];
  if (claim.test(text) || ofClients.test(text) || (!severe && statusIn(text) === '2')) return [];
  const signature = signatureOf(wordsOf(entry));
  if (signature === 'bad-credentials' && !isOwn(wordsOf(entry))) return [];
  if (signature !== undefined) return [{ entry, index, signature, kind: signature }];
  if (!(asked || isDefect(text)) || badRequest.test(text)) return [];
  return [{ entry, index, signature, kind: failedRequest(entry) ?? tellingOf(entry).essence }];
}

/** Words of a line without a level that tell of a failure; an access log says so by the status. */
const saysFailed = (entry: LogEntry, text: string): boolean =>
  failureWords.test(entry.message) ||
  toldToClients.test(text) ||
  statusIn(text) === '5' ||
  (failedRequest(entry) !== undefined && signatureOf(text) !== undefined);

/** Access logs of most servers; 4xx is an answer that the client has to change. */
const request = /\b(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[^\s?"]*)\S*(?: HTTP\/[\d.]+)?"? ([1-5]\d\d)\b/;
const badRequest = /\bHTTP\/[\d.]+"? 4\d\d\b/;
const requestOf = ({ lines }: LogEntry): readonly string[] => request.exec(lines[0] ?? '')?.slice(1) ?? [];

/** `POST /api/reports`, when the server answered that with 5xx. */
function failedRequest(entry: LogEntry): string | undefined {
  const [method, path, status] = requestOf(entry);
  return status?.startsWith('5') === true ? `${method} ${path}` : undefined;
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
  readonly asked: boolean;
}

function lasts(
  group: readonly Complaint[],
  entries: readonly LogEntry[],
  { stated, now, asked }: Circumstances,
): boolean {
  const recent = group.slice(-lately);
  const [first] = recent;
  const last = recent.at(-1);
  if (first === undefined || last === undefined) return false;
  const after = entries.length - 1 - last.index;
  if (asked && last.signature !== undefined && fatal.has(last.signature) && after < leastCount) return true;
  // It need not be said again by who asked once, and has not said anything else since.
  if (asked && after === 0 && denial.test(last.entry.lines.join('\n'))) return true;
  const times = recent.flatMap(({ entry }) => timeOf(entry.at) ?? []);
  const striking = last.signature === 'rbac' || group.length >= much * entries.length;
  const fewDo = isKnown(group) && ((asked && striking) || isPunctual(times, now));
  if (group.length < (fewDo ? fewest : leastCount)) return false;
  const severe = recent.every(({ entry }) => severityOf(entry) !== undefined || isDefect(entry.lines.join('\n')));
  const least = shareFor(asked && isSure(recent), stated || severe || asked);
  const meanwhile = entries.slice(first.index).filter(isAlternative(last));
  if (recent.length / meanwhile.length < least) return false;
  const places = gapsOf(recent.map(({ index }) => index)).map((gap) => gap - 1);
  if (after > usual(places)) return false;
  // Of some lines of an archive nothing tells the time.
  return asked || times.length < 2 || goesOn(times, now);
}

/** Whether a fault is known, and says whom it is about when it is about others: clients hang up on a program that works. */
const isSure = (group: readonly Complaint[]): boolean =>
  isKnown(group) &&
  group.some(({ signature, entry }) => !isFaultOfOthers(signature) || farSideIn(entry.lines.join('\n')) !== undefined);

const shareFor = (sureAndAsked: boolean, stated: boolean): number =>
  sureAndAsked ? leastShare.asked : stated ? leastShare.stated : leastShare.unstated;

/** What a fault is weighed against: requests of one kind against all of that kind, else all that is logged. */
function isAlternative({ entry }: Complaint): (other: LogEntry) => boolean {
  const failed = failedRequest(entry);
  return failed === undefined ? () => true : (other) => requestOf(other).slice(0, 2).join(' ') === failed;
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

/** Whether not even the next one is due: a program that got through meanwhile would have been silent for longer. */
function isPunctual(times: readonly number[], now: number): boolean {
  const gap = medianOf(gapsOf(times).toSorted((a, b) => a - b));
  return times.length >= fewest && now - (times.at(-1) ?? 0) <= 1.5 * gap;
}

const gapsOf = (values: readonly number[]): readonly number[] =>
  values.slice(1).map((value, index) => value - (values[index] ?? value));

const medianOf = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;

/** Whether nothing else was said since it was first said: what a program met while others were still starting is over. */
const isNow = (voice: readonly TellingEntry[], told: readonly TellingEntry[]): boolean =>
  voice.length > 1 && told.slice(-voice.length).every((each) => voice.includes(each));

function faultOf(group: readonly Complaint[], length: number, now: number): LastingFault | undefined {
  const told = group.map(({ entry }) => tellingOf(entry));
  const voices = [...Map.groupBy(told, ({ essence }) => essence).values()].toSorted(
    (a, b) => Number(isNow(b, told)) - Number(isNow(a, told)) || b.length - a.length,
  );
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
    silent: now - (timeOf(last.entry.at) ?? now) > pause,
  };
}
