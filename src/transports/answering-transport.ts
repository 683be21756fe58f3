import { PassThrough, type Readable } from 'node:stream';
import type { JSONRPCMessage, RequestId, Transport } from '@modelcontextprotocol/server';

export interface AnsweringTransport extends Transport {
  /** Resolves when the connection is closed, by whom ever. */
  readonly ended: Promise<void>;
}

/**
 * A transport over `stdin` that sees the end of input only when all that was asked has been answered: otherwise the SDK
 * drops what is running, and `printf '…' | kubemend serve` prints nothing (@modelcontextprotocol/server 2.4).
 */
export function answeringTransport(create: (input: Readable) => Transport, stdin: Readable): AnsweringTransport {
  const waiting = new Set<RequestId>();
  const closed = Promise.withResolvers<void>();
  let finish: (() => void) | undefined;
  const settle = (id: RequestId | undefined): void => {
    if (id !== undefined) waiting.delete(id);
    if (waiting.size === 0) finish?.();
  };
  let last: number | undefined = newline;
  const input = new PassThrough({
    transform(chunk: Buffer, _encoding, callback) {
      last = chunk.at(-1);
      callback(null, chunk);
    },
    flush(callback) {
      finish = callback;
      // Whatever the last line is, nothing follows that could make it longer.
      if (last !== newline) this.push('\n');
      // The last line may be on its way still.
      setImmediate(settle, undefined);
    },
  });
  stdin.once('error', () => input.end());
  const inner = create(stdin.pipe(input));

  const outer: AnsweringTransport = {
    ended: closed.promise,
    async start() {
      inner.onmessage = (message, extra) => {
        const asked = requestOf(message);
        if (asked !== undefined) waiting.add(asked);
        outer.onmessage?.(message, extra);
        settle(cancelledBy(message));
      };
      inner.onerror = (error) => outer.onerror?.(error);
      inner.onclose = () => {
        // Reading on would keep the process alive.
        stdin.unpipe(input).pause();
        outer.onclose?.();
        closed.resolve();
      };
      await inner.start();
    },
    async send(message, options) {
      await inner.send(message, options);
      if ('id' in message && !('method' in message)) settle(message.id);
    },
    close: () => inner.close(),
  };
  return outer;
}

const newline = 0x0a;

/** A subscription is never answered, hence never waited for. */
const requestOf = (message: JSONRPCMessage): RequestId | undefined =>
  'method' in message && 'id' in message && message.method !== 'subscriptions/listen' ? message.id : undefined;

function cancelledBy(message: JSONRPCMessage): RequestId | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined;
  const id: unknown = message.params?.['requestId'];
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
