import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpService } from '../../../src/transports/http.ts';
import { aPost } from './http-fixture.ts';
import { aRunningService } from './service-fixture.ts';

let service: HttpService;
beforeAll(async () => {
  service = await aRunningService();
});
afterAll(() => service.stop());

const mebibyte = 1024 * 1024;
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
/** Arguments with a list of so many levels, which the tool does not know: what is parsed is refused by name. */
const deep = (levels: number): string => `{"text":"x","deep":${nested(levels - 1)}}`;
/** Arguments that are so many bytes long. */
const long = (bytes: number): string => `{"text":"${'x'.repeat(bytes - 11)}"}`;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${service.url}${path}`, init);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
const typed = (type: string, body: RequestInit['body'] = '{"text":"x"}') => ({
  ...aPost(''),
  headers: { 'content-type': type },
  body: body ?? null,
});
const form = new FormData();
form.set('text', 'x');

describe.each([
  ['REST', '/api/v1/tools/echo_text', { success: false, error_type: 'validation_error', error: expect.any(String) }],
  ['MCP', '/mcp', { jsonrpc: '2.0', id: null, error: { code: expect.any(Number), message: expect.any(String) } }],
])('a body that %s does not take', (_face, path, refused) => {
  it.each<readonly [string, RequestInit, number]>([
    ['a form', typed('application/x-www-form-urlencoded', new URLSearchParams({ text: 'x' })), 415],
    ['an empty form', typed('application/x-www-form-urlencoded', ''), 415],
    ['a form with files', { method: 'POST', body: form }, 415],
    ['text that looks like JSON', typed('text/plain'), 415],
    ['text that a page marks as JSON', typed('text/plain; a=application/json'), 415],
    ['of another charset', typed('application/json; charset=utf-16le'), 415],
    ['without a type', { method: 'POST', body: Buffer.from('{"text":"x"}') }, 415],
    ['compressed', aPost('', { 'content-encoding': 'gzip' }), 415],
    ['no UTF-8', typed('application/json', Buffer.from([0x22, 0xff, 0xfe, 0x22])), 400],
    ['half', aPost('{"text":'), 400],
    ['two', aPost('{}{}'), 400],
    ['a byte larger than may be', aPost(long(mebibyte + 1)), 413],
    ['a level deeper than may be', aPost(deep(65)), 400],
    ['8,000 levels deep', aPost(deep(8_000)), 400],
    ['64,000 levels deep', aPost(deep(64_000)), 400],
    ['many brackets without an end', aPost('[{"a":'.repeat(170_000)), 400],
  ])('because it is %s', async (_what, init, status) => {
    expect(await post(path, init)).toMatchObject({ status, body: refused });
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
  });

  it('because it would be a thousand times as large once unpacked', async () => {
    const packed = { ...aPost('', { 'content-encoding': 'gzip' }), body: gzipSync(Buffer.alloc(64 * mebibyte, ' ')) };

    expect(await post(path, packed)).toMatchObject({ status: 415, body: refused });
  });
});

describe('a body at a limit', () => {
  it('may be as large as that', async () => {
    const answer = await post('/api/v1/tools/echo_text', aPost(long(mebibyte)));

    expect(answer).toMatchObject({ status: 400, body: { details: { problems: [{ path: 'text' }] } } });
  });

  it('may be as deep as that', async () => {
    const answer = await post('/api/v1/tools/echo_text', aPost(deep(64)));

    expect(answer).toMatchObject({ status: 400, body: { details: { problems: [{ path: 'deep' }] } } });
  });

  it('may begin with a mark of its order of bytes', async () => {
    expect(await post('/api/v1/tools/echo_text', aPost('\uFEFF{"text":"x"}'))).toMatchObject({ status: 200 });
  });
});

describe('arguments', () => {
  it.each([
    ['__proto__', '{"text":"x","__proto__":{"text":"y"}}'],
    ['constructor', '{"text":"x","constructor":{"prototype":{"polluted":1}}}'],
  ])('with %s are refused, and change nothing else', async (path, body) => {
    expect(await post('/api/v1/tools/echo_text', aPost(body))).toMatchObject({
      status: 400,
      body: { details: { problems: [{ path }] } },
    });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('are told to be wrong without being repeated', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`unknown_${index}`, 'x'.repeat(20)]));
    const answer = await post('/api/v1/tools/echo_text', aPost(many));

    expect(answer).toMatchObject({ status: 400, body: { error_type: 'validation_error' } });
    expect(JSON.stringify(answer.body).length).toBeLessThan(256 * 1024);
  });

  it('with a long name are told to be wrong in few words', async () => {
    const answer = await post('/api/v1/tools/echo_text', aPost({ text: 'x', ['n'.repeat(900_000)]: 1 }));

    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body).length).toBeLessThan(64 * 1024);
  });
});

describe('an id of a request', () => {
  it.each([
    ['as long as may be', 'x'.repeat(64), true],
    ['a character longer', 'x'.repeat(65), false],
    ['a hundred times as long', 'x'.repeat(6_400), false],
    ['with other characters', 'a\u00e9', false],
    ['that would end its line of the log', 'a%0a{"level":"fatal"}', false],
  ])('%s', async (_what, id, kept) => {
    const { headers } = await fetch(`${service.url}/health`, { headers: { 'x-request-id': id } });

    expect(headers.get('x-request-id') === id).toBe(kept);
  });
});
