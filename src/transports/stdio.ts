import type { Readable, Writable } from 'node:stream';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Logger } from '../platform/logging.ts';
import { answeringTransport } from './answering-transport.ts';
import { protocolProblem } from './protocol-problem.ts';

export interface StdioOptions {
  readonly factory: McpServerFactory;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly log: Logger;
  /** Ends the connection, and the calls that are running. */
  readonly signal: AbortSignal;
}

/**
 * Serves MCP until the client closes its end, stops listening, or `signal` aborts; all of these are normal ends. Bad
 * lines are logged and skipped.
 */
export async function serveOverStdio({ factory, stdin, stdout, log, signal }: StdioOptions): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const transport = answeringTransport((input) => new StdioServerTransport(input, stdout), stdin);
  const handle = serveStdio(factory, {
    transport,
    onerror: (error) => log.warn({ problem: protocolProblem(error) }, 'protocol error'),
  });
  void transport.ended.then(ended.resolve);
  stdout.once('error', () => ended.resolve());
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  if (signal.aborted) ended.resolve();
  await ended.promise;
  await handle.close();
}
