import type { Pipeline, PipelineOptions } from '../call.ts';
import { createAdmission } from '../platform/admission.ts';
import type { Settings } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { type Metrics, noMetrics } from '../platform/metrics.ts';
import { nearest } from '../platform/nearest.ts';
import { createRateLimiter, noRateLimit } from '../platform/rate-limit.ts';
import type { SharedRedis } from '../platform/redis.ts';
import type { AnyTool } from '../tools/tool.ts';
import { createMcpFactory, type Service } from '../transports/mcp.ts';
import { serveOverStdio } from '../transports/stdio.ts';
import type { CommandContext, Host, Register } from './program.ts';
import { toolSettings } from './tool-settings.ts';

export const register: Register = (program, run, host) => {
  const command = program
    .command('serve')
    .description('Serve MCP over stdio (default) or, with --http, MCP and REST over HTTP.')
    .addHelpText('after', help);
  run(command, (context) => serve(context, host));
};

/** Serves until the client leaves or the process is told to stop. */
export const serve = (context: CommandContext, host: Host): Promise<number> =>
  context.settings.http ? serveHttp(context, host) : serveStdio(context, host);

async function serveStdio(context: CommandContext, host: Host): Promise<number> {
  let assembled: Promise<Service> | undefined;
  const service = (): Promise<Service> => {
    assembled ??= offeredTools(context.settings).then((tools) =>
      assemble(context, { metrics: noMetrics, tools, assets: host.assets }),
    );
    return assembled;
  };
  // A misspelt name has to be said now.
  if (context.settings.tools !== undefined) await service();
  const { stdin, stdout, signal, version } = host;
  const factory = createMcpFactory({ service, version, tracing: await context.tracing() });
  await serveOverStdio({ factory, stdin, stdout, log: context.log, signal });
  return 0;
}

async function serveHttp(context: CommandContext, { signal, version, nodeVersion, assets }: Host): Promise<number> {
  const { settings, log } = context;
  const { checkExposure, guardOf, isLoopback } = await import('./who-may-call.ts');
  checkExposure(settings);
  const [{ createPrometheusMetrics }, { startHttp }, { startMetrics }, tools] = await Promise.all([
    import('../platform/prometheus.ts'),
    import('../transports/http.ts'),
    import('../transports/metrics-endpoint.ts'),
    offeredTools(settings),
  ]);
  const metrics = createPrometheusMetrics({
    version,
    nodeVersion,
    tools: tools.map(({ name }) => name),
    actions: tools.filter(({ access }) => access !== 'read').map(({ name }) => name),
  });
  // Only a service may be one of several, which count together.
  const { approving, ...assembled } = await assemble(context, {
    metrics,
    tools,
    assets,
    redis: await context.redis?.(),
  });

  const { clusters } = assembled;
  const guard = await guardOf(settings, { clusters, metrics, signingKeys: context.signingKeys, approving });
  // A key that is missing or bad has to be said now, not to the first who wants something changed.
  await assembled.approvalKey?.();
  const tracing = await context.tracing();
  const { host, port, metricsPort, metricsPath, drainDelay = isLoopback(host) ? 0 : 5 } = settings;
  const scraped = await listening('metrics-port', { host, port: metricsPort }, () =>
    startMetrics(metrics, host, metricsPort, metricsPath),
  );
  try {
    const service = await listening('port', { host, port }, () =>
      startHttp({
        ...assembled,
        metrics,
        tracing,
        log,
        version,
        host,
        port,
        allowedHosts: reachedBy(settings),
        drainDelayMs: drainDelay * 1000,
        ...guard,
      }),
    );
    log.info({ url: service.url, metrics: scraped.url, tools: tools.length }, 'serving');
    await aborted(signal);
    log.info({ drain_delay: drainDelay }, 'stopping');
    await service.stop();
  } finally {
    await scraped.stop();
  }
  return 0;
}

/** How clusters are asked in the name of a caller, by `--identity`. */
const actsAs = {
  'serviceaccount+sar': 'review',
  impersonate: 'impersonation',
  kubeconfig: undefined,
  serviceaccount: undefined,
} as const satisfies Record<Settings['identity'], unknown>;

/** The names by which clients may call the service. */
const reachedBy = ({ allowedHosts, publicUrl }: Settings): readonly string[] =>
  publicUrl === undefined ? allowedHosts : [...allowedHosts, new URL(publicUrl).hostname];

