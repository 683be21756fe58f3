import { parseEnv } from 'node:util';
import type { Audit } from '../platform/audit.ts';
import type { Settings } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { loadSettings, type SettingSources } from '../platform/load-settings.ts';
import { createLogger, type Logger } from '../platform/logging.ts';
import { type Metrics, noMetrics } from '../platform/metrics.ts';
import { noRateLimit } from '../platform/rate-limit.ts';
import type { HealingService } from './healing-service.ts';
import { openClusters, signingKeys } from './open-clusters.ts';
import { openTracing } from './open-tracing.ts';
import type { CommandContext, Host } from './program.ts';
import { type RedisAccess, redisOf } from './shared-redis.ts';
import { terminalOf } from './terminal.ts';
import { toolSettings } from './tool-settings.ts';

export type Flags = SettingSources['flags'];

export interface ActionOptions {
  readonly flags: Flags;
  readonly host: Host;
  /** Of settings that this command wants otherwise. */
  readonly defaults: Readonly<Record<string, string>>;
}

/** Where a person waits for an answer, only what went wrong is worth a line between, and the pace is that of kubectl. */
export const terminalDefaults = { logLevel: 'warn', logFormat: 'console', k8sQps: '50', k8sBurst: '300' };

/** Longer than any verification. */
const patientMs = 7_200_000;

/** Settings, context, action, and the one place where a command's error becomes words and a status. */
export async function runAction(
  action: (context: CommandContext) => Promise<number>,
  { flags, host, defaults }: ActionOptions,
): Promise<number> {
  const opened: { close(): Promise<void> }[] = [];
  const healing: { stop(): Promise<void> }[] = [];
  try {
    const { environment } = host;
    const settings = loadSettings({ flags, environment, dotenv: parseEnv(host.dotenv), defaults });
    return await action(contextOf(settings, host, { opened, healing }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { safeText } = await import('../platform/safe-text.ts');
    host.stderr.write(safeText(`kubemend: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`));
    return 2;
  } finally {
    // What is being written is written to its end; whoever comes next watches what comes of it.
    await Promise.allSettled(healing.map((service) => service.stop()));
    await Promise.allSettled(opened.map((clusters) => clusters.close()));
  }
}

interface Ending {
  readonly opened: { close(): Promise<void> }[];
  readonly healing: { stop(): Promise<void> }[];
}

function contextOf(settings: Settings, host: Host, { opened, healing: toStop }: Ending): CommandContext {
  const logging = { level: settings.logLevel, format: settings.logFormat, stream: host.stderr };
  const log = createLogger(logging);
  const redis = redisOf(settings, log);
  opened.push(redis);
  let service: Promise<HealingService> | undefined;
  let trail: Promise<Audit> | undefined;
  const audit = (metrics = noMetrics): Promise<Audit> => {
    // Whoever wants to read less of a service still wants to know who did what.
    const told = settings.http ? createLogger({ ...logging, level: 'info' }) : log;
    trail ??= import('./audit-trail.ts').then(({ auditTrail }) =>
      auditTrail({
        file: settings.auditFile,
        log: told,
        stream: host.stderr,
        onResult: (result) => metrics.auditEvent(result),
      }),
    );
    return trail;
  };
  const healing: CommandContext['healing'] = ({ metrics = noMetrics, untilStopped = false } = {}) => {
    const signal = untilStopped ? undefined : host.signal;
    service ??= audit(metrics)
      .then((recorder) => healingOf({ settings, host, signal, log, metrics, redis: redis.open, audit: recorder }))
      .then((made) => {
        toStop.push(made);
        return made;
      });
    return service;
  };
  return {
    settings,
    terminal: terminalOf(host),
    log,
    signal: host.signal,
    redis: redis.open,
    healing,
    audit,
    async tracing() {
      const tracing = await openTracing({ environment: host.environment, version: host.version, log });
      opened.push({ close: () => tracing.stop() });
      return tracing;
    },
    signingKeys: () => signingKeys(settings, host.environment),
    user: host.environment['USER'] ?? 'terminal',
    async openClusters(metrics = noMetrics, { fresh = false, healing: writes = false } = {}) {
      const { environment, version, demo } = host;
      const chosen = fresh ? { ...settings, k8sCacheTtl: 0 } : settings;
      const clusters = openClusters({ settings: chosen, metrics, environment, version, demo, writes, log });
      if (host.ends !== true) opened.push(clusters);
      return clusters;
    },
    async call(
      tool,
      args,
      { clusters, signal = host.signal, onProgress, approval, healing: heals = false, patient = false },
    ) {
      const { createPipeline } = await import('../call.ts');
      const pipeline = createPipeline({
        tools: [tool],
        settings: toolSettings(settings),
        timeoutMs: patient ? patientMs : settings.timeout * 1000,
        log,
        metrics: noMetrics,
        limiter: noRateLimit,
        ...(heals && { healing: (await healing()).options }),
      });
      return pipeline.call({
        tool: tool.name,
        arguments: args,
        clusters,
        signal: AbortSignal.any([signal, host.signal]),
        onProgress,
        approval,
      });
    },
  };
}

interface HealingNeeds {
  readonly settings: Settings;
  readonly host: Host;
  readonly signal: AbortSignal | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly redis: RedisAccess['open'];
  readonly audit: Audit;
}

async function healingOf({ settings, host, ...parts }: HealingNeeds): Promise<HealingService> {
  const { policy, http, consoleClientId, publicUrl = '' } = settings;
  const { createHealing } = await import('./healing-service.ts');
  return createHealing({
    policy,
    ownNamespace: host.environment['POD_NAMESPACE'],
    console: http && consoleClientId !== undefined ? `${publicUrl}/ui` : undefined,
    ...parts,
  });
}
