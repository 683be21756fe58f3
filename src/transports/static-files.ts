import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Context } from 'hono';
import { AppError } from '../platform/errors.ts';

const unzipped = promisify(gunzip);

/** Headers of a page that loads nothing from elsewhere, and that nobody frames. */
export const pageHeaders = (policy: string): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
});

export interface StaticFile {
  /** Folder with the compressed files of pages, which the build makes. */
  readonly assets: string;
  readonly name: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A file as the browser can read it: compressed or not. @throws AppError `unavailable` where it was not built. */
export async function sendFile(context: Context, { assets, name, type, headers }: StaticFile): Promise<Response> {
  const packed = await packedFile(assets, name);
  const fits = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  return context.body(new Uint8Array(fits ? packed : await unzipped(packed)), 200, {
    ...headers,
    'Content-Type': type,
    Vary: 'Accept-Encoding',
    ...(fits && { 'Content-Encoding': 'gzip' }),
  });
}

/** The text of such a file. @throws AppError `unavailable` where it was not built. */
export const textOfFile = async (assets: string, name: string): Promise<string> =>
  (await unzipped(await packedFile(assets, name))).toString('utf8');

async function packedFile(assets: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(assets, `${name}.gz`));
  } catch (cause) {
    throw new AppError('unavailable', `This installation has no ${name}.`, {
      hint: 'npm run build makes it; /openapi.json describes the same tools for programs.',
      cause,
    });
  }
}
