import { isJsonContentType } from '@modelcontextprotocol/server';
import type { Context, MiddlewareHandler } from 'hono';
import type { Caller } from '../caller.ts';
import { AppError } from '../platform/errors.ts';

/** What handlers find in `context.get(…)`. */
export type RequestEnv = {
  readonly Bindings: {
    /** Absent where there is no connection. */
    readonly outgoing?: { writeContinue(): void };
  };
  readonly Variables: {
    /** The text of a POST, empty when it has none. */
    body: string;
    caller: Caller;
  };
};

export const maxBodyBytes = 1024 * 1024;
/** 8,000 levels parse, and overflow the stack when they are written again. */
export const maxJsonDepth = 64;

/** A body that is not taken. */
export interface RefusedBody {
  readonly status: 400 | 413 | 415;
  readonly error: AppError;
}

/**
 * Reads the body of a POST, and answers one that is not taken. hono's own limit (4.13) answers 500 to a request of
 * `@hono/node-server` without a `Content-Length`, hence to chunks and to every DELETE and OPTIONS.
 */
export const limitedBody =
  (answer: (refused: RefusedBody, context: Context<RequestEnv>) => Response): MiddlewareHandler<RequestEnv> =>
  async (context, next) => {
    const { raw } = context.req;
    const body = raw.method === 'POST' ? (refusedHead(raw.headers) ?? (await textOf(context))) : '';
    if (typeof body !== 'string') return answer(body, context);
    context.set('body', body);
    return next();
  };

const refused = (status: RefusedBody['status'], message: string, hint?: string): RefusedBody => ({
  status,
  error: new AppError('validation_error', message, { hint }),
});
const tooLarge = refused(413, `The body has more than ${maxBodyBytes} bytes.`);
/** A web page can send other types across origins without asking first. */
const notJson = refused(415, 'The body must be JSON.', 'Send Content-Type: application/json.');
const otherCharset = refused(415, 'The body must be UTF-8.', 'Send Content-Type: application/json.');
const encoded = refused(415, 'A compressed body is not taken.', 'Send it as it is.');
const noUtf8 = refused(400, 'The body is not UTF-8.');

/** What of a body is wrong already by its head. */
function refusedHead(headers: Headers): RefusedBody | undefined {
  const [type, length] = [headers.get('content-type'), headers.get('content-length')];
  if (Number(length ?? 0) > maxBodyBytes) return tooLarge;
  if (type !== null && !isJsonContentType(type)) return notJson;
  if (/;\s*charset\s*=\s*"?(?!utf-?8\b)/i.test(type ?? '')) return otherCharset;
  const encodings = [headers.get('content-encoding'), headers.get('transfer-encoding')];
  return encodings.every((value) => /^(?:identity|chunked)?$/i.test(value ?? '')) ? undefined : encoded;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

async function textOf({ req: { raw }, env }: Context<RequestEnv>): Promise<string | RefusedBody> {
  if (raw.headers.get('expect') !== null) env?.outgoing?.writeContinue();
  let bytes: Uint8Array | undefined;
  try {
    // Node's parser sees to it that no more comes than was said; read at once, a call costs a fifth less.
    const said = raw.headers.get('content-length') !== null;
    bytes = said ? new Uint8Array(await raw.arrayBuffer()) : await limitedBytes(raw);
  } catch (cause) {
    throw new AppError('validation_error', 'The body ended early.', { cause });
  }
  if (bytes === undefined) return tooLarge;
  if (bytes.length > 0 && raw.headers.get('content-type') === null) return notJson;
  try {
    return utf8.decode(bytes);
  } catch {
    // It says no more than that.
    return noUtf8;
  }
}

/** `undefined` when there is more than may be; the rest is not read then. */
async function limitedBytes({ body }: Request): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON that a body is; `undefined` for an empty one. Throws `validation_error` for anything else. */
export function parseBody(text: string): unknown {
  if (text === '') return undefined;
  if (depthOf(text) > maxJsonDepth) {
    throw new AppError('validation_error', `The JSON is nested more than ${maxJsonDepth} levels deep.`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('validation_error', 'The body is not JSON.', { cause });
  }
}

/** The deepest nesting of brackets outside of strings, in one pass; of text that is no JSON, some number. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') index++;
    else if (!quoted && (character === '[' || character === '{')) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (character === ']' || character === '}')) depth--;
  }
  return deepest;
}
