import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noMetrics } from '../../../src/platform/metrics.ts';
import type { HttpService } from '../../../src/transports/http.ts';
import { answered, exchanged, request } from '../../support/raw-http.ts';
import { aRunningService } from './service-fixture.ts';

const counted: unknown[] = [];
let service: HttpService;
beforeAll(async () => {
  const metrics = { ...noMetrics, httpRequest: (seen: unknown) => void counted.push(seen) };
  service = await aRunningService({ metrics });
});
afterAll(() => service.stop());

const host = 'Host: localhost';
const json = 'Content-Type: application/json';
const tool = 'POST /api/v1/tools/echo_text';
const refused = { success: false, error_type: 'validation_error', error: expect.any(String) };
const lives = async () => (await fetch(`${service.url}/health`)).status;

describe('bytes that are no request', () => {
  it.each([
    ['has no method', '\u0000\u0001 garbage\r\n\r\n', 400],
    ['has no Host', request('GET /health'), 400],
    ['is of an older version without a Host', 'GET /health HTTP/1.0\r\n\r\n', 400],
    ['is of a version that is none', `GET /health HTTP/9.9\r\n${host}\r\n\r\n`, 400],
    ['begins HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['has bare line feeds', 'GET /health HTTP/1.1\nHost: localhost\n\n', 400],
    ['has a blank before a colon', 'GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n', 400],
    ['folds a header', request('GET /health', [host, 'X: a\r\n b']), 400],
    ['has a null byte in its path', request('GET /health\u0000x', [host]), 400],
    ['has a null byte in a header', request('GET /health', [host, 'X: a\u0000b']), 400],
    ['has no slash', request('GET health', [host]), 400],
    ['has a backslash', request('GET /\\health', [host]), 400],
    ['asks about the server as a whole', request('OPTIONS *', [host]), 400],
    ['wants a proxy', `CONNECT elsewhere.example:443 HTTP/1.1\r\n${host}\r\n\r\n`, 405],
    ['has two lengths', request(tool, [host, json, 'Content-Length: 2', 'Content-Length: 3'], '{}'), 400],
    ['has a negative length', request(tool, [host, json, 'Content-Length: -1'], '{}'), 400],
    ['has a length without end', request(tool, [host, json, `Content-Length: ${'9'.repeat(30)}`], '{}'), 400],
    [
      'has a length and chunks',
      request(tool, [host, json, 'Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\nGET /x HTTP/1.1\r\n'),
      400,
    ],
    ['has chunks twice', request(tool, [host, json, 'Transfer-Encoding: chunked, chunked'], '0\r\n\r\n'), 400],
    ['has a chunk without a size', request(tool, [host, json, 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n'), 400],
    [
      'hides bytes behind a chunk',
      request(tool, [host, json, 'Transfer-Encoding: chunked'], `2;${'x'.repeat(17_000)}\r\n`),
      413,
    ],
    ['has a head of more than 16 KiB', request('GET /health', [host, `X: ${'x'.repeat(17_000)}`]), 431],
    ['has a path of more than 16 KiB', request(`GET /${'x'.repeat(17_000)}`, [host]), 431],
    ['has thousands of headers', request('GET /health', [host, ...Array.from({ length: 5_000 }, () => 'a: 1')]), 431],
  ])('are answered, counted and forgotten when one %s', async (_what, bytes, status) => {
    const before = counted.length;
    const answer = await answered(service.url, bytes);

    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([status, refused]);
    expect(answer.headers).toMatchObject({
      connection: 'close',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(counted.slice(before)).toContainEqual({ method: 'other', route: 'other', code: status });
    expect(await lives()).toBe(200);
  });

  it('end a connection without a word where an answer has begun', async () => {
    const text = await exchanged(service.url, `GET /health HTTP/1.1\r\n${host}\r\n\r\n\u0000\u0000\r\n\r\n`);

    expect(text.match(/HTTP\/1\.1 \d+/g)?.length).toBeLessThanOrEqual(2);
    expect(await lives()).toBe(200);
  });
});

describe('a request that is unusual', () => {
  it('may be of an older version', async () => {
    expect((await answered(service.url, `GET /health HTTP/1.0\r\n${host}\r\n\r\n`)).status).toBe(200);
  });

  it('may follow on another before that is answered', async () => {
    const two = `GET /health HTTP/1.1\r\n${host}\r\n\r\n${request('GET /nowhere', [host])}`;

    expect((await exchanged(service.url, two)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404']);
  });

  it('may offer another protocol, which is not taken', async () => {
    const headers = [host, 'Upgrade: h2c'];
    const answer = await answered(service.url, `${request('GET /health', headers).trimEnd()}, Upgrade\r\n\r\n`);

    expect(answer).toMatchObject({ status: 200, headers: expect.not.objectContaining({ upgrade: 'h2c' }) });
  });

  it('may wait until its body is wanted', async () => {
    const headers = [host, json, 'Expect: 100-continue', 'Content-Length: 12'];

    expect(await exchanged(service.url, request(tool, headers, '{"text":"x"}'))).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/,
    );
  });

  it('is told at once when its body is not wanted', async () => {
    const headers = [host, json, 'Expect: 100-continue', 'Content-Length: 1048577'];

    expect(await exchanged(service.url, request(tool, headers))).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each([
    ['TRACE /health', 404],
    ['PROPFIND /api/v1/tools', 404],
    ['GET //localhost/health', 404],
    ['GET /api/v1//tools', 404],
    ['GET /docs/../../etc/passwd', 404],
    ['GET /docs/%2e%2e%2f%2e%2e%2fpackage.json', 404],
    ['GET /docs/..%5c..%5cpackage.json', 404],
    ['POST /api/v1/tools/%zz', 404],
    ['POST /api/v1/tools/%ff%fe', 404],
    ['POST /api/v1/tools/%00', 404],
    ['POST /api/v1/tools/echo_text%2f', 404],
    ['POST /api/v1/tools/__proto__', 404],
    [`GET /${'x'.repeat(15_000)}`, 404],
    ['GET http://localhost/api/v1/tools', 200],
    ['GET http://elsewhere.example/api/v1/tools', 403],
  ])('%s is answered by %i, and no more of it repeated than a line', async (line, status) => {
    const answer = await answered(service.url, request(line, [host, json]));

    expect(answer.status).toBe(status);
    expect(status === 200 ? 0 : answer.body.length).toBeLessThan(600);
  });

  it('with two hosts is refused', async () => {
    const answer = await answered(service.url, request('GET /api/v1/tools', [host, 'Host: elsewhere.example']));

    expect(answer.status).toBe(403);
  });
});
