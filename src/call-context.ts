import type { Clusters } from './kubernetes/ports.ts';
import { AppError } from './platform/errors.ts';
import type { Logger } from './platform/logging.ts';
import { safeText } from './platform/safe-text.ts';
import type { Approval, Healing } from './tools/mend/healing.ts';
import type { ToolContext, ToolSettings } from './tools/tool.ts';

/** What of a call and of the pipeline a handler may reach. */
interface Reachable {
  readonly clusters: Clusters;
  readonly caller: string;
  readonly approval?: Approval | undefined;
  readonly onProgress?: ToolContext['progress'] | undefined;
  readonly healing?: Omit<Healing, 'caller' | 'approval'> | undefined;
  readonly settings: ToolSettings;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly enough: AbortSignal;
}

/** The context of one call. */
export const contextOf = (cluster: string | undefined, reachable: Reachable): ToolContext => {
  const { clusters, onProgress, signal, enough, log, settings } = reachable;
  return {
    clusters,
    reader: () => clusters.reader(cluster),
    writer: () => clusters.writer(cluster),
    healing: () => healingOf(reachable),
    log,
    signal,
    enough,
    progress: progressTo(onProgress, signal, log),
    settings,
  };
};

function healingOf({ healing, caller, approval }: Reachable): Healing {
  if (healing !== undefined) return { ...healing, caller, approval };
  throw new AppError('refused', 'Healing is switched off.', {
    hint: 'Start kubemend with --heal.',
    details: { rules: ['G1'] },
  });
}

/** Progress as the caller may see it; after the end, and for a caller that fails to listen, there is none. */
function progressTo(
  listener: ToolContext['progress'] | undefined,
  signal: AbortSignal,
  log: Logger,
): ToolContext['progress'] {
  return (done, total, message) => {
    if (listener === undefined || signal.aborted) return;
    try {
      listener(done, total, safeText(message));
    } catch (error) {
      log.warn({ err: error }, 'progress could not be reported');
    }
  };
}
