import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

/** Node's own limits let a client that sends one byte at a time hold a connection for over 15 s. */
const limits = { headersTimeout: 5000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };
const maxConnections = 1024;

/** An HTTP server that listens. Throws when the address is taken or not ours. */
export async function listen(handler: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer(limits, handler);
  server.maxConnections = maxConnections;
  server.listen(port, host.replace(/^\[(.*)\]$/, '$1'));
  await once(server, 'listening');
  return server;
}

/** Where a server listens, as a URL without a path. */
export function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
