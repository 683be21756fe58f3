import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { PipelineOptions } from '../call.ts';
import type { HealingPolicy } from '../platform/healing-policy.ts';
import type { Logger } from '../platform/logging.ts';

export interface HealingService {
  readonly options: NonNullable<PipelineOptions['healing']>;
  /** Resolves when nothing goes on in the background any more. */
  idle(): Promise<void>;
  /** Ends what goes on in the background between two steps; resolves when what was begun is written down. */
  stop(): Promise<void>;
}

interface HealingParts {
  readonly policy: HealingPolicy;
  /** The namespace this process runs in, when it runs in a cluster. */
  readonly ownNamespace: string | undefined;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What actions need of this process. Work in the background ends when `signal` aborts; the records say how far it came. */
export function createHealing({ policy, ownNamespace, log, signal }: HealingParts): HealingService {
  const running = new Set<Promise<void>>();
  const ending = new AbortController();
  const stopped = AbortSignal.any([signal, ending.signal]);
  const idle = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    options: {
      policy,
      ownNamespace,
      holder: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
      approveElsewhere: (id, namespace) =>
        `kubemend heal approve ${id}${namespace === undefined ? '' : ` -n ${namespace}`}`,
      clock: { now: Date.now, pause: (ms, ended) => pause(ms, undefined, { signal: ended }) },
      audit: (event) => log.info({ audit: event }, 'action'),
      background(work) {
        const going = work(stopped)
          .catch((error: unknown) => {
            if (!stopped.aborted) log.error({ err: error }, 'work in the background failed');
          })
          .finally(() => running.delete(going));
        running.add(going);
      },
    },
    idle,
    stop() {
      ending.abort();
      return idle();
    },
  };
}