interface Assembly {
  readonly metrics: Metrics;
  readonly tools: readonly AnyTool[];
  /** The folder with the files of pages. */
  readonly assets: string;
  readonly redis?: SharedRedis | undefined;
}

interface Assembled extends Service {
  /** What only a person's answer at the console reaches: it is in no catalogue. Absent where nothing can be changed. */
  readonly approving?: () => Promise<Pipeline>;
}

async function assemble(context: CommandContext, { metrics, tools, assets, redis }: Assembly): Promise<Assembled> {
  const { settings, log } = context;
  const heals = settings.heal && !settings.readOnly;
  const [{ createPipeline }, { createSharedRuns }, clusters, healing] = await Promise.all([
    import('../call.ts'),
    import('../shared-runs.ts'),
    context.openClusters(metrics, { healing: heals }),
    heals ? context.healing({ metrics, untilStopped: true }) : undefined,
  ]);
  const options: PipelineOptions = {
    tools,
    settings: toolSettings(settings),
    timeoutMs: settings.timeout * 1000,
    log,
    metrics,
    limiter: settings.rateLimitEnabled
      ? createRateLimiter({
          requests: settings.rateLimitRequests,
          windowSeconds: settings.rateLimitWindow,
          redis,
          metrics,
        })
      : noRateLimit,
    admission: createAdmission({ onShed: (reason) => metrics.shed(reason) }),
    healing: healing?.options,
    actAs: actsAs[settings.identity],
    // What is approved at the console ends what others share, too.
    shared: createSharedRuns(),
    // Over stdio the one who calls has started us, and has the log.
    audit: settings.http || settings.auditFile !== undefined ? await context.audit(metrics) : undefined,
  };
  const rules = () => import('../tools/report/rule-page.ts');
  const service = { pipeline: createPipeline(options), clusters, rules, assets };
  if (!heals) return service;
  const approving = async () => {
    const { approveAction } = await import('../tools/mend/approve-action.ts');
    return createPipeline({ ...options, tools: [approveAction] });
  };
  return { ...service, approvalKey: async () => firstOf(await context.signingKeys()), approving };
}

/** The catalogue, less what `--tools` and `--read-only` leave out; what is not offered cannot be called either. */
async function offeredTools({ tools: wanted, readOnly, heal }: Settings): Promise<readonly AnyTool[]> {
  const [{ tools: reading }, { healingTools }] = await Promise.all([
    import('../tools/index.ts'),
    heal ? import('../tools/healing-tools.ts') : { healingTools: [] },
  ]);
  const tools = [...reading, ...healingTools];
  const names = tools.map(({ name }) => name);
  if (wanted?.length === 0) {
    throw new AppError('validation_error', '--tools names no tool.', { hint: `The tools are ${names.join(', ')}.` });
  }
  for (const name of wanted ?? []) {
    if (names.includes(name)) continue;
    const [suggestion] = nearest(name, names, 1);
    throw new AppError('validation_error', `--tools: there is no tool ${name}.`, {
      hint: suggestion === undefined ? `The tools are ${names.join(', ')}.` : `Did you mean ${suggestion}?`,
    });
  }
  return tools.filter(({ name, access }) => (wanted?.includes(name) ?? true) && (!readOnly || access === 'read'));
}

function firstOf([key]: readonly Uint8Array[]): Uint8Array {
  if (key === undefined) throw new Error('There is no signing key.');
  return key;
}

/** A port that is taken is the user's to free, not ours to crash on. */
async function listening<T>(
  what: 'port' | 'metrics-port',
  { host, port }: { readonly host: string; readonly port: number },
  start: () => Promise<T>,
): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown error';
    throw new AppError('unavailable', `Cannot listen on ${host}:${port}: ${reason}`, {
      hint: `Choose another one with --${what}, or stop what uses it; 0 takes any free port.`,
      cause,
    });
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const help = `
Examples:
  kubemend serve                                     for an assistant on this machine, over stdio
  kubemend serve --demo                              the same, on a recorded cluster
  kubemend serve --http --port 8080                  http://127.0.0.1:8080/mcp and /api/v1/tools
  kubemend serve --tools diagnose,get_resource       only these tools

Every flag is also a variable: --log-level is KUBEMEND_LOG_LEVEL, in the environment or in .env. Flags win, then
variables, then .env.
`;
