import { afterEach, describe, expect, it } from 'vitest';
import { aContainer, anObject, aPod } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer, type FakeApiServerOptions } from '../../support/fake-api-server.ts';
import { anOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver.ts';
import { type Era, type Served, servedOverHttp, servedOverStdio } from './served.ts';

const toEnd: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).toReversed()) await end();
});

interface Traced {
  readonly cluster: FakeApiServer;
  readonly collector: OtlpReceiver;
  readonly served: Served;
  /** All spans, once the process has ended. */
  readonly spans: () => Promise<readonly ReceivedSpan[]>;
}

/** The program before a cluster and a collector. */
async function traced(how: 'stdio' | 'http', options: FakeApiServerOptions = {}): Promise<Traced> {
  const cluster = await aFakeApiServer({ objects: [shop, aPod('web-1')], ...options });
  toEnd.push(() => cluster.close());
  const collector = await anOtlpReceiver();
  toEnd.push(() => collector.close());
  const needs = { kubeconfig: await cluster.kubeconfig(), collector: collector.url };
  const served = how === 'stdio' ? servedOverStdio(needs) : await servedOverHttp(needs);
  let stopped: Promise<unknown> | undefined;
  const stop = () => (stopped ??= served.stop());
  toEnd.push(stop);
  return {
    cluster,
    collector,
    served,
    async spans() {
      await stop();
      return collector.spans;
    },
  };
}

