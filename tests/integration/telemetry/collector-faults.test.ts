import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOpenTelemetry } from '../../../src/platform/telemetry/open-telemetry.ts';
import { anObject, aPod } from '../../support/builders.ts';
import { aFakeApiServer } from '../../support/fake-api-server.ts';
import { anOtlpReceiver, type OtlpReceiver } from '../../support/otlp-receiver.ts';
import { servedOverHttp } from './served.ts';

const toEnd: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of toEnd.splice(0).toReversed()) await end();
});

async function aCollector(): Promise<OtlpReceiver> {
  const collector = await anOtlpReceiver();
  toEnd.push(() => collector.close());
  return collector;
}

/** Lines that were logged. */
function aLog() {
  const lines: string[] = [];
  const log = {
    info: (fields: object, message: string) => void lines.push(`info ${message} ${JSON.stringify(fields)}`),
    warn: (fields: object, message: string) => void lines.push(`warn ${message} ${JSON.stringify(fields)}`),
  };
  return { lines, log };
}

const faults: Readonly<Record<string, (collector: OtlpReceiver) => void>> = {
  'answers 500': (collector) => collector.answer((response) => response.writeHead(500).end()),
  'never answers': (collector) => collector.answer(() => {}),
  'resets connections': (collector) => collector.answer((response) => response.destroy()),
  'answers with something else': (collector) => collector.answer((response) => response.end('<html>')),
  'is away': (collector) => void collector.close(),
};

describe('a collector that', { timeout: 60_000 }, () => {
  it.each(Object.keys(faults))('%s fails no call, and keeps nobody from stopping', async (fault) => {
    const cluster = await aFakeApiServer({ objects: [anObject('Namespace', 'shop'), aPod('web-1')] });
    toEnd.push(() => cluster.close());
    const collector = await aCollector();
    faults[fault]?.(collector);
    const served = await servedOverHttp({ kubeconfig: await cluster.kubeconfig(), collector: collector.url });
    const client = await served.client('modern');
    const call = () => client.callTool({ name: 'diagnose', arguments: { namespace: 'shop' } });

    const results = [await call(), await call(), await call()];

    expect(results.map(({ isError }) => isError === true)).toEqual([false, false, false]);
    expect(await served.stop()).toBe(0);
    const warned = served.log.filter(({ level }) => level === 'warn').map(({ signal }) => signal);
    expect(warned.length).toBe(new Set(warned).size);
  });
});

describe('what is exported', () => {
  it('fails loudly once, and says once when it goes on', async () => {
    const collector = await aCollector();
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', `${collector.url}/v1/traces`);
    vi.stubEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '1');
    const { lines, log } = aLog();
    const tracing = createOpenTelemetry({ version: '1', log });
    const taken = async (attempts: number) => {
      tracing.begin({ name: 'a', kind: 'internal' }, undefined)?.end();
      await vi.waitUntil(() => collector.attempts >= attempts);
    };
    collector.answer((response) => response.writeHead(400).end('password=hunter2hunter2'));
    await taken(1);
    await taken(2);
    collector.answer((response) => response.writeHead(200).end());
    await taken(3);
    await taken(4);
    await tracing.stop();

    expect(lines).toEqual([
      expect.stringMatching(/^warn the collector does not take what is exported .*"signal":"traces"/),
      expect.stringMatching(/^info the collector takes what is exported again/),
    ]);
    expect(lines.join()).not.toContain('hunter2');
  });

  it('is bounded while a collector hangs, and dropped at the end', async () => {
    const collector = await aCollector();
    collector.answer(() => {});
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
    vi.stubEnv('OTEL_BSP_MAX_QUEUE_SIZE', '64');
    vi.stubEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '16');
    const tracing = createOpenTelemetry({ version: '1', log: aLog().log });

    for (let each = 0; each < 10_000; each++) tracing.begin({ name: 'a', kind: 'internal' }, undefined)?.end();
    await tracing.stop();

    // One batch that hangs, and what the queue holds: four more. The rest of the 10,000 is nowhere.
    expect(collector.attempts).toBe(5);
  });

  it('is all that is in the queue when it is stopped', async () => {
    const collector = await aCollector();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
    vi.stubEnv('OTEL_BSP_MAX_QUEUE_SIZE', '64');
    vi.stubEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '4');
    const tracing = createOpenTelemetry({ version: '1', log: aLog().log });

    for (let each = 0; each < 10_000; each++) tracing.begin({ name: 'a', kind: 'internal' }, undefined)?.end();
    await tracing.stop();

    expect(collector.spans).toHaveLength(68);
  });

  it.each([
    ['OTEL_SDK_DISABLED', 'true', 0, 0],
    ['OTEL_TRACES_EXPORTER', 'none', 0, 1],
    ['OTEL_METRICS_EXPORTER', 'none', 1, 0],
    ['OTEL_TRACES_SAMPLER', 'always_off', 0, 1],
    ['OTEL_TRACES_SAMPLER', 'always_on', 1, 1],
  ])('is what the standard variables say: %s=%s', async (name, value, spans, histograms) => {
    const collector = await aCollector();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
    vi.stubEnv('OTEL_SERVICE_NAME', 'mend');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'team=shop,note=password%3Dhunter2hunter2');
    vi.stubEnv(name, value);
    const tracing = createOpenTelemetry({ version: '1.2.3', log: aLog().log });

    tracing.begin({ name: 'a', kind: 'server' }, undefined)?.end();
    tracing.operation(0.1, { 'mcp.method.name': 'ping' });
    await tracing.stop();

    expect([collector.spans.length, collector.histograms.length]).toEqual([spans, histograms]);
    expect(collector.spans.map(({ resource }) => resource)).toEqual(
      Array.from({ length: spans }, () =>
        expect.objectContaining({ 'service.name': 'mend', 'service.version': '1.2.3', team: 'shop' }),
      ),
    );
    expect(collector.raw()).not.toContain('hunter2');
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_BSP_SCHEDULE_DELAY', 'soon'],
  ])('is told of a variable that is not understood: %s=%s', async (name, value) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', (await aCollector()).url);
    vi.stubEnv(name, value);
    const { lines, log } = aLog();

    await createOpenTelemetry({ version: '1', log }).stop();

    expect(lines).toEqual(expect.arrayContaining([expect.stringContaining(name)]));
  });
});
