/** The file that keeps the bytecode of one command between its runs: `~/.cache/kubemend/bytecode/…`. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export interface BytecodeCache {
  /** The worst exit status of the runs that it is from; 0 for those that went on. */
  readonly status: number;
  /** Bytecode by the name of the part of the bundle. */
  readonly parts: ReadonlyMap<string, Buffer>;
}

export interface KeptCache extends BytecodeCache {
  /** When it was written, in ms since the epoch. */
  readonly writtenAt: number;
}

/** A checksum of all that follows, and the length of the index. */
const headerBytes = 8;
/** V8 copies what is not aligned. */
const alignment = 8;
const aligned = (length: number): number => Math.ceil(length / alignment) * alignment;
/** Windows has no such bits. */
const writableByOthers = process.platform === 'win32' ? 0 : 0o022;
const oldMilliseconds = 30 * 24 * 3_600_000;

interface Index {
  readonly status: number;
  readonly parts: readonly (readonly [name: string, length: number])[];
}

/**
 * One file per command, archives apart, since each runs other code. `undefined` when there is no home, or Node's cache is
 * turned off.
 */
export function cacheFileOf(program: string, words: readonly string[]): string | undefined {
  const { NODE_DISABLE_COMPILE_CACHE: disabled, XDG_CACHE_HOME: folder } = process.env;
  if (disabled === '1') return undefined;
  const command = /^[a-z]{1,16}$/.exec(words[0] ?? '')?.[0] ?? 'other';
  const source = words.some((word) => /^--(from|demo)\b/.test(word)) ? 'archive' : 'live';
  try {
    return join(
      folder || join(homedir(), '.cache'),
      'kubemend/bytecode',
      `${program}-${process.version}-${process.arch}-${command}-${source}`,
    );
  } catch {
    return undefined;
  }
}

/**
 * Only of our own making, or root's, as in an image: bytecode is code, and whoever runs kubemend by sudo may have another's
 * home.
 */
export function readCache(cacheFile: string): KeptCache | undefined {
  try {
    const file = openSync(cacheFile, 'r');
    try {
      const { uid, mode, mtimeMs } = fstatSync(file);
      if (uid !== 0 && uid !== (process.getuid?.() ?? uid)) return undefined;
      if ((mode & writableByOthers) !== 0) return undefined;
      const cache = decoded(readFileSync(file));
      return cache && { ...cache, writtenAt: mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch {
    // None yet, or one that was cut short.
    return undefined;
  }
}

function decoded(content: Buffer): BytecodeCache | undefined {
  if (crc32(content.subarray(4)) !== content.readUInt32LE(0)) return undefined;
  let position = headerBytes + content.readUInt32LE(4);
  const { status, parts } = JSON.parse(content.toString('utf8', headerBytes, position)) as Index;
  return {
    status,
    parts: new Map(
      parts.map(([name, length]) => {
        const start = aligned(position);
        position = start + length;
        return [name, content.subarray(start, position)];
      }),
    ),
  };
}

function encoded({ status, parts }: BytecodeCache): Buffer {
  const index: Index = { status, parts: [...parts].map(([name, { length }]) => [name, length]) };
  const head = Buffer.from(JSON.stringify(index));
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(head.length, 4);
  const blocks = [Buffer.concat([header, head]), ...parts.values()];
  const content = Buffer.concat(blocks.flatMap((block) => [block, Buffer.alloc(aligned(block.length) - block.length)]));
  content.writeUInt32LE(crc32(content.subarray(4)), 0);
  return content;
}

/** Makes its folder. False where nothing can be written, as in a container: then there is nothing to prepare either. */
export function canWriteCache(cacheFile: string): boolean {
  const folder = join(cacheFile, '..');
  try {
    // Not `recursive`: Node makes the folders of a home that does not exist, and below /proc it tries for ever.
    for (const each of [join(folder, '../..'), join(folder, '..'), folder]) {
      if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
    }
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    // As said.
    return false;
  }
}

/** Never in place: another process may be reading. A home that cannot be written has no cache. */
export function writeCache(cacheFile: string, cache: BytecodeCache): void {
  if (!canWriteCache(cacheFile)) return;
  const folder = join(cacheFile, '..');
  const written = `${cacheFile}.${process.pid}`;
  try {
    writeFileSync(written, encoded(cache), { mode: 0o600 });
    renameSync(written, cacheFile);
    const old = Date.now() - oldMilliseconds;
    for (const name of readdirSync(folder))
      if (statSync(join(folder, name)).mtimeMs < old) unlinkSync(join(folder, name));
  } catch {
    // A full disk, or another process that tidied up first.
  }
}
