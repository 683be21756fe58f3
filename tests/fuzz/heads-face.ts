import { connect } from 'node:net';
import fc from 'fast-check';
import type { FuzzBed } from './bed.ts';
import { hostileText } from './values.ts';
import { type Wrong, wrongText } from './verdicts.ts';

/** A request as bytes: right, nearly, or none at all. */
export interface Head {
  readonly line: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly cuts: readonly number[];
}

const bodies = fc.constantFrom(
  '',
  '{}',
  '{"namespace":"shop"}',
  '[',
  '{"a":'.repeat(80),
  'x=1',
  '2\r\n{}\r\n0\r\n\r\n',
  'zz\r\n',
);
const methods = fc.constantFrom(
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'HEAD',
  'PATCH',
  'TRACE',
  'CONNECT',
  'get',
  '',
);
const targets = fc.oneof(
  fc.constantFrom(
    '/mcp',
    '/api/v1/tools',
    '/api/v1/tools/list_clusters',
    '/api/v1/tools/%ff',
    '/health',
    '/ready',
    '/docs',
    '/docs/../../etc/passwd',
    '/openapi.json',
    '/.well-known/oauth-protected-resource/mcp',
    '//',
    '*',
    'http://evil.example/mcp',
    '/mcp?x=1#y',
  ),
  hostileText,
);
const oneHeader = fc.oneof(
  fc.constantFrom<[string, string]>(
    ['Host', 'localhost'],
    ['Host', 'evil.example'],
    ['Host', ''],
    ['Origin', 'https://evil.example'],
    ['Origin', 'null'],
    ['Content-Type', 'application/json'],
    ['Content-Type', 'text/plain'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Accept', 'application/json, text/event-stream'],
    ['Accept', '*/*'],
    ['Content-Length', '2'],
    ['Content-Length', '-1'],
    ['Content-Length', '99999999999999999999'],
    ['Transfer-Encoding', 'chunked'],
    ['Transfer-Encoding', 'gzip'],
    ['Expect', '100-continue'],
    ['Upgrade', 'websocket'],
    ['Connection', 'upgrade'],
    ['Authorization', 'Bearer x'],
    ['Mcp-Session-Id', 'x'],
    ['Mcp-Protocol-Version', '2026-07-28'],
    ['Mcp-Protocol-Version', '1999-01-01'],
    ['X-Request-ID', '../../x'],
    ['traceparent', '00-x'],
  ),
  fc.tuple(hostileText, hostileText),
);

export const head: fc.Arbitrary<Head> = fc.record({
  line: fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(methods, targets, fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', ''))
        .map((parts) => parts.join(' ')),
    },
    { weight: 1, arbitrary: hostileText },
  ),
  headers: fc.array(oneHeader, { maxLength: 12 }),
  body: bodies,
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
});

const patienceMs = 10_000;

/** Sends the bytes in pieces and says no more; every answer is a refusal or a result, none is a slip. */
export async function overSocket({ service, canaries }: FuzzBed, { line, headers, body, cuts }: Head): Promise<Wrong> {
  const lines = [line, 'Connection: close', 'Host: localhost', ...headers.map(([name, value]) => `${name}: ${value}`)];
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const places = [0, ...cuts.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b), bytes.length];
  const { hostname, port } = new URL(service.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const chunks: Buffer[] = [];
  const closed = new Promise<'closed'>((resolve) => {
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    // A reset is an answer, too.
    socket.on('error', () => resolve('closed'));
    socket.on('close', () => resolve('closed'));
    socket.on('end', () => resolve('closed'));
  });
  for (const [index, end] of places.slice(1).entries()) {
    socket.write(bytes.subarray(places[index], end));
    // In packets of their own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  const late = AbortSignal.timeout(patienceMs);
  const how = await Promise.race([
    closed,
    new Promise<'late'>((resolve) => late.addEventListener('abort', () => resolve('late'), { once: true })),
  ]);
  socket.destroy();
  const text = Buffer.concat(chunks).toString('latin1');
  if (how === 'late') return `left open after ${patienceMs} ms: ${JSON.stringify(text.slice(0, 200))}`;
  const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
  const slip = statuses.find((status) => status === 500 || status === 502);
  return slip === undefined ? wrongText(text.replaceAll('\r', ''), canaries) : `status ${slip}: ${text}`;
}
