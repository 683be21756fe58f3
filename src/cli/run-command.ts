import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import type { Settings } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { loadSettings } from '../platform/load-settings.ts';
import { createLogger } from '../platform/logging.ts';
import { noMetrics } from '../platform/metrics.ts';
import { noRateLimit } from '../platform/rate-limit.ts';
import { openClusters } from './open-clusters.ts';
import type { Action, CommandContext, Host, Run } from './program.ts';
import { addSettingFlags } from './setting-flags.ts';
import { terminalOf } from './terminal.ts';

export interface Runner {
  readonly run: Run;
  /** The exit status of the command that ran. */
  status(): number;
}

/** Where a person waits for an answer, only what went wrong is worth a line between. */
const terminalDefaults = { logLevel: 'warn', logFormat: 'console' };

export function runner(host: Host): Runner {
  let status = 0;
  return {
    status: () => status,
    run(command, action) {
      const serves = command.name() === 'serve';
      addSettingFlags(command, serves ? 'serve' : 'all');
      command.action(async () => {
        status = await runAction({ command, action, host, defaults: serves ? {} : terminalDefaults });
      });
    },
  };
}

interface ActionRun {
  readonly command: Command;
  readonly action: Action;
  readonly host: Host;
  readonly defaults: Readonly<Record<string, string>>;
}

/** Settings, context, action, and the one place where a command's error becomes words and a status. */
async function runAction({ command, action, host, defaults }: ActionRun): Promise<number> {
  const opened: { close(): Promise<void> }[] = [];
  try {
    const { environment } = host;
    const settings = loadSettings({
      flags: command.opts<Record<string, string | boolean | undefined>>(),
      environment,
      dotenv: parseEnv(host.dotenv),
      defaults,
    });
    return await action(contextOf(settings, host, opened), command.args);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    host.stderr.write(`kubemend: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return 2;
  } finally {
    await Promise.allSettled(opened.map((clusters) => clusters.close()));
  }
}

function contextOf(settings: Settings, host: Host, opened: { close(): Promise<void> }[]): CommandContext {
  const log = createLogger({ level: settings.logLevel, format: settings.logFormat, stream: host.stderr });
  return {
    settings,
    terminal: terminalOf(host),
    log,
    signal: host.signal,
    async openClusters(metrics = noMetrics) {
      const { environment, version } = host;
      const clusters = openClusters({ settings, metrics, environment, version });
      opened.push(clusters);
      return clusters;
    },
    async call(tool, args, { clusters, signal = host.signal, onProgress }) {
      const [{ createPipeline }, { tools }] = await Promise.all([import('../call.ts'), import('../tools/index.ts')]);
      const pipeline = createPipeline({
        tools,
        settings: { namespace: settings.k8sNamespace, allowSystemNamespaces: settings.allowSystemNamespaces },
        timeoutMs: settings.timeout * 1000,
        log,
        metrics: noMetrics,
        limiter: noRateLimit,
      });
      return pipeline.call({
        tool,
        arguments: args,
        clusters,
        signal: AbortSignal.any([signal, host.signal]),
        onProgress,
      });
    },
  };
}
