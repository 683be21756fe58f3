import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';
import { codesOf } from '../error-codes.ts';

export interface ArchiveLimits {
  /** Of everything, unzipped. */
  readonly totalBytes: number;
  readonly lineBytes: number;
  /** Small objects take many times their text in memory. */
  readonly lines: number;
  /** How many times larger than the file its contents may be, once they are larger than `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

const newline = 0x0a;

/** Lines of a gzipped text file, one at a time. Throws `validation_error` for what is no such file or is too large. */
export async function* zippedLines(path: string, limits: ArchiveLimits, signal?: AbortSignal): AsyncGenerator<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('validation_error', `There is no file ${path} that can be read.`, {
      hint: 'Check the path.',
      cause,
    });
  });
  const { size } = found;
  // Opening a pipe that nobody writes to never ends.
  if (!found.isFile() && !found.isDirectory()) throw broken(path, 'is no file');
  if (size === 0) throw broken(path, 'is empty');
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let total = 0;
  let lines = 0;
  for await (const chunk of unzipped(path, signal)) {
    total += chunk.length;
    if (total > limits.totalBytes) throw tooLarge(path, `more than ${mebibytes(limits.totalBytes)} unzipped`);
    if (total > Math.max(limits.ratioFromBytes, size * limits.ratio))
      throw tooLarge(path, 'far more than a file of its size can hold in earnest');
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      lines += 1;
      if (lines > limits.lines) throw tooLarge(path, `more than ${limits.lines} lines`);
      pending.push(chunk.subarray(start, end));
      yield Buffer.concat(pending).toString('utf8');
      [pending, pendingBytes] = [[], 0];
      start = end + 1;
    }
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > limits.lineBytes) throw tooLarge(path, `a line of more than ${mebibytes(limits.lineBytes)}`);
  }
  if (pendingBytes > 0) yield Buffer.concat(pending).toString('utf8');
}

async function* unzipped(path: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { signal });
  const stream: Readable = pipeline(file, createGunzip(), () => {});
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    signal?.throwIfAborted();
    const [code] = codesOf(error);
    if (code === 'Z_BUF_ERROR') throw broken(path, 'ends in the middle', error);
    if (code === 'Z_DATA_ERROR') throw broken(path, 'is not a gzip file, or is damaged', error);
    if (code === 'EISDIR') throw broken(path, 'is a folder', error);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EIO') throw broken(path, `cannot be read (${code})`, error);
    throw error;
  } finally {
    file.destroy();
  }
}

/** A file that is not what it should be, in one sentence about it. */
export const broken = (path: string, sentence: string, cause?: unknown): AppError =>
  new AppError('validation_error', `${path} ${sentence}.`, {
    hint: 'Pass a file that `kubemend snapshot` wrote, whole.',
    cause,
  });

const tooLarge = (path: string, what: string): AppError =>
  new AppError('validation_error', `${path} holds ${what}; it is not read.`, {
    hint: 'A snapshot of one namespace is smaller: kubemend snapshot -n NAMESPACE.',
  });

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
