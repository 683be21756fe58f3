import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SnapshotData } from '../../engines/snapshot-data.ts';
import { codesOf } from '../error-codes.ts';
import { type BundleLimits, bundleLimits, CutOff, type EachFile, FileProblem, unreadable } from './files.ts';
import { bytesOf, eachFolderFile } from './folder-files.ts';
import { readForeign } from './foreign.ts';
import { createMeter, gunzipped } from './gunzip.ts';
import { type ReadArchiveOptions, readArchive } from './read.ts';
import { eachTarFile } from './tar-files.ts';
import { eachZipFile } from './zip-files.ts';

export interface OpenArchiveOptions extends ReadArchiveOptions {
  readonly bundle?: Partial<BundleLimits> | undefined;
}

export interface OpenedArchive {
  readonly data: SnapshotData;
  /** Whether it records how its reads ended, as our own snapshots do; of others that has to be found out. */
  readonly recorded: boolean;
}

/** Bytes that tell what a file is: a tar archive has its mark after 257. */
const beginning = 512;

/**
 * Reads an archive of any kind: our own snapshot, or what others collected, as a folder, a tar or zip archive, gzipped
 * or not, or one file. Throws `validation_error` for what is none of it, or too large.
 */
export async function openArchive(path: string, options: OpenArchiveOptions = {}): Promise<OpenedArchive> {
  const limits = { ...bundleLimits, ...options.bundle };
  const { signal } = options;
  const found = await stat(path).catch((error: unknown) => {
    const [code = 'unknown error'] = codesOf(error);
    throw unreadable(path, code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`, error);
  });
  const foreign = async (walk: (each: EachFile) => Promise<void>): Promise<OpenedArchive> => ({
    data: await readForeign(path, walk, { limits, modified: found.mtimeMs }),
    recorded: false,
  });
  // Whoever names a link means what it points to.
  const real = await realpath(path);
  if (found.isDirectory()) return foreign((each) => eachFolderFile(real, each, { files: limits.files, signal }));
  if (!found.isFile()) throw unreadable(path, 'is no file');
  if (found.size === 0) throw unreadable(path, 'is empty');

  const raw = () => bytesOf(real, signal);
  const start = await firstBytes(raw()).catch((error: unknown) => {
    throw error instanceof FileProblem ? unreadable(path, error.message, error) : error;
  });
  const foreignZip = otherCompressions.find(([mark]) => text(start).startsWith(mark));
  if (foreignZip !== undefined) throw unreadable(path, `is compressed with ${foreignZip[1]}: unpack it first`);
  if (isZip(start)) return foreign((each) => eachZipFile(real, each, limits));
  const zipped = start[0] === 0x1f && start[1] === 0x8b;
  const unzipped = () => (zipped ? gunzipped(raw(), createMeter(path, found.size, limits)) : raw());
  const inside = zipped ? await firstBytes(unzipped()) : start;
  if (text(inside).startsWith('{"format":"kubemend-snapshot"'))
    return { data: await readArchive(path, options), recorded: true };
  if (text(inside.subarray(257, 262)) === 'ustar') return foreign((each) => eachTarFile(unzipped(), each));
  const name = basename(path).replace(/\.gz$/i, '');
  return foreign((each) => each({ path: name, bytes: unzipped() }));
}

/** How files begin that other programs compressed. */
const otherCompressions = [
  ['\u00fd7zXZ\0', 'xz'],
  ['BZh', 'bzip2'],
  ['\u0028\u00b5\u002f\u00fd', 'zstd'],
  ['7z\u00bc\u00af', '7-Zip'],
  ['Rar!', 'RAR'],
] as const;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const isZip = (start: Uint8Array): boolean =>
  text(start.subarray(0, 4)) === 'PK\u0003\u0004' || text(start.subarray(0, 4)) === 'PK\u0005\u0006';

async function firstBytes(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of bytes) {
      parts.push(part);
      length += part.length;
      if (length >= beginning) break;
    }
  } catch (error) {
    // Whoever reads it all says so.
    if (!(error instanceof CutOff)) throw error;
  }
  return Buffer.concat(parts).subarray(0, beginning);
}
