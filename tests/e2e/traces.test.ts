import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { apply, aService, eventually, kubectl, type Service } from './bed.ts';
import { type Healer, healersOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('traces');
const canary = 'Canary-7Hq2vZp9Xw';
const secret = `password=${canary}`;
let healer: Healer;
let collector: OtlpReceiver;
let service: Service;

beforeAll(async () => {
  [healer, collector] = await Promise.all([healers.in('heal'), anOtlpReceiver()]);
  await apply(
    healer.namespace,
    aWorkload('checkout', {
      replicas: 1,
      annotations: { note: secret },
      container: { env: [{ name: 'DB_PASSWORD', value: canary }] },
      command: ['sh', '-c', `echo "fatal: ${secret}" >&2; exit 1`],
    }),
  );
  await apply(healer.namespace, aWorkload('web', { replicas: 1 }));
  await kubectl('rollout', 'status', 'deployment/web', '-n', healer.namespace, '--timeout=120s');
  await eventually(async () => {
    const pods = await kubectl('get', 'pods', '-n', healer.namespace, '-l', 'app=checkout');
    if (!/CrashLoopBackOff|Error/.test(pods)) throw new Error(`nothing has crashed: ${pods}`);
  });
  service = await aService(['--heal'], {
    ...healer.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
});

afterAll(async () => {
  await service.stop();
  await Promise.all([collector.close(), healers.end()]);
});

const parent = 'b7ad6b7169203331';
const traceparent = (trace: string): string => `00-${trace}-${parent}-01`;

/** A client whose person says yes to what is planned. */
async function aClient(): Promise<Client> {
  const client = new Client({ name: 'e2e', version: '1' }, { capabilities: { elicitation: { form: {} } } });
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { apply: true } }));
  await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));
  return client;
}

/** All spans of a trace, once one of this name is among them. */
const spansOf = (trace: string, name: string): Promise<readonly ReceivedSpan[]> =>
  eventually(
    async () => {
      const spans = collector.spans.filter(({ traceId }) => traceId === trace);
      expect(spans.map((span) => span.name)).toContain(name);
      return spans;
    },
    { pause: 200 },
  );

/** Names of a span and of those above it, up to the caller's. */
function wayUp(span: ReceivedSpan, spans: readonly ReceivedSpan[]): readonly string[] {
  const above = spans.find(({ spanId }) => spanId === span.parentId);
  return above === undefined ? [span.name, span.parentId] : [span.name, ...wayUp(above, spans)];
}

it('a call over MCP goes on with the trace of its caller, down to each request to the API server', async () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const client = await aClient();
  await client.callTool({
    name: 'diagnose',
    arguments: { namespace: healer.namespace },
    _meta: { traceparent: traceparent(trace) },
  });

  const spans = await spansOf(trace, 'tools/call diagnose');
  const requests = spans.filter(({ kind }) => kind === 'client');
  expect(requests.map(({ name }) => name)).toEqual(expect.arrayContaining(['list pods', 'get pods/log']));
  expect(new Set(requests.map((span) => wayUp(span, spans).slice(1).join(' < ')))).toEqual(
    new Set([`collect < tools/call diagnose < ${parent}`]),
  );
  expect(requests.find(({ name }) => name === 'list pods')?.attributes).toMatchObject({
    'kubernetes.verb': 'list',
    'kubernetes.resource': 'pods',
    'http.response.status_code': 200,
  });
  await client.close();
});

it('a call over REST does so by its header', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const response = await fetch(`${service.url}/api/v1/tools/list_resources`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: traceparent(trace) },
    body: JSON.stringify({ kind: 'configmaps', namespace: healer.namespace }),
  });

  expect(response.status).toBe(200);
  const spans = await spansOf(trace, 'POST /api/v1/tools/{tool_name}');
  const requests = spans.filter(({ name }) => name === 'list configmaps');
  expect(requests.map((span) => wayUp(span, spans))).toEqual([
    ['list configmaps', 'POST /api/v1/tools/{tool_name}', parent],
  ]);
});

it('what an action writes belongs to the call that asked for it', async () => {
  const trace = 'a3ce929d0e0e47364bf92f3577b34da6';
  const client = await aClient();
  const { structuredContent } = await client.callTool({
    name: 'restart_workload',
    arguments: { object: 'deployment/web', namespace: healer.namespace },
    _meta: { traceparent: traceparent(trace) },
  });

  expect(structuredContent).toMatchObject({ success: true });
  const spans = await spansOf(trace, 'tools/call restart_workload');
  const writes = spans.filter(({ name }) => name === 'patch deployments');
  expect(writes).not.toEqual([]);
  expect(writes.map((span) => wayUp(span, spans).slice(-2))).toEqual(
    writes.map(() => ['tools/call restart_workload', parent]),
  );
  await client.close();
});

it('nothing that is sent says a secret, or what anything is called', () => {
  expect(collector.spans.length).toBeGreaterThan(20);
  const words = [canary, healer.namespace, 'checkout', 'deployment/web'];
  expect(words.filter((word) => collector.raw().includes(word))).toEqual([]);
});
