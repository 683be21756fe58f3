import { afterEach, describe, expect, it } from 'vitest';
import { anAudit } from '../../support/audits.ts';
import { type AppFixture, aClient, anApp, aPost } from './http-fixture.ts';

const open: AppFixture[] = [];
const app = (options?: Parameters<typeof anApp>[0]): AppFixture => {
  const opened = anApp(options);
  open.push(opened);
  return opened;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((opened) => opened.close()));
});

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};

describe.each(['modern', 'legacy'] as const)('a %s client', (era) => {
  it('negotiates its era', async () => {
    const client = await aClient(app(), era);

    expect(client.getProtocolEra()).toBe(era);
    expect(client.getInstructions()).toContain('Call diagnose first');
  });

  it('sees the tools with schemas and hints, in order', async () => {
    const { tools } = await (await aClient(app(), era)).listTools();

    expect(tools.map(({ name }) => name)).toEqual(['echo_text', 'wait_forever', 'fail_always']);
    expect(tools[0]).toMatchObject({
      title: 'A tool of tests',
      inputSchema: { type: 'object', required: ['text'], additionalProperties: false },
      outputSchema: { type: 'object', required: ['success'] },
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    });
    expect(tools[2]?.annotations).toMatchObject({ readOnlyHint: false, idempotentHint: false });
  });

  it('calls a tool', async () => {
    const result = await (await aClient(app(), era)).callTool({
      name: 'echo_text',
      arguments: { text: 'hi', times: 2 },
    });

    expect(result).toMatchObject({
      content: [{ type: 'text', text: 'hi\nhi' }],
      structuredContent: { success: true, texts: ['hi', 'hi'] },
    });
    expect(result.isError).toBeFalsy();
  });

  it('gets every problem of its arguments from our own validation', async () => {
    const client = await aClient(app(), era);
    await client.listTools();
    const result = await client.callTool({ name: 'echo_text', arguments: { txt: 'hi', times: 0 } });

    expect(result).toMatchObject({
      isError: true,
      structuredContent: {
        success: false,
        error_type: 'validation_error',
        details: { problems: [{ path: 'text' }, { path: 'times' }, { path: 'txt' }] },
      },
    });
  });

  it('gets the failure of a tool with its hint', async () => {
    const result = await (await aClient(app(), era)).callTool({ name: 'fail_always', arguments: {} });

    expect(result).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: 'not_found: No Pod/web in namespace shop.\nNext: Look again.' }],
      structuredContent: { success: false, error_type: 'not_found', details: { namespace: 'shop' } },
    });
  });

  it('is told which tools there are when it asks for another', async () => {
    const client = await aClient(app(), era);

    await expect(client.callTool({ name: 'echo_txt', arguments: {} })).rejects.toThrow(
      'There is no tool "echo_txt". Did you mean echo_text? The tools are echo_text, wait_forever, fail_always.',
    );
  });

  it('hears of progress that grows, and can cancel', async () => {
    const client = await aClient(app(), era);
    const cancel = new AbortController();
    const heard: unknown[] = [];
    const onprogress = (progress: object) => {
      heard.push(progress);
      if (heard.length === 2) cancel.abort();
    };

    const call = client.callTool({ name: 'wait_forever', arguments: {} }, { onprogress, signal: cancel.signal });

    await expect(call).rejects.toThrow('aborted');
    expect(heard).toEqual([
      { progress: 1, total: 3, message: 'one' },
      { progress: 2, message: 'two' },
    ]);
  });

  it('has the id of its HTTP request in the call', async () => {
    const opened = app();
    const withId: AppFixture = {
      ...opened,
      fetch: (path, init) => {
        const headers = new Headers(init?.headers);
        headers.set('x-request-id', 'req-42');
        return opened.fetch(path, { ...init, headers });
      },
    };

    const result = await (await aClient(withId, era)).callTool({ name: 'echo_text', arguments: { text: 'x' } });

    expect(result.structuredContent).toMatchObject({ requestId: 'req-42' });
  });
});

describe('cancelling', () => {
  it.each(['modern', 'legacy'] as const)('ends the call of a %s client inside the pipeline', async (era) => {
    const ended = Promise.withResolvers<string>();
    const audit = anAudit(({ outcome }) => ended.resolve(String(outcome)));
    const client = await aClient(app({ call: { audit } }), era);
    const cancel = new AbortController();

    const call = client.callTool(
      { name: 'wait_forever', arguments: {} },
      { onprogress: () => cancel.abort(), signal: cancel.signal },
    );

    await expect(call).rejects.toThrow('aborted');
    expect(await ended.promise).toBe('timeout');
  });
});

describe('sessions of the legacy era', () => {
  it('are needed for anything but initialize', async () => {
    const response = await app().fetch('/mcp', aPost({ jsonrpc: '2.0', id: 1, method: 'tools/list' }));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('initialize') } });
  });

  it('are not found when nobody opened them', async () => {
    const post = aPost({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, { 'mcp-session-id': 'made-up' });

    expect((await app().fetch('/mcp', post)).status).toBe(404);
  });

  it('end when their client says so', async () => {
    const opened = app();
    const id = (await opened.fetch('/mcp', aPost(initialize))).headers.get('mcp-session-id') ?? '';
    const headers = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };

    expect((await opened.fetch('/mcp', { method: 'DELETE', headers })).status).toBe(200);
    expect((await opened.fetch('/mcp', aPost({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, headers))).status).toBe(
      404,
    );
  });

  it('are bounded: one more ends the one that was used longest ago, which begins anew when it is used again', async () => {
    const opened = app({ maxSessions: 2 });
    const first = await sessionOf(opened);
    const stream = await opened.fetch('/mcp', { headers: { ...first, accept: 'text/event-stream' } });
    const others = [await sessionOf(opened), await sessionOf(opened)];

    expect(await stream.text()).toBe('');
    expect(await Promise.all([first, ...others].map((session) => listed(opened, session)))).toEqual([200, 200, 200]);
  });

  it('go on at another replica, and after a restart', async () => {
    const session = await sessionOf(app());
    const another = app();

    expect(await Promise.all([1, 2, 3].map(() => listed(another, session)))).toEqual([200, 200, 200]);
    expect((await another.fetch('/mcp', { method: 'DELETE', headers: session })).status).toBe(200);
    expect(await listed(another, session)).toBe(404);
  });

  it('do not go on under a name that was changed', async () => {
    const { 'mcp-session-id': id = '' } = await sessionOf(app());
    const [first, , seal] = id.split('.');
    const names = [`${id}x`, `${id}.x`, [first, '', seal].join('.'), `x${id}`];

    expect(await Promise.all(names.map((name) => listed(app(), { 'mcp-session-id': name })))).toEqual(
      names.map(() => 404),
    );
  });
});

async function sessionOf(opened: AppFixture): Promise<Readonly<Record<string, string>>> {
  const { headers } = await opened.fetch('/mcp', aPost(initialize));
  return { 'mcp-session-id': headers.get('mcp-session-id') ?? 'none', 'mcp-protocol-version': '2025-11-25' };
}

const listed = async (opened: AppFixture, session: Readonly<Record<string, string>>): Promise<number> =>
  (await opened.fetch('/mcp', aPost({ jsonrpc: '2.0', id: crypto.randomUUID(), method: 'tools/list' }, session)))
    .status;
