import { isJsonContentType } from '@modelcontextprotocol/server';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../platform/errors.ts';

/** What handlers find in `context.get('body')`; `undefined` when the request had none. */
export type BodyEnv = { readonly Variables: { body: unknown } };

export const maxBodyBytes = 1024 * 1024;
/** 8,000 levels parse, and overflow the stack when they are written again. */
export const maxJsonDepth = 64;

/** Answers 413 to a body that is too large, before anything reads it. */
export const limitedBody = (answer: (error: AppError, status: 413) => Response): MiddlewareHandler =>
  bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => answer(new AppError('validation_error', `The body has more than ${maxBodyBytes} bytes.`), 413),
  });

/**
 * The request's JSON. Throws `validation_error` for anything else. The content type has to say so too: a web page can
 * send other types across origins without asking first.
 */
export async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === '') return undefined;
  if (!isJsonContentType(request.headers.get('content-type'))) {
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
