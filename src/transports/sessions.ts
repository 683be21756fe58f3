import {
  type AuthInfo,
  type InitializeRequest,
  isInitializeRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import { createOpenRequests, type OpenRequests } from './open-requests.ts';
import { rpcError } from './rpc-error.ts';
import { openingOf, sessionIdOf } from './session-id.ts';

export interface SessionOptions {
  readonly factory: McpServerFactory;
  /** Most sessions at a time; one more ends the one that was used longest ago. */
  readonly max: number;
  /** Of one caller: nobody ends those of others by opening many. */
  readonly maxOfOwner: number;
  /** A session that is not used for so long ends, in ms. */
  readonly idleMs: number;
  readonly onError: (error: Error) => void;
}

export interface Sessions {
  fetch(request: Request, sent: Sent): Promise<Response>;
  readonly size: number;
  close(): Promise<void>;
}

interface Sent {
  readonly body: unknown;
  readonly authInfo: AuthInfo;
  /** Whose request it is: a session is found by whoever opened it only. */
  readonly owner: string;
}

/** What its name says of a session. */
interface Known {
  readonly id: string;
  readonly opening: InitializeRequest;
}

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly owner: string;
  readonly requests: OpenRequests;
}

/** Names of sessions that clients have ended, which are remembered. */
const endedKept = 1000;

/**
 * Clients of 2025-era protocols, which open with `initialize` and keep a session. It identifies nobody. One that is not
 * here, since another replica opened it, or was ended to make room, begins anew under its name: what it was asked and
 * has not answered is lost.
 */
export function createSessions({ factory, max, maxOfOwner, idleMs, onError }: SessionOptions): Sessions {
  const sessions = new LRUCache<string, Session>({
    max,
    ttl: idleMs,
    ttlAutopurge: true,
    updateAgeOnGet: true,
    // Its own `onclose` deletes it, which must not close it again.
    dispose: ({ transport }, _id, reason) => void (reason === 'delete' || transport.close().catch(onError)),
  });

  const ended = new LRUCache<string, true>({ max: endedKept });
  const beginning = new Map<string, Promise<void>>();

  function add(id: string, session: Session): void {
    // From the one that was used longest ago.
    const own = [...sessions.rkeys()].filter((each) => sessions.peek(each)?.owner === session.owner);
    const [oldest = ''] = own;
    if (own.length >= maxOfOwner) sessions.peek(oldest)?.transport.close().catch(onError);
    sessions.set(id, session);
  }

  async function open(request: Request, { body, authInfo, owner }: Sent, name: string): Promise<Response> {
    const requests = createOpenRequests();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => name,
      onsessioninitialized: (id) => add(id, { transport, owner, requests }),
    });
    const send = transport.send.bind(transport);
    transport.send = (message, options) => {
      requests.answered(message);
      return send(message, options);
    };
    const server = await factory({ era: 'legacy', requestInfo: request });
    await server.connect(transport);
    const { onclose } = transport;
    transport.onclose = () => {
      if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
      onclose?.();
    };
    return transport.handleRequest(request, { parsedBody: body, authInfo });
  }

  /** As its client did elsewhere. */
  async function beginAnew(request: Request, sent: Sent, { id, opening }: Known): Promise<void> {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const post = (body: unknown) => new Request(request.url, { method: 'POST', headers, body: JSON.stringify(body) });
    const opened = await open(post(opening), { ...sent, body: opening }, id);
    await opened.text();
    const told = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const session = sessions.get(id);
    await session?.transport.handleRequest(post(told), { parsedBody: told, authInfo: sent.authInfo });
  }

  async function found(request: Request, sent: Sent, id: string): Promise<Session | undefined> {
    const opening = sessions.has(id) || ended.has(id) ? undefined : openingOf(id, sent.owner);
    if (opening !== undefined) {
      const begun = beginning.get(id) ?? beginAnew(request, sent, { id, opening });
      beginning.set(id, begun);
      await begun.finally(() => beginning.delete(id));
    }
    const session = sessions.get(id);
    return session?.owner === sent.owner ? session : undefined;
  }

  return {
    async fetch(request, sent) {
      const { body, authInfo, owner } = sent;
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        if (request.method === 'POST' && isInitializeRequest(body))
          return open(request, sent, sessionIdOf(body, owner));
        return rpcError(400, -32_000, 'Bad Request: open with initialize, then send its Mcp-Session-Id.');
      }
      const session = await found(request, sent, id);
      // 404 tells a client to open a new session (specification 2025-11-25, "Session Management").
      if (session === undefined) return rpcError(404, -32_001, 'Session not found');
      const opened = session.requests.open(body);
      if (opened === undefined) return rpcError(400, -32_600, 'A request with this id has no answer yet.');
      const response = await session.transport.handleRequest(request, { parsedBody: body, authInfo });
      if (!response.ok) opened.forget();
      else if (request.method === 'DELETE') ended.set(id, true);
      return response;
    },
    get size() {
      return sessions.size;
    },
    async close() {
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
    },
  };
}
