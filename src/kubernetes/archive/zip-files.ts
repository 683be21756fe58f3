import { type FileHandle, open } from 'node:fs/promises';
import { codesOf } from '../error-codes.ts';
import { type BundleLimits, CutOff, type EachFile, FileProblem, tooMuch, unreadable } from './files.ts';
import { createMeter, inflated, type Meter } from './gunzip.ts';

/** One entry of the directory at the end of a zip archive (APPNOTE.TXT 6.3.10, section 4.3.12). */
interface Entry {
  readonly path: string;
  readonly encrypted: boolean;
  /** 0 as it is, 8 deflated. */
  readonly method: number;
  readonly size: number;
  readonly offset: number;
  /** Unix mode; its file type is 0 when the archive tells none. */
  readonly type: number;
}

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const endLength = 22;
const entryLength = 46;
const localLength = 30;
/** The end may be followed by a comment. */
const longestComment = 65_535;
/** A directory of every file that is read takes less. */
const longestDirectory = 64 * 1024 ** 2;
const [kind, regular] = [0o170000, 0o100000];

/** Every regular file of a zip archive of up to 4 GiB. Names are never used to open anything; links are passed over. */
export async function eachZipFile(path: string, each: EachFile, limits: BundleLimits): Promise<void> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, `cannot be read (${codesOf(error)[0] ?? 'unknown error'})`, error);
  });
  try {
    const { size } = await file.stat();
    const entries = entriesIn(await directoryOf(file, size));
    if (entries.length > limits.files) throw tooMuch(path, `more than ${limits.files} files`);
    const meter = createMeter(path, size, limits);
    for (const entry of entries) {
      const type = entry.type & kind;
      if (entry.path.endsWith('/') || (type !== 0 && type !== regular)) continue;
      await each({ path: entry.path, bytes: bytesOf(file, entry, meter) });
    }
  } finally {
    await file.close();
  }
}

async function directoryOf(file: FileHandle, size: number): Promise<Buffer> {
  const from = Math.max(0, size - endLength - longestComment);
  const tail = await read(file, from, size - from);
  let at = tail.length - endLength;
  while (at >= 0 && tail.readUInt32LE(at) !== endMark) at -= 1;
  if (at < 0) throw new CutOff('is a zip archive that ends in the middle');
  const length = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (length > longestDirectory || offset + length > size)
    throw new CutOff('is a zip archive that is damaged or larger than 4 GiB');
  return read(file, offset, length);
}

function entriesIn(directory: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + entryLength <= directory.length && directory.readUInt32LE(at) === entryMark; ) {
    const name = directory.readUInt16LE(at + 28);
    entries.push({
      path: directory.toString('utf8', at + entryLength, at + entryLength + name),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10),
      size: directory.readUInt32LE(at + 20),
      type: directory.readUInt16LE(at + 40),
      offset: directory.readUInt32LE(at + 42),
    });
    at += entryLength + name + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function* bytesOf(
  file: FileHandle,
  { encrypted, method, size, offset }: Entry,
  meter: Meter,
): AsyncGenerator<Uint8Array> {
  if (encrypted) throw new FileProblem('is encrypted');
  if (method !== 0 && method !== 8) throw new FileProblem('is compressed in a way that is not read');
  const local = await read(file, offset, localLength);
  if (local.length < localLength) throw new FileProblem('is not where the archive says');
  const start = offset + localLength + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = chunksOf(file, start, size);
  try {
    yield* method === 8 ? inflated(packed, meter) : packed;
  } catch (error) {
    // Other files of the archive are whole.
    if (error instanceof CutOff) throw new FileProblem(error.message, { cause: error });
    throw error;
  }
}

async function* chunksOf(file: FileHandle, start: number, size: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < size; ) {
    const chunk = await read(file, start + done, Math.min(256 * 1024, size - done));
    if (chunk.length === 0) throw new FileProblem('ends in the middle');
    done += chunk.length;
    yield chunk;
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
