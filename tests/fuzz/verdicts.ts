import { errorTypes } from '../../src/platform/errors.ts';
import type { Canaries } from '../support/canaries.ts';

/** What is wrong with an answer; nothing when it is one of our forms. */
export type Wrong = string | undefined;

const types: ReadonlySet<unknown> = new Set(errorTypes);

interface Structured {
  readonly success?: unknown;
  readonly error_type?: unknown;
}

/** A result of a tool: success, or an error of a known type that is no slip of ours. */
export function wrongResult(result: unknown): Wrong {
  const { success, error_type: type } = (result ?? {}) as Structured;
  if (success === true) return undefined;
  if (success !== false || !types.has(type)) return `neither a result nor an error of ours: ${JSON.stringify(result)}`;
  return type === 'internal_error' ? `internal_error: ${JSON.stringify(result)}` : undefined;
}

interface RpcAnswer {
  readonly jsonrpc?: unknown;
  readonly result?: { readonly structuredContent?: unknown; readonly content?: unknown };
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

/** JSON-RPC's own code of a slip in a server. */
const internal = -32_603;

/** One message of JSON-RPC that answers, notifies or asks. */
export function wrongRpc(message: unknown): Wrong {
  if (Array.isArray(message)) return message.map(wrongRpc).find((wrong) => wrong !== undefined);
  const { jsonrpc, result, error } = (message ?? {}) as RpcAnswer;
  if (jsonrpc !== '2.0') return `not JSON-RPC: ${JSON.stringify(message)}`;
  if (error !== undefined) {
    const { code, message: said } = error;
    // What keeps a report from being read is told so; our own words begin with the type of the error.
    const ours = code === internal && typeof said === 'string' && types.has(said.split(':')[0]);
    if (code === internal && (!ours || said.startsWith('internal_error')))
      return `internal error: ${JSON.stringify(error)}`;
    return typeof code === 'number' && typeof said === 'string' ? undefined : `no error: ${JSON.stringify(error)}`;
  }
  return result?.structuredContent === undefined ? undefined : wrongResult(result.structuredContent);
}

/** Text in which a secret of the cluster shows, or what steers a terminal. */
export function wrongText(text: string, canaries: Canaries): Wrong {
  const leaks = canaries.leaksIn(text);
  if (leaks.length > 0) return `shows ${leaks.join(', ')}`;
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e]/.test(text)
    ? `steers: ${JSON.stringify(text.slice(0, 300))}`
    : undefined;
}

/** Messages of a body that is JSON or a stream of server-sent events. */
export function messagesIn(body: string, type: string | null): readonly unknown[] {
  if (body === '') return [];
  if (type?.includes('text/event-stream') !== true) return [JSON.parse(body)];
  return body
    .split('\n')
    .flatMap((line) => (line.startsWith('data: ') && line.length > 6 ? [JSON.parse(line.slice(6))] : []));
}
