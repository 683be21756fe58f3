import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { boundConnections } from './connections.ts';
import { answerUnparsable } from './unparsable.ts';

const limits = {
  // Node's own let a client that sends one byte at a time hold a connection for over 15 s.
  headersTimeout: 5000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 500,
  // Longer than the 60 s for which load balancers keep a connection: they would use one that is being closed.
  keepAliveTimeout: 65_000,
  // Said in our own form.
  requireHostHeader: false,
};
const maxConnections = 1024;
/** Connections that wait to be let in, where the kernel allows as many: one that finds no room here tries again after a second. */
const backlog = 4096;

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Told the status of whatever is refused before it is a request. */
  readonly refused?: ((status: number) => void) | undefined;
}

/** An HTTP server that listens. Throws when the address is taken or not ours. */
export async function listen(
  handler: RequestListener,
  { host, port, refused = () => {} }: ListenOptions,
): Promise<Server> {
  const server = createServer(limits, handler);
  answerUnparsable(server, boundConnections(server, maxConnections), refused);
  // Whoever asks whether to send a body is told so once it is wanted (`json-body.ts`); other expectations are passed over.
  for (const expectation of ['checkContinue', 'checkExpectation'])
    server.on(expectation, (request: IncomingMessage, response: ServerResponse) =>
      server.emit('request', request, response),
    );
  server.listen({ port, host: host.replace(/^\[(.*)\]$/, '$1'), backlog });
  await once(server, 'listening');
  return server;
}

/** Where a server listens, as a URL without a path. */
export function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
