import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';

export interface Body {
  readonly bytes: Buffer;
  /** Cut at the cap. */
  readonly capped: boolean;
}

export interface Receiving {
  /** Bytes of the body, unzipped. */
  readonly cap: number;
  /**
   * Takes the body as it comes; then none of it is kept. Once something was handed on, a failure is a cut, because whoever
   * took it cannot take it again.
   */
  readonly take?: ((chunk: Buffer) => void) | undefined;
}

/** Where the parts of a body come from: undici's controller of a request. */
interface Flow {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

interface Incoming {
  readonly encoding: unknown;
  readonly flow: Flow;
  /** Called once, this or `failed`. */
  readonly done: (body: Body) => void;
  readonly failed: (error: unknown) => void;
}

/** A body while it comes. */
interface Arriving {
  push(chunk: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/** Reads a body, unzipped, up to the cap; then it stops the answer. */
export function bodyOf({ cap, take }: Receiving, { encoding, flow, done, failed }: Incoming): Arriving {
  const chunks: Buffer[] = [];
  const gunzip = encoding === 'gzip' ? createGunzip() : undefined;
  let size = 0;
  let settled = false;

  function settle(capped: boolean): void {
    if (settled) return;
    settled = true;
    const bytes = take === undefined ? Buffer.concat(chunks).subarray(0, cap) : Buffer.alloc(0);
    done({ bytes, capped });
  }

  const plain: Arriving = {
    push(chunk) {
      if (settled) return;
      size += chunk.length;
      if (take === undefined) chunks.push(chunk);
      else take(chunk);
      if (size <= cap) return;
      settle(true);
      // All of a bomb may be here by now, and most of it not unzipped yet.
      gunzip?.destroy();
      flow.abort(new Error('enough was read'));
    },
    end: () => settle(false),
    fail(error) {
      if (settled) return;
      if (take !== undefined && size > 0) settle(true);
      else {
        settled = true;
        failed(error);
      }
    },
  };
  return gunzip === undefined ? plain : unzipping(gunzip, plain, flow);
}

/** The same for a zipped one. */
function unzipping(gunzip: Gunzip, plain: Arriving, flow: Flow): Arriving {
  gunzip.on('data', (chunk: Buffer) => {
    try {
      plain.push(chunk);
    } catch (error) {
      gunzip.destroy(error instanceof Error ? error : new Error('not taken', { cause: error }));
    }
  });
  gunzip.on('drain', () => flow.resume());
  gunzip.on('end', () => plain.end());
  gunzip.on('error', (error) => plain.fail(error));
  return {
    push(chunk) {
      if (!gunzip.destroyed && !gunzip.write(chunk)) flow.pause();
    },
    end: () => void gunzip.end(),
    fail(error) {
      plain.fail(error);
      gunzip.destroy();
    },
  };
}

/** The beginning of what a stream says, up to `cap` bytes; then closes the connection. */
export async function readBody(stream: Readable, cap: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > cap) return { bytes: Buffer.concat(chunks).subarray(0, cap), capped: true };
  }
  return { bytes: Buffer.concat(chunks), capped: false };
}

/** The longest line of a stream: an object is 2 MiB at most (etcd), and its metadata far less. */
const longestLine = 8 * 1024 * 1024;

/** A body line by line as it comes, without end. A half line at its end is no line. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new AppError('api_error', 'The API server sends a line without end.');
    yield* lines.filter((line) => line !== '');
  }
}

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
