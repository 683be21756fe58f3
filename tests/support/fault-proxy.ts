import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a connection meets instead of the server. */
export type Fault =
  /** It is closed as soon as it comes. */
  | 'close'
  /** It is taken, and nothing ever comes back. */
  | 'hang'
  /** So many bytes of what the server says come back; then nothing more, or a reset. */
  | { readonly hangAfter: number }
  | { readonly resetAfter: number }
  /** What the server says comes back in pieces of so many bytes, with a pause after each. */
  | { readonly piece: number; readonly everyMs: number }
  /** What the server says comes back so much later. */
  | { readonly lateMs: number }
  /** Bytes of one's own come back, whatever is asked; then the connection is closed. */
  | { readonly says: string };

/** Stands between a client and any server of TCP on loopback: an API server, Redis, an identity provider. */
export interface FaultProxy {
  readonly port: number;
  /** Where the server listens. */
  upstream: number;
  /** Of connections from now on, and of what still comes through those that are open; `undefined` lets everything through. */
  fault: Fault | undefined;
  /** Connections that came so far. */
  readonly connections: number;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function aFaultProxy(upstream = 0): Promise<FaultProxy> {
  const open = new Set<Socket>();
  let connections = 0;
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    connections += 1;
    keep(client);
    const { fault } = proxy;
    if (fault === 'close') client.destroy();
    else if (fault === 'hang') client.resume();
    else if (fault !== undefined && 'says' in fault) client.once('data', () => client.end(fault.says));
    else join(client);
  });
  function join(client: Socket): void {
    const behind = keep(connect(proxy.upstream, '127.0.0.1'));
    client.pipe(behind);
    client.on('close', () => behind.destroy());
    behind.on('close', () => client.destroy());
    void passOn(behind, client, proxy).catch(() => client.destroy());
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = {
    port: (server.address() as AddressInfo).port,
    upstream,
    fault: undefined as Fault | undefined,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
  return proxy;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Hands on what the server says, as the fault of that moment has it. */
async function passOn(behind: Socket, client: Socket, proxy: Pick<FaultProxy, 'fault'>): Promise<void> {
  let passed = 0;
  for await (const chunk of behind.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const { fault } = proxy;
    // As behind a network that is gone: what is open stays so, and stays dead.
    if (fault === 'hang') return;
    if (fault === 'close' || (typeof fault === 'object' && 'says' in fault)) return void client.destroy();
    const cut = cutOf(fault);
    if (cut !== undefined && passed + chunk.length > cut) {
      client.write(chunk.subarray(0, Math.max(0, cut - passed)));
      return void (fault !== undefined && 'resetAfter' in fault && client.resetAndDestroy());
    }
    passed += chunk.length;
    if (fault !== undefined && 'lateMs' in fault) await pause(fault.lateMs);
    const { piece = chunk.length, everyMs = 0 } = fault !== undefined && 'piece' in fault ? fault : {};
    for (let at = 0; at < chunk.length; at += piece) {
      client.write(chunk.subarray(at, at + piece));
      if (everyMs > 0) await pause(everyMs);
    }
  }
}

function cutOf(fault: Exclude<Fault, string> | undefined): number | undefined {
  if (fault === undefined) return undefined;
  if ('hangAfter' in fault) return fault.hangAfter;
  return 'resetAfter' in fault ? fault.resetAfter : undefined;
}
