import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/platform/logging.ts';
import { tools } from '../../../src/tools/index.ts';
import { createMcpFactory } from '../../../src/transports/mcp.ts';
import { serveOverStdio } from '../../../src/transports/stdio.ts';
import { rulePages, someClusters, somePipeline } from './fixtures.ts';
import { aClient, anApp, aPost } from './http-fixture.ts';

// The real catalogue over clusters that fail on every use: nothing that is wrong may get that far unnoticed, or be
// answered by anything but one of our errors.
const pipeline = somePipeline({ tools });
const app = anApp({ pipeline, call: { tools } });
const names = tools.map(({ name }) => name);
const keys = [...new Set(tools.flatMap(({ input }) => Object.keys(input.shape)))];

const hostile = fc.oneof(
  fc.constantFrom('', '..', 'a/../b', '%2f', 'a\nb', 'x'.repeat(10_000), '\u202e', '\u0000', 'kube-system', 'Ünïcode'),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 3 }),
);
const someKey = fc.oneof(fc.constantFrom(...keys, '__proto__', 'constructor'), fc.string());
const fields = fc.dictionary(someKey, hostile, { maxKeys: 6 });
const anyName = fc.oneof(fc.constantFrom(...names), fc.string());
const record = fc.record({ name: anyName, args: fields });
const call = fc.record({ name: anyName, args: fc.oneof(fields, fc.jsonValue({ maxDepth: 4 })) });

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};

/** What is answered to these messages until the input ends. */
async function overStdio(messages: readonly object[]): Promise<readonly { readonly id: number }[]> {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const factory = createMcpFactory({
    service: async () => ({ pipeline, clusters: someClusters(), rules: rulePages, assets: '/nowhere' }),
    version: '0.0.0',
  });
  const { signal } = new AbortController();
  const written = text(stdout);
  stdin.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  await serveOverStdio({ factory, stdin, stdout, log: silentLogger, signal });
  stdout.end();
  const lines = (await written).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { readonly id: number });
}

/** What a call may come to; `internal_error` is what the clusters of these tests end in. */
const statuses = [200, 400, 403, 404, 500];

describe('whatever is asked', () => {
  it('is answered by REST with a result or one of our errors', async () => {
    await fc.assert(
      fc.asyncProperty(call, async ({ name, args: body }) => {
        const path = `/api/v1/tools/${encodeURIComponent(name.toWellFormed())}`;
        const response = await app.fetch(path, aPost(JSON.stringify(body)));
        const text = await response.text();

        expect(statuses).toContain(response.status);
        expect(JSON.parse(text)).toMatchObject({ success: response.status === 200 });
        expect(text).not.toContain('not expected');
      }),
      { numRuns: 300 },
    );
  });

  it.each(['modern', 'legacy'] as const)('is answered by MCP over HTTP to a %s client', async (era) => {
    const client = await aClient(app, era);

    await fc.assert(
      fc.asyncProperty(record, async ({ name, args: given }) => {
        const answer = await client
          .callTool({ name, arguments: given })
          .then(({ structuredContent }) => (structuredContent as { success?: unknown }).success)
          .catch((error: { code?: unknown }) => error.code);

        expect([true, false, ProtocolErrorCode.InvalidParams]).toContain(answer);
      }),
      { numRuns: 150 },
    );
  });

  it('is answered over stdio, every request once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 10 }), async (calls) => {
        const requests = calls.map(({ name, args: given }, index) => ({
          jsonrpc: '2.0',
          id: index + 2,
          method: 'tools/call',
          params: { name, arguments: given },
        }));

        const answers = await overStdio([initialize, ...requests]);

        expect(answers.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([1, ...requests.map(({ id }) => id)]);
      }),
      { numRuns: 30 },
    );
  });

  it('is refused by /mcp when it is any JSON at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (body) => {
        const { status } = await app.fetch('/mcp', aPost(body.toWellFormed()));

        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});
