import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';

export interface Body {
  readonly bytes: Buffer;
  /** Cut at the cap. */
  readonly capped: boolean;
}

/**
 * Hands a body on, unzipped, as it comes, up to `cap` bytes, and keeps none of it. Once something was handed on, a
 * failure is a cut, because whoever took it cannot take it again.
 */
export async function passBody(
  stream: Readable,
  encoding: unknown,
  { cap, take }: { readonly cap: number; readonly take: (chunk: Buffer) => void },
): Promise<Body> {
  const source = encoding === 'gzip' ? unzipped(stream) : stream;
  const bytes = Buffer.alloc(0);
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      take(chunk);
      if (size > cap) return { bytes, capped: true };
    }
  } catch (error) {
    if (size === 0) throw error;
    return { bytes, capped: true };
  }
  return { bytes, capped: false };
}

/** Reads a body, unzipped, up to `cap` bytes; then stops reading and closes the connection. */
export async function readBody(stream: Readable, encoding: unknown, cap: number): Promise<Body> {
  const source = encoding === 'gzip' ? unzipped(stream) : stream;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > cap) return { bytes: Buffer.concat(chunks).subarray(0, cap), capped: true };
  }
  return { bytes: Buffer.concat(chunks), capped: false };
}

/** Errors of either stream surface in the reader of the result. */
const unzipped = (stream: Readable): Readable => pipeline(stream, createGunzip(), () => {});

const lessThan = 0x3c;

/** JSON that ends early is a connection that ended early: it may be tried again. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (bytes[0] === lessThan) {
      throw new AppError('api_error', 'What answers is no API server: it sent a web page.', {
        hint: 'A proxy or a login page stands in between; check the server in the kubeconfig.',
        cause: error,
      });
    }
    const cause = Object.assign(new Error('not JSON', { cause: error }), { code: 'ERR_TRUNCATED_BODY' });
    throw new AppError('api_error', 'The API server sent an answer that is not whole JSON.', {
      hint: 'Try again; if it stays, something between here and the API server changes its answers.',
      cause,
    });
  }
}
