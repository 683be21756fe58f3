import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import * as z from 'zod';
import { failureOf } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import type { Connections } from './connections.ts';

/** What Node's parser says of bytes that are no request, or not one that it takes (Node 24, `http.md`, "clientError"). */
const reasons: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The request line and its headers have more than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of a chunk are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come in time.'],
};
const noRequest = [400, 'This is no HTTP request.'] as const;

const withCode = z.object({ code: z.string() });

/**
 * Answers what never becomes a request as everything else is answered, and closes the connection: where one request
 * ends and the next begins is not known any more.
 */
export function answerUnparsable(server: Server, connections: Connections, refused: (status: number) => void): void {
  server.on('clientError', (error, socket) => {
    const { code = '' } = withCode.safeParse(error).data ?? {};
    const gone = code === 'ECONNRESET' || !socket.writable;
    // An answer that has begun would be taken for the rest of it.
    if (gone || (socket instanceof Socket && connections.answers(socket))) {
      socket.destroy();
      return;
    }
    const [status, message] = reasons[code] ?? noRequest;
    refused(status);
    socket.end(answerOf(status, message));
  });
  // Without a listener, Node closes the connection without a word.
  server.on('connect', (_request, socket) => {
    refused(405);
    // The server has given it away: nobody else would close it when the service ends.
    socket.end(answerOf(405, 'This is no proxy.'), () => socket.destroy());
  });
}

/** A whole answer, with its head. */
function answerOf(status: number, message: string): string {
  const requestId = randomUUID();
  const body = JSON.stringify(failureOf(new AppError('validation_error', message), 'request', requestId));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `X-Request-ID: ${requestId}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
