import { randomUUID } from 'node:crypto';
import {
  isInitializeRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import { rpcError } from './rpc-error.ts';

export interface SessionOptions {
  readonly factory: McpServerFactory;
  /** Most sessions at a time; one more ends the one that was used longest ago. */
  readonly max: number;
  /** A session that is not used for so long ends, in ms. */
  readonly idleMs: number;
  readonly onError: (error: Error) => void;
}

export interface Sessions {
  fetch(request: Request, body: unknown): Promise<Response>;
  readonly size: number;
  close(): Promise<void>;
}

/** Clients of 2025-era protocols, which open with `initialize` and keep a session. It identifies nobody. */
export function createSessions({ factory, max, idleMs, onError }: SessionOptions): Sessions {
  const transports = new LRUCache<string, WebStandardStreamableHTTPServerTransport>({
    max,
    ttl: idleMs,
    ttlAutopurge: true,
    updateAgeOnGet: true,
    // Its own `onclose` deletes it, which must not close it again.
    dispose: (transport, _id, reason) => void (reason === 'delete' || transport.close().catch(onError)),
  });

  async function open(request: Request, body: unknown): Promise<Response> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    const server = await factory({ era: 'legacy', requestInfo: request });
    await server.connect(transport);
    const { onclose } = transport;
    transport.onclose = () => {
      if (transport.sessionId !== undefined) transports.delete(transport.sessionId);
      onclose?.();
    };
    return transport.handleRequest(request, { parsedBody: body });
  }

  return {
    async fetch(request, body) {
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        if (request.method === 'POST' && isInitializeRequest(body)) return open(request, body);
        return rpcError(400, -32_000, 'Bad Request: open with initialize, then send its Mcp-Session-Id.');
      }
      const transport = transports.get(id);
      // 404 tells a client to open a new session (specification 2025-11-25, "Session Management").
      if (transport === undefined) return rpcError(404, -32_001, 'Session not found');
      return transport.handleRequest(request, { parsedBody: body });
    },
    get size() {
      return transports.size;
    },
    async close() {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}
