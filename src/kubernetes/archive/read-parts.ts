import { type LogPart, type LogSection, partsOf } from './documents.ts';
import type { BundleLimits } from './files.ts';
import type { Gathering } from './gathering.ts';
import type { Meaning } from './layout.ts';
import { type Claim, listedObjects } from './listed-objects.ts';
import { createLogTail, type LogTail } from './log-tail.ts';
import { jsonValue, yamlValue } from './values.ts';

type Objects = Extract<Meaning, { as: 'objects' }>;
type FramedLogs = Extract<Meaning, { as: 'framed logs' }>;

/** Where what is read goes, and how much of it may. */
export interface Sink {
  readonly gathering: Gathering;
  readonly limits: BundleLimits;
}

/** How text begins that may hold objects. */
const promising = /^\s*(?:[{[]|---|(?:apiVersion|kind|items|metadata):|==== START logs for container )/;
/** Values without any object, after which a file that promised nothing is given up. */
const patience = 50;
/** What kubectl writes in the place of a log that it did not get. */
const noLog = /^(?:Create log request|Request log) error: /;

/** Reads a file of objects, logs, or both, part by part. Its lists count only once all of it was read. */
export async function readParts(
  lines: AsyncIterable<string>,
  meaning: Objects | FramedLogs,
  sink: Sink,
): Promise<void> {
  const { documentLength } = sink.limits;
  const trusted = meaning.as === 'objects' && meaning.trust === 'sure';
  const logs = logReader(meaning, sink);
  const complete: Claim[] = [];
  let found = 0;
  let values = 0;
  for await (const part of partsOf(trusted ? lines : promisingLines(lines), documentLength)) {
    if (part.is !== 'json' && part.is !== 'yaml') {
      logs.take(part);
      continue;
    }
    // In a file of logs, objects are something that a container printed.
    if (meaning.as !== 'objects') continue;
    const value = part.is === 'json' ? jsonValue(part.text) : await yamlValue(part.text);
    const listed = listedObjects(value, meaning);
    for (const object of listed.objects) sink.gathering.add(object);
    complete.push(...listed.complete);
    values += 1;
    found += listed.objects.length + listed.complete.length;
    if (!trusted && found === 0 && values >= patience) return;
  }
  for (const claim of complete) sink.gathering.claim(claim);
}

/** Keeps the logs of a file; where the path names a pod, only those of this one. */
function logReader(meaning: Objects | FramedLogs, { gathering, limits }: Sink) {
  let open: { readonly of: LogSection; readonly tail: LogTail } | undefined;

  function close(): void {
    const closed = open;
    open = undefined;
    if (closed === undefined) return;
    const { of, tail } = closed;
    // The log of another pod in the file of this one is something that this one printed.
    if (meaning.as === 'framed logs' && (meaning.namespace !== of.namespace || meaning.pod !== of.pod)) return;
    const lines = tail.lines();
    if (!noLog.test(lines[0]?.text ?? '')) gathering.addLog({ ...of, previous: false, lines });
  }

  return {
    take(part: LogPart) {
      if (part.is === 'log-start') open = { of: part.of, tail: createLogTail(limits.logLength - gathering.logLength) };
      else if (part.is === 'log-line') open?.tail.add(part.text);
      else close();
    },
  };
}

/** Nothing of a file of unknown meaning, unless its first line looks like objects. */
async function* promisingLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = false;
  for await (const line of lines) {
    if (!begun && line.trim() !== '' && !line.startsWith('#')) {
      if (!promising.test(line)) return;
      begun = true;
    }
    yield line;
  }
}
