import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('stdio-server.ts', import.meta.url));
const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

const running: ChildProcessWithoutNullStreams[] = [];
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function aServer(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, args.length === 0 ? [script] : args);
  running.push(child);
  return child;
}

async function aClient(era: 'modern' | 'legacy'): Promise<Client> {
  const client = new Client(
    { name: 't', version: '1' },
    era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {},
  );
  clients.push(client);
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [script] }));
  return client;
}

const line = (message: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
const initialize = line({
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
});
const call = (id: number, name: string, args: object = {}): string =>
  line({ id, method: 'tools/call', params: { name, arguments: args } });

/** Answers by id, and how the process ended, after its input ended. */
async function outcomeOf(child: ChildProcessWithoutNullStreams, input: string) {
  child.stdin.end(input);
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const answers = output
    .split('\n')
    .filter(Boolean)
    .map((answer) => JSON.parse(answer));
  return { status, answers };
}

describe.each(['modern', 'legacy'] as const)('a %s client over stdio', (era) => {
  it('lists and calls tools', async () => {
    const client = await aClient(era);

    expect(client.getProtocolEra()).toBe(era);
    expect((await client.listTools()).tools).toHaveLength(3);
    expect(await client.callTool({ name: 'echo_text', arguments: { text: 'hi' } })).toMatchObject({
      structuredContent: { success: true, texts: ['hi'] },
    });
  });

  it('cancels one call, and goes on', async () => {
    const client = await aClient(era);
    const cancel = new AbortController();
    const onprogress = () => cancel.abort();

    const waiting = client.callTool({ name: 'wait_forever', arguments: {} }, { onprogress, signal: cancel.signal });

    await expect(waiting).rejects.toThrow('aborted');
    expect((await client.callTool({ name: 'echo_text', arguments: { text: 'hi' } })).isError).toBeFalsy();
  });
});

describe('the process', () => {
  it('answers everything that was asked before its input ended, and exits with 0', async () => {
    const { status, answers } = await outcomeOf(aServer(), initialize + call(2, 'echo_text', { text: 'hi' }));

    expect(status).toBe(0);
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('answers a last line that no newline ends', async () => {
    const { status, answers } = await outcomeOf(
      aServer(),
      (initialize + call(2, 'echo_text', { text: 'hi' })).trimEnd(),
    );

    expect(status).toBe(0);
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('exits with 0 when its input ends in the middle of a message', async () => {
    const { status, answers } = await outcomeOf(aServer(), `${initialize}{"jsonrpc":"2.0","id":2,"method":"to`);

    expect(status).toBe(0);
    expect(answers.map(({ id }) => id)).toEqual([1]);
  });

  it('skips lines that are no messages', async () => {
    const bad = ['not json', '{"jsonrpc":"2.0"}', '[]', '{"id":1}', '"x"', '', '\u0000'].join('\n');
    const { status, answers } = await outcomeOf(
      aServer(),
      `${initialize}${bad}\n${call(2, 'echo_text', { text: 'hi' })}`,
    );

    expect(status).toBe(0);
    expect(answers.at(-1)).toMatchObject({ id: 2, result: { structuredContent: { success: true } } });
  });

  it('exits with 0 when its input ends before anything was said', async () => {
    expect(await outcomeOf(aServer(), '')).toEqual({ status: 0, answers: [] });
  });

  it('exits with 0 when nobody reads its output any more', async () => {
    const child = aServer();
    child.stdin.write(initialize);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    for (const id of [2, 3, 4]) child.stdin.write(call(id, 'echo_text', { text: 'x'.repeat(10_000), times: 3 }));

    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends what runs when it is told to stop, and exits with 0', async () => {
    const child = aServer();
    child.stdin.write(
      initialize + line({ method: 'tools/call', id: 2, params: { name: 'wait_forever', _meta: { progressToken: 1 } } }),
    );
    await once(child.stdout, 'data');
    child.kill('SIGTERM');

    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('is what kubemend does when it is started with a pipe', async () => {
    const { status, answers } = await outcomeOf(aServer(main), initialize);

    expect(status).toBe(0);
    expect(answers).toMatchObject([{ id: 1, result: { serverInfo: { name: 'kubemend' } } }]);
  });

  it('ends with one message when its settings are bad', async () => {
    const child = aServer(main, 'serve', '--port', 'x', '--log-level', 'y');
    const [message, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);

    expect(status).toBe(2);
    expect(message).toMatch(/--log-level: "y" must be.*\n.*--port: "x" must be/);
  });
});
