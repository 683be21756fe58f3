import type { ResourceType } from '../ports.ts';
import { type Part, partsOf } from './documents.ts';
import { type ArchiveFile, type BundleLimits, FileProblem } from './files.ts';
import type { Gathering } from './gathering.ts';
import type { Meaning } from './layout.ts';
import { type Claim, listedObjects } from './listed-objects.ts';
import { createLogTail, type LogTail } from './log-tail.ts';
import { textLines } from './text-lines.ts';
import { jsonValue, yamlValue } from './values.ts';

type Objects = Extract<Meaning, { as: 'objects' }>;

/** How text begins that may hold objects. */
const promising = /^\s*(?:[{[]|---|(?:apiVersion|kind|items|metadata):|==== START logs for container )/;
/** Values without any object, after which a file that promised nothing is given up. */
const patience = 50;
/** A longer line of a log is data. */
const longestLogLine = 16_384;
/** What kubectl writes in the place of a log that it did not get. */
const noLog = /^(?:Create log request|Request log) error: /;

/** Puts what a file means into the gathering. A file that cannot be read is a failure of its own. */
export async function interpret(
  file: ArchiveFile,
  meaning: Meaning,
  gathering: Gathering,
  limits: BundleLimits,
): Promise<void> {
  try {
    if (meaning.as === 'log') await readLog(file, meaning, gathering, limits);
    else if (meaning.as === 'errors') await readErrors(file, meaning.type, gathering, limits);
    else if (meaning.as === 'framed logs')
      await readParts(file, { as: 'objects', trust: 'unsure' }, gathering, limits, meaning);
    else if (meaning.as === 'objects') await readParts(file, meaning, gathering, limits);
  } catch (error) {
    const problem = problemOf(error);
    if (meaning.as === 'objects' && meaning.trust === 'unsure') return;
    const { type, namespace, holds } =
      meaning.as === 'objects' ? meaning : { type: undefined, namespace: undefined, holds: undefined };
    if (type !== undefined && holds === 'list')
      gathering.fail({ kind: type.kind, namespace }, 'failed', `${file.path} ${problem}`);
    else gathering.fail({ kind: file.path }, 'failed', problem);
  }
}

/** What is wrong with this one file; whatever concerns the whole archive is thrown on. */
function problemOf(error: unknown): string {
  if (error instanceof FileProblem) return error.message;
  // Nesting beyond the stack.
  if (error instanceof RangeError) return 'is nested too deeply';
  throw error;
}

async function readLog(
  file: ArchiveFile,
  { namespace, pod, container, previous }: Extract<Meaning, { as: 'log' }>,
  gathering: Gathering,
  limits: BundleLimits,
): Promise<void> {
  const tail = createLogTail(limits.logLength - gathering.logLength);
  for await (const line of textLines(file.bytes, { longest: longestLogLine, tooLong: 'cut' })) tail.add(line);
  // Whoever collects makes the file before knowing whether there is a previous log.
  if (previous && tail.length() === 0) return;
  gathering.addLog({ namespace, pod, container, previous, lines: tail.lines() });
}

async function readErrors(
  file: ArchiveFile,
  type: ResourceType,
  gathering: Gathering,
  { documentLength }: BundleLimits,
): Promise<void> {
  const lines: string[] = [];
  for await (const line of textLines(file.bytes, { longest: documentLength, tooLong: 'refuse' })) lines.push(line);
  const text = lines.join('\n');
  if (text.trim() === '') return;
  const value = jsonValue(text);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, message] of Object.entries(value)) {
    if (typeof message !== 'string') continue;
    const namespace = Array.isArray(value) || !type.namespaced || key === '' ? undefined : key;
    gathering.fail({ kind: type.kind, namespace }, /forbidden/i.test(message) ? 'denied' : 'failed', message);
  }
}

async function readParts(
  file: ArchiveFile,
  meaning: Objects,
  gathering: Gathering,
  limits: BundleLimits,
  only?: { readonly namespace: string; readonly pod: string },
): Promise<void> {
  const { documentLength, logLength } = limits;
  const lines = promisingLines(textLines(file.bytes, { longest: documentLength, tooLong: 'refuse' }), meaning.trust);
  const complete: Claim[] = [];
  let found = 0;
  let values = 0;
  let log: { readonly of: Extract<Part, { is: 'log-start' }>['of']; readonly tail: LogTail } | undefined;
  for await (const part of partsOf(lines, documentLength)) {
    if (part.is === 'log-start') log = { of: part.of, tail: createLogTail(logLength - gathering.logLength) };
    else if (part.is === 'log-line') log?.tail.add(part.text);
    else if (part.is === 'log-end') {
      // The log of another pod in the file of this one is something that this one printed.
      const own = only === undefined || (only.namespace === log?.of.namespace && only.pod === log.of.pod);
      const kept = log?.tail.lines() ?? [];
      if (log !== undefined && own && !noLog.test(kept[0]?.text ?? ''))
        gathering.addLog({ ...log.of, previous: false, lines: kept });
      found += 1;
    } else if (only === undefined) {
      values += 1;
      const listed = listedObjects(part.is === 'json' ? jsonValue(part.text) : await yamlValue(part.text), meaning);
      for (const object of listed.objects) gathering.add(object);
      complete.push(...listed.complete);
      found += listed.objects.length + listed.complete.length;
      if (meaning.trust === 'unsure' && found === 0 && values >= patience) return;
    }
  }
  for (const claim of complete) gathering.claim(claim);
}

/** Of a file of unknown meaning nothing, unless its first line looks like objects. */
async function* promisingLines(lines: AsyncIterable<string>, trust: Objects['trust']): AsyncGenerator<string> {
  let begun = trust === 'sure';
  for await (const line of lines) {
    if (!begun && line.trim() !== '' && !line.startsWith('#')) {
      if (!promising.test(line)) return;
      begun = true;
    }
    yield line;
  }
}

/** The text of a small file, such as a version; the rest of a larger one is not read. */
export async function smallText(file: ArchiveFile, longest = 65_536): Promise<string> {
  const lines: string[] = [];
  let length = 0;
  for await (const line of textLines(file.bytes, { longest, tooLong: 'cut' })) {
    lines.push(line);
    length += line.length + 1;
    if (length > longest) break;
  }
  return lines.join('\n');
}
