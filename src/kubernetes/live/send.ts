import type { Dispatcher } from 'undici';
import type { Identity } from '../../engines/access/request.ts';
import { currentTraceparent } from '../../platform/request-context.ts';
import type { Connection } from './connection.ts';

export interface Sent {
  /** Path and query, encoded. */
  readonly path: string;
  readonly accept?: string | undefined;
  /** JSON to send. */
  readonly post?: unknown;
  /** Of what has something to send; default POST. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  /** Of what is sent; default `application/json`. */
  readonly contentType?: string | undefined;
  /** Whose request it is, when not that of the credentials. */
  readonly impersonate?: Identity | undefined;
  /** How long what is sent may go unanswered, in ms; as long as any request by default. */
  readonly headersMs?: number | undefined;
}

export interface Sending {
  readonly requestId: () => string | undefined;
  readonly userAgent?: string | undefined;
  readonly signal: AbortSignal;
  /** Of a stream: how long nothing may come, in ms. */
  readonly idleMs?: number | undefined;
}

/** One request as it goes out. */
export function optionsOf(
  connection: Connection,
  request: Sent,
  { requestId, userAgent, idleMs }: Sending,
): Dispatcher.DispatchOptions {
  const id = requestId();
  const traceparent = currentTraceparent();
  const { origin, pathname } = new URL(connection.server);
  return {
    origin,
    path: `${pathname === '/' ? '' : pathname}${request.path}`,
    method: request.post === undefined ? 'GET' : (request.method ?? 'POST'),
    ...(idleMs !== undefined && { bodyTimeout: idleMs }),
    headers: {
      accept: request.accept ?? 'application/json',
      // A stream is wanted line by line, not when a block is full.
      'accept-encoding': idleMs === undefined ? 'gzip' : 'identity',
      'user-agent': userAgent ?? 'kubemend',
      ...(request.post !== undefined && { 'content-type': request.contentType ?? 'application/json' }),
      ...(id !== undefined && { 'x-request-id': id, 'audit-id': id }),
      ...(traceparent !== undefined && { traceparent }),
      ...connection.headers,
      ...(request.impersonate !== undefined && impersonation(request.impersonate)),
    },
    ...(request.post !== undefined && {
      body: JSON.stringify(request.post),
      ...(request.headersMs !== undefined && { headersTimeout: request.headersMs }),
    }),
  };
}

/** Values of headers have no characters beyond ASCII. */
const impersonation = ({ user, groups }: Identity) => ({
  'impersonate-user': encodeURI(user),
  ...(groups.length > 0 && { 'impersonate-group': groups.map(encodeURI) }),
});

/** Sends one request whose answer comes as a stream. No redirect is followed: undici follows none unless told. */
export async function send(connection: Connection, request: Sent, sending: Sending) {
  const options = { ...optionsOf(connection, request, sending), signal: sending.signal };
  const { statusCode, body } = await connection.dispatcher.request(options);
  return { status: statusCode, body };
}
