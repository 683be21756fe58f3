import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { SnapshotData } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import { safeText } from '../../platform/safe-text.ts';
import { codesOf } from '../error-codes.ts';
import { slimmed } from '../slim.ts';
import type { Header } from './format.ts';

export interface WriteOptions {
  /** Version of this program. */
  readonly kubemend: string;
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a snapshot to `path`, readable by its owner only, all of it or nothing. Redacts once more on the way. Returns
 * the size in bytes. Throws `conflict` when the file exists and `overwrite` is not set.
 */
export async function writeArchive(path: string, data: SnapshotData, options: WriteOptions): Promise<number> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await checkReplaceable(path);
    const file = createWriteStream(temporary, { mode: 0o600, flags: 'wx' });
    await pipeline(Readable.from(linesOf(data, options)), createGzip(), file, { signal: options.signal });
    const { size } = await stat(temporary);
    if (options.overwrite === true) await rename(temporary, path);
    // Unlike a rename, a link never replaces a file that came to be meanwhile.
    else await link(temporary, path);
    return size;
  } catch (error) {
    throw writeFailure(path, error);
  } finally {
    // What could not be made cannot be removed either.
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** Replacing a device, such as /dev/stdout, would take it away from everybody. */
async function checkReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (codesOf(error)[0] === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined || found.isFile()) return;
  throw new AppError('validation_error', `${path} is ${found.isDirectory() ? 'a folder' : 'no file'}.`, {
    hint: 'Name a file in a folder that can be written to, such as ./snapshot.kubemend.gz.',
  });
}

function* linesOf(data: SnapshotData, { kubemend }: WriteOptions): Generator<string> {
  const header: Header = {
    format: 'kubemend-snapshot',
    version: 1,
    takenAt: data.takenAt,
    cluster: data.cluster,
    ...(data.version !== undefined && { serverVersion: data.version }),
    scope: data.scope,
    kubemend,
  };
  yield line(header);
  for (const object of data.objects) yield line({ object: slimmed(object) });
  for (const head of data.heads) yield line({ head: slimmed(head) });
  for (const podRow of data.podRows) yield line({ podRow });
  for (const log of data.logs) {
    yield line({ log: { ...log, lines: log.lines.map((entry) => ({ ...entry, text: safeText(entry.text) })) } });
  }
  for (const read of data.reads) yield line({ read });
  yield line({ cost: data.cost });
  const { objects, heads, podRows, logs, reads } = data;
  const counted = { objects, heads, podRows, logs, reads };
  yield line({ end: Object.fromEntries(Object.entries(counted).map(([key, list]) => [key, list.length])) });
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

function writeFailure(path: string, error: unknown): unknown {
  const [code] = codesOf(error);
  if (code === 'EEXIST') {
    return new AppError('conflict', `${path} exists already.`, {
      hint: 'Choose another name, or allow overwriting it (--force).',
      cause: error,
    });
  }
  if (code === undefined || !code.startsWith('E') || code.startsWith('ERR_')) return error;
  return new AppError('validation_error', `${path} cannot be written (${code}).`, {
    hint: hints[code] ?? 'Choose another folder.',
    cause: error,
  });
}

const hints: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'Choose a shorter name.',
  ENOSPC: 'The disk is full: choose another one, or make room.',
  ENOENT: 'There is no such folder: make it, or choose another one.',
};
