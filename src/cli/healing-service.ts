import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { PipelineOptions } from '../call.ts';
import type { HealingPolicy } from '../platform/healing-policy.ts';
import type { Logger } from '../platform/logging.ts';

export interface HealingService {
  readonly options: NonNullable<PipelineOptions['healing']>;
  /** Resolves when nothing goes on in the background any more. */
  idle(): Promise<void>;
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
  return {
    options: {
      policy,
      ownNamespace,
      holder: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
      approveElsewhere: (id, namespace) =>
        `kubemend heal approve ${id}${namespace === undefined ? '' : ` -n ${namespace}`}`,
      audit: (event) => log.info({ audit: event }, 'action'),
      background(work) {
        const going = work(signal)
          .catch((error: unknown) => {
            if (!signal.aborted) log.error({ err: error }, 'work in the background failed');
          })
          .finally(() => running.delete(going));
        running.add(going);
      },
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
