import { constants, type Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codesOf } from '../error-codes.ts';
import { type EachFile, FileProblem, tooMuch, unreadable } from './files.ts';

const deepest = 32;
const longestChunk = 256 * 1024;

export interface FolderOptions {
  readonly files: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Every regular file below a folder, in the order of names. Links, pipes, devices and sockets are passed over: a folder
 * that somebody sent may point anywhere.
 */
export async function eachFolderFile(root: string, each: EachFile, { files, signal }: FolderOptions): Promise<void> {
  let seen = 0;

  async function walk(relative: string, depth: number): Promise<void> {
    signal?.throwIfAborted();
    const entries = await entriesOf(join(root, relative), depth === 0 ? root : undefined);
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      seen += 1;
      if (seen > files) throw tooMuch(root, `more than ${files} files`);
      if (entry.isDirectory() && depth < deepest) await walk(path, depth + 1);
      else if (entry.isFile()) await each({ path, bytes: bytesOf(join(root, path), signal) });
    }
  }

  await walk('', 0);
}

/** A folder below that may not be read hides what is in it, as a missing one would. */
async function entriesOf(folder: string, root: string | undefined): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (root === undefined) return [];
    throw unreadable(root, `cannot be read (${codesOf(error)[0] ?? 'unknown error'})`, error);
  }
}

/** Opened so that neither a link nor a pipe that came to be meanwhile does harm. */
export async function* bytesOf(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
    throw new FileProblem(`cannot be read (${codesOf(error)[0] ?? 'unknown error'})`, { cause: error });
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new FileProblem('is no file');
    const length = Math.min(longestChunk, found.size + 1);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length);
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      // Files of /proc and the like tell no size.
      if (bytesRead === 0 || (bytesRead < length && found.size > 0)) return;
    }
  } finally {
    await file.close();
  }
}
