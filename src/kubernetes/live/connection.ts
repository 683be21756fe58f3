import { createHash } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import type { Credentials, LoadCredentials } from './credentials.ts';

/** What one request needs. */
export interface Connection {
  readonly dispatcher: Dispatcher;
  /** The API server's URL without a slash at its end. */
  readonly server: string;
  readonly proxy: Credentials['proxy'];
  readonly headers: Credentials['headers'];
  /** When something last came back over its sockets, as `performance.now()` has it. */
  readonly heard: { at: number };
  /** Told of each request that begins. */
  readonly began: () => void;
}

export interface Connector {
  connect(signal: AbortSignal): Promise<Connection>;
  /** After a 401 on `stale`: new credentials, asked for once however many requests failed with the old ones. */
  reconnect(stale: Connection, signal: AbortSignal): Promise<Connection>;
  /**
   * After a request that was sent at `sentAt` and given up before anything came back: when nothing else came either, the
   * sockets may be dead, and the next requests go over new ones. undici (8.12) looks after a timeout of its own only, and
   * many callers are less patient; TCP gives up after a quarter of an hour.
   */
  doubt(connection: Connection, sentAt: number): void;
  /** Calls back once what waited for a connection was sent. Returns how to forget that. */
  onceSent(told: () => void): () => void;
  close(): Promise<void>;
}

export interface Limits {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly sockets?: number | undefined;
}

/** Expired tokens and renewed certificate files are noticed within this time; before it nothing is read again. */
const credentialsFreshMs = 30_000;
/** Sockets to a server that speaks no HTTP/2; more requests wait for one. Each costs a handshake. */
const usualSockets = 8;
/** A new HTTP/2 connection takes one request, and the others once the server's settings have come (undici 8.12). */
const allGo = 2;
/** HTTP/2 windows in bytes: a stream's as in Go's client, which kubectl uses; undici's own slow large lists. */
const http2Windows = { initialWindowSize: 4 * 1024 * 1024, connectionWindowSize: 64 * 1024 * 1024 };

/** Keeps one pool of connections to an API server, made on first use and again when the TLS material changes. */
export function createConnector(load: LoadCredentials, limits: Limits): Connector {
  let current: { connection: Connection; fingerprint: string; loadedAt: number } | undefined;
  let loading: Promise<Connection> | undefined;
  let closed = false;
  let requests = 0;
  const waiting = new Set<() => void>();

  async function renew(refresh: boolean): Promise<Connection> {
    const credentials = await load({ refresh });
    const fingerprint = fingerprintOf(credentials);
    const { server, proxy, headers } = credentials;
    const kept = current?.fingerprint === fingerprint ? current.connection : undefined;
    const dispatcher = kept?.dispatcher ?? createDispatcher(credentials, limits);
    const heard = kept?.heard ?? { at: 0 };
    // Closing lets requests on the old sockets end.
    if (kept === undefined) void current?.connection.dispatcher.close();
    current = {
      connection: { dispatcher, server, proxy, headers, heard, began },
      fingerprint,
      loadedAt: performance.now(),
    };
    if (closed) await dispatcher.destroy();
    return current.connection;
  }

  function began(): void {
    requests += 1;
    if (requests < allGo) return;
    // What begins in one turn is written at its end.
    for (const told of waiting) setImmediate(told);
    waiting.clear();
  }

  /** One load for all who ask meanwhile; whoever gives up waits no longer. */
  function loaded(refresh: boolean, signal: AbortSignal): Promise<Connection> {
    loading ??= renew(refresh).finally(() => {
      loading = undefined;
    });
    return unlessAborted(loading, signal);
  }

  return {
    async connect(signal) {
      signal.throwIfAborted();
      const fresh = current !== undefined && performance.now() - current.loadedAt < credentialsFreshMs;
      return fresh && current !== undefined ? current.connection : loaded(false, signal);
    },
    async reconnect(stale, signal) {
      const renewed = current !== undefined && current.connection !== stale;
      return renewed && current !== undefined ? current.connection : loaded(true, signal);
    },
    doubt({ dispatcher, heard }, sentAt) {
      const silent = heard.at < sentAt && performance.now() - sentAt > limits.connectMs;
      if (!silent || current?.connection.dispatcher !== dispatcher) return;
      void dispatcher.close();
      current = undefined;
    },
    onceSent(told) {
      if (requests >= allGo) setImmediate(told);
      else waiting.add(told);
      return () => waiting.delete(told);
    },
    async close() {
      closed = true;
      await current?.connection.dispatcher.destroy();
    },
  };
}

/** One connection over HTTP/2 where the server speaks it, as API servers do. */
function createDispatcher(
  { tls, proxy }: Credentials,
  { connectMs, headersMs, sockets = usualSockets }: Limits,
): Dispatcher {
  const common = {
    connections: sockets,
    headersTimeout: headersMs,
    bodyTimeout: headersMs,
    keepAliveTimeout: 30_000,
    allowH2: true,
    h2Options: http2Windows,
  };
  if (proxy !== undefined) return new ProxyAgent({ ...common, uri: proxy, requestTls: { ...tls, timeout: connectMs } });
  // Parsed once for all sockets; a server name and `rejectUnauthorized` are no part of it.
  const secureContext = createSecureContext(tls);
  return new Agent({
    ...common,
    connect: { ...tls, secureContext, timeout: connectMs, keepAlive: true, keepAliveInitialDelay: 30_000 },
  });
}

const fingerprintOf = ({ server, tls, proxy }: Credentials): string =>
  createHash('sha256').update(JSON.stringify({ server, tls, proxy })).digest('base64');