const shop = anObject('Namespace', 'shop');
const [trace, other] = ['0af7651916cd43dd8448eb211c80319c', '4bf92f3577b34da6a3ce929d0e0e4736'];
const [parent, elsewhere] = ['b7ad6b7169203331', '00f067aa0ba902b7'];
const traceparent = `00-${trace}-${parent}-01`;
const asked = { name: 'diagnose', arguments: { namespace: 'shop' } };
const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`);
  return found;
};

describe.each<['stdio' | 'http', Era, string]>([
  ['stdio', 'modern', 'pipe'],
  ['stdio', 'legacy', 'pipe'],
  ['http', 'modern', 'tcp'],
  ['http', 'legacy', 'tcp'],
])('over %s, to a %s client', { timeout: 60_000 }, (how, era, transport) => {
  it('a call goes on with the trace of its caller, down to the requests to the API server', async () => {
    const { served, spans, cluster, collector } = await traced(how);
    const client = await served.client(era);
    await client.callTool({ ...asked, _meta: { traceparent, tracestate: 'vendor=1' } });

    const call = named(await spans(), 'tools/call diagnose');
    expect(call).toMatchObject({
      kind: 'server',
      traceId: trace,
      parentId: parent,
      state: 'vendor=1',
      failed: false,
      attributes: {
        'mcp.method.name': 'tools/call',
        'mcp.protocol.version': era === 'modern' ? '2026-07-28' : '2025-11-25',
        'gen_ai.tool.name': 'diagnose',
        'gen_ai.operation.name': 'execute_tool',
        'network.transport': transport,
        'jsonrpc.request.id': expect.any(String),
      },
      resource: { 'service.name': 'kubemend' },
    });
    expect(call.attributes).not.toHaveProperty('mcp.session.id');
    const collect = named(collector.spans, 'collect');
    const pods = named(collector.spans, 'list pods');
    expect(collect).toMatchObject({ kind: 'internal', traceId: trace, parentId: call.spanId });
    expect(pods).toMatchObject({
      kind: 'client',
      traceId: trace,
      parentId: collect.spanId,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
        'kubernetes.verb': 'list',
        'kubernetes.resource': 'pods',
      },
    });
    const told = cluster.requests.find(({ path }) => path.endsWith('/pods'))?.headers['traceparent'];
    expect(told).toBe(`00-${trace}-${pods.spanId}-01`);
  });

  it('every request is a span and a time, whoever answers it', async () => {
    const { served, spans, collector } = await traced(how);
    const client = await served.client(era);
    await client.listTools();
    await client.listPrompts();
    await client.callTool({ name: 'no_such_tool', arguments: {} }).catch(() => {});
    await client.callTool({ name: 'diagnose', arguments: { nothing: 1 } });

    const opening = era === 'modern' ? 'server/discover' : 'initialize';
    const names = (await spans()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([opening, 'tools/list', 'prompts/list']));
    expect(named(collector.spans, 'tools/call')).toMatchObject({
      failed: true,
      attributes: { 'error.type': '-32602', 'rpc.response.status_code': '-32602' },
    });
    expect(named(collector.spans, 'tools/call diagnose')).toMatchObject({
      failed: true,
      attributes: { 'error.type': 'tool_error', 'kubemend.error_type': 'validation_error' },
    });
    const [durations] = collector.histograms;
    expect(durations).toMatchObject({ name: 'mcp.server.operation.duration', unit: 's' });
    expect(durations?.bounds).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]);
    expect(durations?.points.map(({ attributes }) => attributes)).toContainEqual({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'diagnose',
      'error.type': 'tool_error',
      'network.transport': transport,
      'mcp.protocol.version': era === 'modern' ? '2026-07-28' : '2025-11-25',
    });
  });

  it('two calls side by side keep their traces apart, in spans, requests and log', async () => {
    const { served, spans, cluster, collector } = await traced(how);
    cluster.on(({ path }) => path.endsWith('/pods'), { delayMs: 200 });
    const client = await served.client(era);
    const call = (id: string) =>
      client.callTool({
        name: 'check_pod_health',
        arguments: { namespace: 'shop', pod_name: 'web-1' },
        _meta: { traceparent: `00-${id}-${elsewhere}-01` },
      });
    await Promise.all([call(trace), call(other), call(trace), call(other)]);

    const calls = (await spans()).filter(({ name }) => name === 'tools/call check_pod_health');
    expect(calls.map(({ traceId }) => traceId).toSorted()).toEqual([trace, trace, other, other].toSorted());
    const clients = collector.spans.filter(({ kind }) => kind === 'client');
    const traceOfSpan = new Map(collector.spans.map(({ spanId, traceId }) => [spanId, traceId]));
    expect(clients.length).toBeGreaterThan(0);
    expect(clients.map(({ parentId }) => traceOfSpan.get(parentId))).toEqual(clients.map(({ traceId }) => traceId));
    const logged = served.log.filter(({ msg }) => msg === 'tool call');
    expect(new Set(logged.map((line) => `${String(line['trace_id'])} ${String(line['span_id'])}`))).toEqual(
      new Set(calls.map(({ traceId, spanId }) => `${traceId} ${spanId}`)),
    );
    expect(new Set(logged.map((line) => line['requestId'])).size).toBe(4);
  });
});

describe('over HTTP', { timeout: 60_000 }, () => {
  const post = (served: Served, path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(new URL(path, served.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify(body),
    });

  it('a call over REST is a span of its route, in the trace of its header', async () => {
    const { served, spans, collector } = await traced('http');
    await post(served, '/api/v1/tools/diagnose', { namespace: 'shop' }, { traceparent });
    await post(served, '/api/v1/tools/secret-Horse-9', {}, { traceparent: 'not one' });

    const rest = (await spans()).filter(({ name }) => name === 'POST /api/v1/tools/{tool_name}');
    expect(rest).toMatchObject([
      {
        kind: 'server',
        traceId: trace,
        parentId: parent,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/api/v1/tools/{tool_name}',
          'http.response.status_code': 200,
          'gen_ai.tool.name': 'diagnose',
        },
      },
      { parentId: '', attributes: { 'http.response.status_code': 404, 'gen_ai.tool.name': 'unknown' } },
    ]);
    expect(named(collector.spans, 'list pods').traceId).toBe(trace);
    expect(collector.raw()).not.toContain('Horse');
  });

  it('the header tells the trace of a message that says nothing itself', async () => {
    const { served, spans } = await traced('http');
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    };
    await post(served, '/mcp', message, { traceparent });
    await post(
      served,
      '/mcp',
      { ...message, params: { ...message.params, _meta: { traceparent: `00-${other}-${elsewhere}-01` } } },
      { traceparent },
    );

    const opened = (await spans()).filter(({ name }) => name === 'initialize');
    expect(opened.map(({ traceId, parentId }) => [traceId, parentId])).toEqual([
      [trace, parent],
      [other, elsewhere],
    ]);
  });
});

describe('requests to the API server', { timeout: 60_000 }, () => {
  it('that are tried again are a span each, and say so', async () => {
    const { served, spans, cluster } = await traced('stdio');
    cluster.on(({ path }) => path.endsWith('/pods/web-1'), { status: 503, retryAfter: 0 }, 1);
    const client = await served.client('modern');
    await client.callTool({ name: 'check_pod_health', arguments: { namespace: 'shop', pod_name: 'web-1' } });

    const gets = (await spans()).filter(({ name }) => name === 'get pods');
    expect(gets.map(({ attributes, failed }) => [attributes['http.response.status_code'], failed])).toEqual([
      [503, true],
      [200, false],
    ]);
    expect(gets.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1]);
  });
});

describe('what is exported', { timeout: 60_000 }, () => {
  const canary = 'canary-Xk29vQz7Lm41';

  it('holds nothing of arguments, objects, logs, errors, ids and states', async () => {
    const crashed = aPod('web-1', {
      containers: [aContainer('app', { env: [{ name: 'DB_PASSWORD', value: canary }] })],
      metadata: { annotations: { note: `password=${canary}` } },
    });
    const { served, spans, cluster, collector } = await traced('http', {
      objects: [shop, crashed],
      logs: { 'shop/web-1/app': `password=${canary}` },
    });
    cluster.on(({ path }) => path.endsWith('/events'), { status: 500, message: `token=${canary}` });
    const client = await served.client('modern');
    const _meta = { traceparent, tracestate: `password=${canary}` };
    await client.callTool({ ...asked, _meta });
    await client.callTool({ name: 'diagnose', arguments: { namespace: canary, password: canary }, _meta });
    await client.callTool({ name: canary, arguments: {}, _meta }).catch(() => {});
    await fetch(new URL('/mcp', served.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: `password=${canary}`,
        method: 'initialize',
        params: {
          protocolVersion: '2025-11-25',
          capabilities: {},
          clientInfo: { name: 't', version: '1' },
        },
      }),
    });

    expect((await spans()).length).toBeGreaterThan(5);
    expect(collector.raw()).toContain('[REDACTED:password#');
    expect(collector.raw()).not.toContain(canary);
    expect(JSON.stringify(served.log)).not.toContain(canary);
  });
});

describe('without a collector', { timeout: 60_000 }, () => {
  it('the log still says which trace of the caller a line is of, and the API server is told', async () => {
    const cluster = await aFakeApiServer({ objects: [shop, aPod('web-1')] });
    toEnd.push(() => cluster.close());
    const served = await servedOverHttp({ kubeconfig: await cluster.kubeconfig() });
    toEnd.push(() => served.stop());
    await (await served.client('modern')).callTool({ ...asked, _meta: { traceparent } });

    const line = served.log.find(({ msg }) => msg === 'tool call');
    expect(line).toMatchObject({ trace_id: trace, subject: 'local', tool: 'diagnose' });
    expect(line).not.toHaveProperty('span_id');
    expect(served.log.find(({ msg }) => msg === 'audit')).toMatchObject({
      audit: { trace_id: trace, request_id: line?.['requestId'], tool: 'diagnose' },
    });
    expect(cluster.requests.find(({ path }) => path.endsWith('/pods'))?.headers['traceparent']).toBe(traceparent);
  });
});
