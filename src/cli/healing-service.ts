import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { PipelineOptions } from '../call.ts';
import { localCaller } from '../caller.ts';
import { inClusterContext } from '../kubernetes/live/kubeconfig.ts';
import type { Audit } from '../platform/audit.ts';
import { createClaims } from '../platform/claims.ts';
import { AppError } from '../platform/errors.ts';
import { defaultPolicy, type HealingPolicy } from '../platform/healing-policy.ts';
import { loadPolicy } from '../platform/load-policy.ts';
import type { Logger } from '../platform/logging.ts';
import { type Metrics, noMetrics } from '../platform/metrics.ts';
import type { SharedRedis } from '../platform/redis.ts';
import type { Healing, HealingEvent } from '../tools/mend/healing.ts';

export interface HealingService {
  /** What actions need, with the policy as its file stands now: a kill switch works at the next call. */
  readonly options: NonNullable<PipelineOptions['healing']>;
  /** Whether something goes on in the background. */
  readonly busy: boolean;
  /** Resolves when nothing goes on in the background any more. */
  idle(): Promise<void>;
  /** Ends what goes on in the background between two steps; resolves when what was begun is written down. */
  stop(): Promise<void>;
}

interface HealingParts {
  /** Path of the policy. */
  readonly policy: string | undefined;
  /** The namespace this process runs in, when it runs in a cluster. */
  readonly ownNamespace: string | undefined;
  readonly metrics?: Pick<Metrics, 'healAction' | 'approval'> | undefined;
  /** Where people may approve in a browser, where they can sign in there: a URL, or the path of one. */
  readonly console?: string | undefined;
  /** The Redis that replicas share, where there is one. */
  readonly redis?: (() => Promise<SharedRedis>) | undefined;
  readonly log: Logger;
  readonly audit: Pick<Audit, 'record'>;
  /** Ends what goes on in the background, as `stop` does. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What actions need of this process. Of work in the background that ends, the records say how far it came.
 * @throws AppError `validation_error` for a policy that is bad from the start.
 */
export async function createHealing({
  policy,
  redis,
  log,
  metrics = noMetrics,
  console: page,
  ...parts
}: HealingParts): Promise<HealingService> {
  await loadPolicy(policy);
  const running = new Set<Promise<void>>();
  const ending = new AbortController();
  const stopped = parts.signal === undefined ? ending.signal : AbortSignal.any([parts.signal, ending.signal]);
  const holder = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const lasting = {
    holder,
    claims: redis && createClaims({ holder, redis }),
    ownNamespace: parts.ownNamespace,
    clock: { now: Date.now, pause: (ms: number, ended: AbortSignal) => pause(ms, undefined, { signal: ended }) },
    approveElsewhere: (plan: PlanElsewhere) => approveElsewhere(plan, page),
    audit(event: HealingEvent) {
      parts.audit.record(event);
      count(event, metrics);
    },
    background(work: (signal: AbortSignal) => Promise<void>) {
      const going = work(stopped)
        .catch((error: unknown) => {
          if (!stopped.aborted) log.error({ err: error }, 'work in the background failed');
        })
        .finally(() => running.delete(going));
      running.add(going);
    },
  };
  const idle = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    get busy() {
      return running.size > 0;
    },
    options: async () => ({ ...lasting, policy: await policyNow(policy, log) }),
    idle,
    stop() {
      ending.abort();
      return idle();
    },
  };
}

/** What was decided; the writes of it are counted as requests to the API server. */
function count(event: HealingEvent, metrics: Pick<Metrics, 'healAction' | 'approval'>): void {
  if (event.outcome === 'written') return;
  metrics.healAction(event.action, event.outcome);
  if (event.outcome === 'applying') metrics.approval('approved');
  if (event.outcome === 'declined' || event.outcome === 'expired') metrics.approval(event.outcome);
}

type PlanElsewhere = Parameters<Healing['approveElsewhere']>[0];

/** The command that says of which cluster it speaks, whatever the current context of the person is. */
function approveElsewhere({ id, cluster, target, caller }: PlanElsewhere, page: string | undefined): string {
  const { namespace } = target.object;
  // A terminal knows nobody of an identity provider.
  if (caller !== localCaller.id) {
    const asking = 'in an MCP client that can ask them (elicitation)';
    if (page === undefined) return `the same user, ${asking}`;
    const shown = new URLSearchParams({
      view: 'actions',
      action: id,
      ...(namespace !== undefined && { namespace }),
      cluster,
    });
    return `the same user, at ${page}?${shown.toString()}, or ${asking}`;
  }
  const place = namespace === undefined ? [] : ['-n', namespace];
  // Who runs in the cluster has no context to name.
  const context = cluster === inClusterContext ? [] : ['--context', quoted(cluster)];
  return ['kubemend heal approve', id, ...place, ...context].join(' ');
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A policy that was edited into something unreadable allows nothing. */
async function policyNow(path: string | undefined, log: Logger): Promise<HealingPolicy> {
  try {
    return await loadPolicy(path);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.error({ err: error }, 'the policy cannot be read: healing is paused');
    return { ...defaultPolicy, paused: true };
  }
}
