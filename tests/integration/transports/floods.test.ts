import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServiceProcess, type ServiceProcess } from '../../support/service-process.ts';

const megabyte = 1e6;
let service: ServiceProcess;
beforeAll(async () => {
  service = await aServiceProcess('src/main.ts', ['--demo'], { RATE_LIMIT_ENABLED: 'false' });
  // What the first call loads is no part of what a flood costs.
  for (const path of ['/api/v1/tools/list_clusters', '/mcp', '/nowhere'])
    await fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
}, 60_000);
afterAll(() => service.stop());

interface Flood {
  /** What was answered, before the connection was closed or all was sent. */
  readonly text: string;
  readonly sentBytes: number;
}

/** Sends a head, and then one chunk over and over, until the service closes the connection or so many bytes are sent. */
async function flood(head: string, chunk: string, bytes: number): Promise<Flood> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1').setMaxListeners(0);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  let text = '';
  socket.on('data', (data) => {
    text += String(data);
  });
  socket.on('error', () => {});
  socket.write(head);
  let sentBytes = 0;
  while (!socket.destroyed && sentBytes < bytes) {
    sentBytes += chunk.length;
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
  }
  socket.end();
  await closed;
  return { text, sentBytes };
}

const head = (line: string, ...headers: readonly string[]): string =>
  `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`;
const spaces = ' '.repeat(65_536);
const ofAGigabyte = `Content-Length: ${1_000 * megabyte}`;
const chunk = `10000\r\n${spaces}\r\n`;

describe('a gigabyte', { timeout: 60_000 }, () => {
  it.each([
    ['to a tool', head('POST /api/v1/tools/list_clusters', ofAGigabyte), spaces, 413],
    ['to a tool, in chunks', head('POST /api/v1/tools/list_clusters', 'Transfer-Encoding: chunked'), chunk, 413],
    ['to MCP', head('POST /mcp', ofAGigabyte), spaces, 413],
    ['to MCP, in chunks', head('POST /mcp', 'Transfer-Encoding: chunked'), chunk, 413],
    ['to nothing', head('POST /nowhere', ofAGigabyte), spaces, 413],
    ['behind a question', head('GET /api/v1/tools', ofAGigabyte), spaces, 200],
    ['behind a question, in chunks', head('GET /health', 'Transfer-Encoding: chunked'), chunk, 200],
    ['in a path', 'GET /', 'x'.repeat(65_536), 431],
    ['in a header', 'GET / HTTP/1.1\r\nX: ', 'x'.repeat(65_536), 431],
    ['of headers', 'GET / HTTP/1.1\r\n', 'X: x\r\n'.repeat(10_000), 431],
  ])('%s is refused long before its end, and costs no memory', async (_what, begun, more, status) => {
    const before = await service.metric('process_resident_memory_bytes');
    const { text, sentBytes } = await flood(begun, more, 1_000 * megabyte);
    const after = await service.metric('process_resident_memory_bytes');

    // Whoever goes on sending may miss the answer: the connection is reset.
    expect(['', `HTTP/1.1 ${status}`]).toContain(text.slice(0, 12));
    expect(sentBytes).toBeLessThan(1_000 * megabyte);
    expect(after - before).toBeLessThan(100 * megabyte);
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
  });
});
