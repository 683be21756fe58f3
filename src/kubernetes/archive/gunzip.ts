import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { codesOf } from '../error-codes.ts';
import { type BundleLimits, CutOff, tooMuch } from './files.ts';

type Limits = Pick<BundleLimits, 'totalBytes' | 'ratio' | 'ratioFromBytes'>;

/** Counts what is unzipped, and ends it when it is more than anything in earnest. */
export interface Meter {
  count(bytes: number): void;
}

/** @param size of what is unzipped, in bytes */
export function createMeter(path: string, size: number, { totalBytes, ratio, ratioFromBytes }: Limits): Meter {
  let total = 0;
  return {
    count(bytes) {
      total += bytes;
      if (total > totalBytes) throw tooMuch(path, `more than ${Math.round(totalBytes / 1024 ** 2)} MiB unzipped`);
      if (total > Math.max(ratioFromBytes, size * ratio))
        throw tooMuch(path, 'far more than a file of its size can hold in earnest');
    },
  };
}

/** Unzips gzip. Throws {@link CutOff} when it ends in the middle or is damaged. */
export const gunzipped = (bytes: AsyncIterable<Uint8Array>, meter: Meter): AsyncGenerator<Uint8Array> =>
  unzipped(bytes, createGunzip(), meter);

/** Unzips what is in a zip archive. Throws as {@link gunzipped} does. */
export const inflated = (bytes: AsyncIterable<Uint8Array>, meter: Meter): AsyncGenerator<Uint8Array> =>
  unzipped(bytes, createInflateRaw(), meter);

async function* unzipped(bytes: AsyncIterable<Uint8Array>, unzip: Transform, meter: Meter): AsyncGenerator<Uint8Array> {
  const stream = pipeline(Readable.from(bytes, { objectMode: false }), unzip, () => {});
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      meter.count(chunk.length);
      yield chunk;
    }
  } catch (error) {
    const [code] = codesOf(error);
    if (code === 'Z_BUF_ERROR') throw new CutOff('ends in the middle', { cause: error });
    if (code?.startsWith('Z_') === true) throw new CutOff('is damaged', { cause: error });
    throw error;
  } finally {
    stream.destroy();
  }
}
