import { once } from 'node:events';
import type { ReadEntry } from 'tar/read-entry';
import { CutOff, type EachFile } from './files.ts';

/**
 * Every regular file of a tar archive, in its order, from the unzipped bytes. Nothing is ever written, so names with
 * `..` do no harm; links, devices and pipes are passed over. Throws {@link CutOff} when the archive ends in the middle
 * or is damaged on the way.
 */
export async function eachTarFile(bytes: AsyncIterable<Uint8Array>, each: EachFile): Promise<void> {
  const { Parser } = await import('tar/parse');
  const parser = new Parser();
  let problem: string | undefined;
  let failure: { readonly error: unknown } | undefined;
  let work: Promise<void> = Promise.resolve();

  async function look(entry: ReadEntry): Promise<void> {
    const isFile = entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile';
    try {
      if (failure !== undefined || !isFile || entry.invalid) return;
      await each({ path: entry.path, bytes: entry, modified: entry.mtime?.getTime() });
    } catch (error) {
      failure ??= { error };
    } finally {
      // Whatever nobody wanted flows by, or the next file never comes.
      entry.resume();
    }
  }

  parser.on('entry', (entry: ReadEntry) => {
    work = work.then(() => look(entry));
  });
  parser.on('warn', (code: string, message: string) => {
    if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ENTRY_INVALID' || code === 'TAR_ABORT') problem ??= message;
  });
  const finished = once(parser, 'finish');
  let cut: unknown;
  try {
    for await (const chunk of bytes) {
      if (failure !== undefined) break;
      if (!parser.write(Buffer.from(chunk))) await drained(parser);
    }
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    cut = error;
  }
  parser.end();
  await finished;
  await work;
  if (failure !== undefined) throw failure.error;
  if (cut !== undefined) throw cut;
  if (problem !== undefined) throw new CutOff(`is cut off or damaged: ${problem}`);
}

const drained = async (parser: NodeJS.EventEmitter): Promise<void> => {
  await once(parser, 'drain');
};
