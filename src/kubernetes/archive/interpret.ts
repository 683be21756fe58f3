import type { ResourceType } from '../ports.ts';
import { type ArchiveFile, FileProblem } from './files.ts';
import type { Meaning } from './layout.ts';
import { createLogTail } from './log-tail.ts';
import { readParts, type Sink } from './read-parts.ts';
import { textLines } from './text-lines.ts';
import { jsonValue } from './values.ts';

/** A longer line of a log is data. */
const longestLogLine = 16_384;

/** Puts what a file means into the gathering. A file that cannot be read is a failure of its own. */
export async function interpret(file: ArchiveFile, meaning: Meaning, sink: Sink): Promise<void> {
  try {
    if (meaning.as === 'log') await readLog(file, meaning, sink);
    else if (meaning.as === 'errors') await readErrors(file, meaning.type, sink);
    else if (meaning.as === 'named log') await readNamedLog(file, sink);
    else if (meaning.as === 'framed logs' || meaning.as === 'objects')
      await readParts(textLines(file.bytes, { longest: sink.limits.documentLength, tooLong: 'refuse' }), meaning, sink);
  } catch (error) {
    const problem = problemOf(error);
    if (meaning.as === 'named log' || (meaning.as === 'objects' && meaning.trust === 'unsure')) return;
    const part = meaning.as === 'objects' && meaning.holds !== undefined ? meaning : undefined;
    if (part?.type === undefined) sink.gathering.fail({ kind: file.path }, 'failed', problem);
    else sink.gathering.fail({ kind: part.type.kind, namespace: part.namespace }, 'failed', `${file.path} ${problem}`);
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
  { gathering, limits }: Sink,
): Promise<void> {
  const tail = createLogTail(limits.logLength - gathering.logLength);
  for await (const line of textLines(file.bytes, { longest: longestLogLine, tooLong: 'cut' })) tail.add(line);
  // Whoever collects makes the file before knowing whether there is a previous log.
  if (previous && tail.length() === 0) return;
  gathering.addLog({ namespace, pod, container, previous, lines: tail.lines() });
}

/** How a list or a dump begins, and no line of a log. */
const noLogLine = /^(?:\{|\[|---|apiVersion: .*|==== START logs for container .*)$/;

/** Which pod it is of is known once all are read. */
async function readNamedLog(file: ArchiveFile, sink: Sink): Promise<void> {
  const { gathering, limits } = sink;
  const tail = createLogTail(limits.logLength - gathering.logLength);
  const lines = textLines(file.bytes, { longest: limits.documentLength, tooLong: 'cut' });
  for await (const line of lines) {
    if (tail.length() === 0 && noLogLine.test(line)) {
      await readParts(continued(line, lines), { as: 'objects', trust: 'unsure' }, sink);
      return;
    }
    tail.add(line.slice(0, longestLogLine));
  }
  gathering.addNamedLog(file.path, tail.lines());
}

async function* continued(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

async function readErrors(file: ArchiveFile, type: ResourceType, { gathering, limits }: Sink): Promise<void> {
  const lines: string[] = [];
  for await (const line of textLines(file.bytes, { longest: limits.documentLength, tooLong: 'refuse' }))
    lines.push(line);
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
