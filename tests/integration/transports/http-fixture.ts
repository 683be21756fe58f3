import { Client, type ElicitResult, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { PipelineOptions } from '../../../src/call.ts';
import { silentLogger } from '../../../src/platform/logging.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createHttpApp, type HttpAppOptions } from '../../../src/transports/http-app.ts';
import { createMcpFactory } from '../../../src/transports/mcp.ts';
import { createMcpHttp } from '../../../src/transports/mcp-http.ts';
import { createReadiness } from '../../../src/transports/probes.ts';
import { rulePages, someClusters, somePipeline } from './fixtures.ts';

export interface AppFixture {
  /** As a client on this machine would send it. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

interface AppFixtureOptions extends Partial<HttpAppOptions> {
  readonly call?: Partial<PipelineOptions>;
  /** Whether a person can be asked. */
  readonly approvalKey?: (() => Promise<Uint8Array>) | undefined;
  readonly maxSessions?: number;
  readonly maxSessionsOfCaller?: number;
}

/** The whole HTTP application, without a socket. */
export function anApp(options: AppFixtureOptions = {}): AppFixture {
  const clusters = options.clusters ?? someClusters();
  const pipeline = options.pipeline ?? somePipeline(options.call);
  const { approvalKey, assets = '/nowhere' } = options;
  const mcp = createMcpHttp({
    factory: createMcpFactory({
      service: async () => ({ pipeline, clusters, rules: rulePages, assets, approvalKey }),
      version: '0.0.0',
    }),
    onError: () => {},
    maxSessions: options.maxSessions,
    maxSessionsOfCaller: options.maxSessionsOfCaller,
  });
  const app = createHttpApp({
    pipeline,
    clusters,
    mcp,
    readiness: createReadiness(clusters, silentLogger),
    metrics: noMetrics,
    log: silentLogger,
    allowedHosts: [],
    version: '0.0.0',
    assets: '/nowhere',
    ...options,
  });
  return {
    async fetch(path, init) {
      const request = new Request(new URL(path, 'http://localhost'), init);
      if (!request.headers.has('host')) request.headers.set('host', 'localhost:8080');
      return app.fetch(request);
    },
    close: () => mcp.close(),
  };
}

/** What a person answers to a question with this message. */
export type Person = (message: string) => Promise<ElicitResult> | ElicitResult;

/** A real client of the application, connected; without a person it cannot be asked anything. */
export async function aClient(app: AppFixture, era: 'modern' | 'legacy', person?: Person): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '0.0.0' },
    {
      ...(era === 'modern' && { versionNegotiation: { mode: 'auto' } }),
      ...(person !== undefined && { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (person !== undefined) {
    client.setRequestHandler('elicitation/create', async ({ params }) => person(params.message));
  }
  const fetch = async (url: string | URL, init?: RequestInit) => app.fetch(new URL(url).pathname, init);
  await client.connect(new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch }));
  return client;
}

/** A POST with a JSON body. */
export const aPost = (body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
