import { isJsonContentType } from '@modelcontextprotocol/server';
import type { MiddlewareHandler } from 'hono';
import type { Caller } from '../caller.ts';
import { AppError } from '../platform/errors.ts';

/** What handlers find in `context.get(…)`. */
export type RequestEnv = {
  readonly Variables: {
    /** The text of a POST, empty when it has none. */
    body: string;
    caller: Caller;
  };
};

export const maxBodyBytes = 1024 * 1024;
/** 8,000 levels parse, and overflow the stack when they are written again. */
export const maxJsonDepth = 64;

/**
 * Reads the body of a POST, and answers 413 to one that is too large. hono's own limit (4.13) answers 500 to a request
 * of `@hono/node-server` without a `Content-Length`, hence to chunks and to every DELETE and OPTIONS.
 */
export const limitedBody =
  (answer: (error: AppError, status: 413) => Response): MiddlewareHandler<RequestEnv> =>
  async (context, next) => {
    const { raw } = context.req;
    const text = raw.method === 'POST' ? await limitedText(raw) : '';
    if (text === undefined) {
      return answer(new AppError('validation_error', `The body has more than ${maxBodyBytes} bytes.`), 413);
    }
    context.set('body', text);
    return next();
  };

/** `undefined` when there is more than may be; the rest is not read then. */
async function limitedText(request: Request): Promise<string | undefined> {
  const length = request.headers.get('content-length');
  if (Number(length ?? 0) > maxBodyBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // Node's parser sees to it that no more comes than was said; read at once, a call costs a fifth less.
    if (length !== null) return await request.text();
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size > maxBodyBytes) return undefined;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new AppError('validation_error', 'The body ended early.', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The JSON that a body is; `undefined` for an empty one. Throws `validation_error` for anything else. The content type
 * has to say so too: a web page can send other types across origins without asking first.
 */
export function parseBody(text: string, contentType: string | undefined): unknown {
  if (text === '') return undefined;
  if (!isJsonContentType(contentType ?? null)) {
    throw new AppError('validation_error', 'The body must be JSON.', { hint: 'Send Content-Type: application/json.' });
  }
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
