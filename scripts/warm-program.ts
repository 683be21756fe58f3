/**
 * Stands for src/load-program.ts in the bundle. Loads the program with the bytecode that an earlier run of the same
 * command left behind. Node's own compile cache keeps what a file declares but not the functions that ran; to compile
 * those again takes a fourth of a short run. Without a usable cache everything is the same, only slower.
 */
import {
  closeSync,
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
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import type { loadProgram as asSource } from '../src/load-program.ts';

/** What a module of the bundle is called with. */
type ModuleFunction = (require: (name: string) => unknown, module: { exports: unknown }) => void;
interface Cache {
  readonly bytecode: Buffer;
  /** The exit status of the run that it is from; 0 for one that went on. */
  readonly status: number;
}

/** Before the bytecode: its checksum, and the status. */
const headerBytes = 8;
/** A diagnosis that found something ran more of the program than one that found nothing. */
const foundSomething = 1;
/** A server is kept as it started: what it runs in hours would only delay the next start. */
const startedMilliseconds = 1_000;
/** Windows has no such bits. */
const writableByOthers = process.platform === 'win32' ? 0 : 0o022;
const oldMilliseconds = 30 * 24 * 3_600_000;

export const loadProgram: typeof asSource = () => {
  const file = join(import.meta.dirname, process.env.KUBEMEND_PROGRAM ?? '');
  const script = compile(file, cacheFileOf(process.env.KUBEMEND_PROGRAM ?? ''));
  const module: { exports: { runProgram?: Awaited<ReturnType<typeof asSource>> } } = { exports: {} };
  const run: ModuleFunction = script.runInThisContext();
  run((name: string) => process.getBuiltinModule(name), module);
  const { runProgram } = module.exports;
  return runProgram ? Promise.resolve(runProgram) : Promise.reject(new Error(`${file} has no program`));
};

function compile(file: string, cacheFile: string | undefined): Script {
  const cache = cacheFile === undefined ? undefined : readCache(cacheFile);
  const text = `(function (require, module) {${readFileSync(file, 'latin1')}\n})`;
  const script = new Script(text, { filename: file, ...(cache && { cachedData: cache.bytecode }) });
  if (cacheFile === undefined) return script;
  let kept = cache !== undefined && script.cachedDataRejected === false ? cache.status : undefined;
  if (kept === foundSomething) return script;
  const keep = (): void => {
    const status = Number(process.exitCode ?? 0);
    if (status > foundSomething || kept === status) return;
    kept = status;
    writeCache(cacheFile, { bytecode: script.createCachedData(), status });
  };
  if (process.argv[2] === 'serve') setTimeout(keep, startedMilliseconds).unref();
  process.once('exit', keep);
  return script;
}

/**
 * One file per command, archives apart, since each runs other code. `undefined` when there is no home, or Node's cache is
 * turned off.
 */
function cacheFileOf(program: string): string | undefined {
  const { NODE_DISABLE_COMPILE_CACHE: disabled, XDG_CACHE_HOME: folder } = process.env;
  if (disabled === '1') return undefined;
  const command = /^[a-z]{1,16}$/.exec(process.argv[2] ?? '')?.[0] ?? 'other';
  const source = process.argv.some((word) => /^--(from|demo)\b/.test(word)) ? 'archive' : 'live';
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

/** Only of our own making: bytecode is code, and whoever runs kubemend by sudo may have another's home. */
function readCache(cacheFile: string): Cache | undefined {
  try {
    const file = openSync(cacheFile, 'r');
    try {
      const { uid, mode } = fstatSync(file);
      if (uid !== (process.getuid?.() ?? uid) || (mode & writableByOthers) !== 0) return undefined;
      const content = readFileSync(file);
      const bytecode = content.subarray(headerBytes);
      return crc32(bytecode) === content.readUInt32LE(0) ? { bytecode, status: content.readUInt32LE(4) } : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    // None yet, or one that was cut short.
    return undefined;
  }
}

/** Never in place: another process may be reading. A home that cannot be written has no cache. */
function writeCache(cacheFile: string, { bytecode, status }: Cache): void {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(crc32(bytecode), 0);
  header.writeUInt32LE(status, 4);
  const folder = join(cacheFile, '..');
  const written = `${cacheFile}.${process.pid}`;
  try {
    // Not `recursive`: Node makes the folders of a home that does not exist, and below /proc it tries for ever.
    for (const each of [join(folder, '../..'), join(folder, '..'), folder]) {
      if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
    }
    writeFileSync(written, Buffer.concat([header, bytecode]), { mode: 0o600 });
    renameSync(written, cacheFile);
    const old = Date.now() - oldMilliseconds;
    for (const name of readdirSync(folder))
      if (statSync(join(folder, name)).mtimeMs < old) unlinkSync(join(folder, name));
  } catch {
    // As said.
  }
}
