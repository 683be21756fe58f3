import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createPipeline } from '../../../src/call.ts';
import { nextReads } from '../../../src/engines/reads.ts';
import type { Failure, Success } from '../../../src/outcome.ts';
import type { Logger } from '../../../src/platform/logging.ts';
import { createPrometheusMetrics } from '../../../src/platform/prometheus.ts';
import { noRateLimit } from '../../../src/platform/rate-limit.ts';
import { tools } from '../../../src/tools/index.ts';
import type { FakeApiServer } from '../../support/fake-api-server.ts';
import { aFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { writeKubeconfig } from '../../support/kubeconfig-file.ts';
import { liveClusters } from '../../support/live-clusters.ts';
import { aPost } from '../transports/http-fixture.ts';
import { aRunningService } from '../transports/service-fixture.ts';

/** The HTTP service with its real tools, whose API server stands behind a proxy that misbehaves. */
export interface ServiceBed {
  readonly url: string;
  readonly proxy: FaultProxy;
  readonly kubeconfig: string;
  /** What callers of REST see. */
  rest(tool: string, args: object): Promise<{ readonly status: number; readonly body: Success | Failure }>;
  /** What callers of MCP see: the structured content. */
  mcp(tool: string, args: object): Promise<unknown>;
  /** Pauses before retries, in ms; nobody waits for them. */
  readonly waits: readonly number[];
  /** Fields of the lines about calls. */
  readonly logged: readonly object[];
  /** The metrics as they are scraped. */
  exposed(): Promise<string>;
  close(): Promise<void>;
}

/** How long a read of the API server may take, in ms: what passes for a hang. */
export const patience = { connectMs: 300, headersMs: 300, totalMs: 1_500 };

/** Where no hang is waited for, however busy the machine is. */
const ample = { connectMs: 5_000, headersMs: 5_000, totalMs: 20_000 };

interface ServiceBedOptions {
  /** As in a kubeconfig. */
  readonly user?: object;
  /** Whether reads are given up soon. */
  readonly patient?: boolean;
}

export async function aServiceBed(
  server: FakeApiServer,
  { user = { token: 'test' }, patient = false }: ServiceBedOptions = {},
): Promise<ServiceBed> {
  const proxy = await aFaultProxy(Number(new URL(server.url).port));
  const kubeconfig = await writeKubeconfig([{ name: 'fake', server: `http://127.0.0.1:${proxy.port}`, user }]);
  const metrics = createPrometheusMetrics({
    version: '0.0.0',
    nodeVersion: 'v24',
    tools: tools.map(({ name }) => name),
  });
  const [waits, logged]: [number[], object[]] = [[], []];
  const info: Logger['info'] = (fields, message) => void (message === 'tool call' && logged.push(fields));
  const log: Logger = { debug() {}, info, warn() {}, error() {} };
  const wait = async (ms: number) => void waits.push(ms);
  const clusters = liveClusters(kubeconfig, {
    metrics,
    nextReads,
    cacheTtlMs: 0,
    rest: { timeouts: patient ? ample : patience, random: () => 1, wait },
  });
  const pipeline = createPipeline({
    tools,
    settings: { namespace: 'shop', allowSystemNamespaces: false },
    timeoutMs: patient ? 25_000 : 5_000,
    log,
    metrics,
    limiter: noRateLimit,
  });
  const service = await aRunningService({ pipeline, clusters, metrics, log });

  return {
    url: service.url,
    proxy,
    kubeconfig,
    waits,
    logged,
    async rest(tool, args) {
      const response = await fetch(`${service.url}/api/v1/tools/${tool}`, aPost(args));
      return { status: response.status, body: (await response.json()) as Success | Failure };
    },
    async mcp(tool, args) {
      const client = new Client({ name: 't', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));
      const { structuredContent } = await client.callTool({ name: tool, arguments: { ...args } });
      await client.close();
      return structuredContent;
    },
    exposed: async () => (await metrics.expose()).text,
    async close() {
      await service.stop();
      await clusters.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
