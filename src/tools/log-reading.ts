import { aliasReads, hostReads } from '../engines/host-reads.ts';
import { hostsOfEnv } from '../engines/hosts.ts';
import { type LogLink, linksOf } from '../engines/log-links.ts';
import { containerState, type LogSource } from '../engines/log-sources.ts';
import { analyzeLog, type LogAnalysis } from '../engines/logs/analysis.ts';
import { connectionFailureIn, hostsIn } from '../engines/logs/failed-hosts.ts';
import { type LogReport, logReport } from '../engines/logs/report.ts';
import { signatureTitles } from '../engines/logs/signatures.ts';
import { indexSnapshot, type Snapshot } from '../engines/snapshot.ts';
import type { Read, SnapshotData } from '../engines/snapshot-data.ts';
import type { LogRange, Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';
import type { ContainerLog } from './report/log-analysis.ts';
import { isSystem } from './target.ts';

export interface LogReading {
  readonly reader: Reader;
  readonly tailLines: number;
  /** Lines of this long are reported; as long before that is compared with. */
  readonly sinceSeconds: number | undefined;
  /** Characters of text for this log. */
  readonly budget: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Lines of a healthy sibling: what it says day in, day out. */
const siblingLines = 2000;
/** Read again from the end when a log was cut before it: what was said last matters most. */
const lastLines = 200;

/** Reads one log and what it is compared with. Throws what the reader throws for the log itself. */
export async function readContainerLog(source: LogSource, reading: LogReading): Promise<ContainerLog> {
  const { sinceSeconds, now, budget } = reading;
  const windowStart = sinceSeconds === undefined ? undefined : now - sinceSeconds * 1000;
  const analysis = analyzeLog({ windowStart, pod: source.pod.metadata.name });
  const compared = await compareSiblings(source, analysis, reading);
  const read = await readLog(source, analysis, reading);
  const facts = analysis.facts();
  const report = logReport(facts, { died: source.died, budget });
  const earlier = compared.length === 0 && facts.compared ? ['the time before the window'] : [];
  return {
    pod: source.pod.metadata.name,
    container: source.container.name,
    previous: read.previous,
    state: containerState(source.container),
    ...(source.died === undefined ? {} : { died: new Date(source.died).toISOString() }),
    lines: facts.lines,
    bytes: read.bytes,
    first: facts.first,
    last: facts.last,
    levels: facts.levels,
    signatures: report.signatures.map((each) => ({ ...each, title: signatureTitles[each.id] })),
    links: await linksIn(source, report, reading),
    traces: [...report.traces],
    templates: [...report.templates],
    new: [...report.novel],
    end: [...report.end],
    compared_with: [...compared, ...earlier],
    cut: [...read.cut, ...report.cut],
  };
}

const rangeOf = ({ pod, container }: Pick<LogSource, 'pod' | 'container'>, previous: boolean) => ({
  namespace: pod.metadata.namespace ?? '',
  pod: pod.metadata.name,
  container: container.name,
  previous,
});

/** Names of the siblings whose logs there were. Comparing is a help, never a reason to fail. */
async function compareSiblings(
  { siblings, container }: LogSource,
  analysis: LogAnalysis,
  { reader, signal }: LogReading,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const pod of siblings) {
    const range = { ...rangeOf({ pod, container }, false), tailLines: siblingLines };
    const streamed = await reader
      .streamLog(range, (lines) => lines.forEach((line) => analysis.compare(line, pod.metadata.name)), signal)
      .catch(() => undefined);
    if (streamed !== undefined && streamed.bytes > 0) names.push(pod.metadata.name);
  }
  return names;
}

interface ReadOnce {
  readonly previous: boolean;
  readonly bytes: number;
  readonly cut: readonly string[];
}

/** Streams the log; the other instance's when this one has none. */
async function readLog(source: LogSource, analysis: LogAnalysis, reading: LogReading): Promise<ReadOnce> {
  const { reader, tailLines, sinceSeconds, signal } = reading;
  let lines = 0;
  const attempt = async (previous: boolean) => {
    const range: LogRange = {
      ...rangeOf(source, previous),
      tailLines,
      sinceSeconds: sinceSeconds === undefined ? undefined : sinceSeconds * 2,
    };
    const streamed = await reader.streamLog(
      range,
      (more) => {
        lines += more.length;
        more.forEach((line) => analysis.add(line));
      },
      signal,
    );
    return { ...streamed, previous };
  };
  const streamed = await attempt(source.previous).catch((error: unknown) => {
    const missing = error instanceof AppError && error.code === 'not_found';
    // Of one that died the API server files its log either way; of one that never died there is no other.
    if (!missing || (!source.previous && source.died === undefined)) throw error;
    return attempt(!source.previous);
  });
  const { clipped = 0 } = streamed;
  const cut = [
    ...(lines >= tailLines ? [`only the last ${tailLines} lines were read`] : []),
    ...(clipped > 0 ? [`the ends of ${clipped} very long ${clipped === 1 ? 'line' : 'lines'}`] : []),
  ];
  if (streamed.whole) return { ...streamed, cut };
  const end = await reader
    .log({ ...rangeOf(source, streamed.previous), tailLines: lastLines }, signal)
    .catch(() => undefined);
  end?.lines.forEach((line) => analysis.add(line));
  const after = end === undefined ? '' : ` but for its last ${end.lines.length} lines`;
  return {
    ...streamed,
    cut: [...cut, `reading ended after ${streamed.bytes} bytes; what came then is unread${after}`],
  };
}

const maximumLinks = 5;

/** What the words of the report mean. Services are read only when a connection failed. */
async function linksIn(source: LogSource, report: LogReport, reading: LogReading): Promise<ContainerLog['links']> {
  const { signatures, traces, templates, novel } = report;
  const texts = [
    ...signatures.map(({ quote }) => quote),
    ...traces.map(
      ({ message, cause }) => `${message}\n${cause === undefined ? '' : `${cause.type}: ${cause.message}`}`,
    ),
    ...[...templates, ...novel]
      .filter(({ level }) => level !== 'info' && level !== 'debug')
      .map(({ sample }) => sample),
  ];
  const snapshot = await services(source, reading, texts);
  const links = texts.flatMap((text) => linksOf(snapshot, source, text));
  const unique = new Map(links.map((link) => [`${link.word} ${link.says}`, link]));
  return [...unique.values()].slice(0, maximumLinks).map(plainLink);
}

const plainLink = ({ word, object, says }: LogLink) => ({ word, says, ...(object === undefined ? {} : { object }) });

/** The Services and endpoints that hosts of the texts and of the container's environment may mean. */
async function services(
  { pod, container }: LogSource,
  { reader, signal, now }: LogReading,
  texts: readonly string[],
): Promise<Snapshot> {
  const empty = { ...nothing, takenAt: new Date(now).toISOString() };
  if (texts.every((text) => connectionFailureIn(text) === undefined)) return indexSnapshot(empty);
  const hosts = [...texts.flatMap(hostsIn), ...hostsOfEnv(container.spec)].map(({ host }) => host);
  const unique = [...new Set(hosts)];
  const allowed = (namespace: string) => !isSystem(namespace);
  const read = (reads: readonly Read[]): Promise<SnapshotData> => reader.read(reads, signal).catch(() => empty);
  const found = await read(hostReads(unique, pod.metadata.namespace ?? '', allowed));
  const aliases = aliasReads(indexSnapshot(found), unique, allowed);
  if (aliases.length === 0) return indexSnapshot(found);
  const behind = await read(aliases);
  return indexSnapshot({
    ...found,
    objects: [...found.objects, ...behind.objects],
    reads: [...found.reads, ...behind.reads],
  });
}

const nothing = {
  source: 'live',
  cluster: '',
  scope: {},
  objects: [],
  heads: [],
  podRows: [],
  logs: [],
  reads: [],
  cost: { requests: 0, bytes: 0, durationMs: 0 },
};
