/**
 * Stands for src/load-program.ts in the bundle. Loads the parts of the program, each with the bytecode that an earlier
 * run of the same command left behind. Node's own compile cache keeps what a file declares but not the functions that
 * ran; to compile those again takes a fourth of a short run. Without a usable cache everything is the same, only slower.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { loadProgram as asSource } from '../src/load-program.ts';
import { cacheFileOf, canWriteCache, readCache, writeCache } from './bytecode-cache.ts';

type RunProgram = Awaited<ReturnType<typeof asSource>>;
interface Module {
  exports: Readonly<Record<string, unknown>>;
}
/** A part of the bundle, as CommonJS would call it. */
type Part = (exports: Module['exports'], require: (name: string) => unknown, module: Module) => void;

/** A diagnosis that found something ran more of the program than one that found nothing, and each fault runs other rules. */
const foundSomething = 1;
/** So often one of these adds what it ran, which takes it a little longer. */
const learnsEvery = 3_600_000;
/** A server is kept as it started: what it runs in hours would only delay the next start. */
const startedMilliseconds = 1_000;

export const loadProgram: typeof asSource = async () => {
  const words = process.argv.slice(2);
  const program = process.env.KUBEMEND_PROGRAM ?? '';
  const cacheFile = cacheFileOf(program, words);
  const { load, keep } = createLoader(import.meta.dirname, cacheFile);
  if (cacheFile !== undefined) {
    if (words[0] === 'serve') setTimeout(keep, startedMilliseconds).unref();
    process.once('exit', () => keep(Number(process.exitCode ?? 0)));
  }
  return programOf(load(`./${program}`));
};

export function programOf(exports: unknown): RunProgram {
  const { runProgram } = exports as { runProgram?: RunProgram };
  if (runProgram === undefined) throw new Error('The bundle has no program.');
  return runProgram;
}

interface Loader {
  /** Loads modules of Node, and parts of the bundle by `./NAME`. */
  readonly load: (name: string) => unknown;
  /** Writes down the bytecode of what ran, once, if that is better than what was there. */
  readonly keep: (status?: number) => void;
}

/** @param folder where the parts of the bundle are */
export function createLoader(folder: string, cacheFile: string | undefined): Loader {
  const cache = cacheFile === undefined ? undefined : readCache(cacheFile);
  const modules = new Map<string, Module>();
  const scripts = new Map<string, Script>();
  let [missed, written] = [false, false];

  function compile(name: string): Script {
    const filename = join(folder, name);
    const cachedData = cache?.parts.get(name);
    const script = new Script(readFileSync(filename, 'latin1'), { filename, ...(cachedData && { cachedData }) });
    missed ||= script.cachedDataRejected !== false;
    scripts.set(name, script);
    return script;
  }

  function load(name: string): unknown {
    if (!name.startsWith('./')) return process.getBuiltinModule(name);
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module: Module = { exports: {} };
    modules.set(name, module);
    const part: Part = compile(name).runInThisContext();
    part(module.exports, load, module);
    return module.exports;
  }

  const isWorthIt = (status: number): boolean =>
    missed ||
    cache === undefined ||
    status > cache.status ||
    (status === foundSomething && Date.now() - cache.writtenAt > learnsEvery);

  function keep(status = 0): void {
    if (cacheFile === undefined || written || status > foundSomething || !isWorthIt(status)) return;
    if (!canWriteCache(cacheFile)) return;
    written = true;
    const ran = [...scripts].map(([name, script]): [string, Buffer] => [name, script.createCachedData()]);
    writeCache(cacheFile, {
      status: Math.max(status, cache?.status ?? 0),
      // What this run did not load, another did.
      parts: new Map([...(cache?.parts ?? []), ...ran]),
    });
  }

  return { load, keep };
}
