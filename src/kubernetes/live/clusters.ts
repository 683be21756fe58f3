import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../platform/errors.ts';
import { type Logger, silentLogger } from '../../platform/logging.ts';
import { nearest } from '../../platform/nearest.ts';
import { currentRequest } from '../../platform/request-context.ts';
import type { ClusterInfo, Clusters, NextReads, Reader, View, Writer } from '../ports.ts';
import { allowedContexts } from './allowed-contexts.ts';
import { type ContextEntry, loadContexts } from './kubeconfig.ts';
import { createLiveReader, serverVersion } from './reader.ts';
import { createRequestPace, type PaceOptions } from './request-pace.ts';
import { type ClusterMetrics, createRest, type Rest, type RestOptions } from './rest.ts';
import { restSeenAs } from './seen-as.ts';
import { reviewToken } from './token-review.ts';

export interface ClustersOptions {
  readonly kubeconfigPath?: string | undefined;
  /** Use the pod's ServiceAccount when there is one. */
  readonly inCluster: boolean;
  /** Names of the contexts that may be used; absent: all. */
  readonly allowed?: readonly string[] | undefined;
  /** Whether credential plugins of the kubeconfig may run commands; off in HTTP mode. */
  readonly allowExec: boolean;
  /** How fast each API server is asked; absent: as fast as it answers. */
  readonly pace?: PaceOptions | undefined;
  /** 0 turns the cache of reads off. */
  readonly cacheTtlMs: number;
  /** Of cached reads, per cluster; default 64 MiB. */
  readonly cacheBytes?: number | undefined;
  readonly nextReads: NextReads;
  readonly metrics: ClusterMetrics;
  readonly userAgent?: string | undefined;
  /** Where `KUBECONFIG`, `HOME` and `KUBERNETES_SERVICE_HOST` are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The context to use when none is named, instead of the kubeconfig's current one. */
  readonly defaultContext?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** How requests are timed and tried again; for tests. */
  readonly rest?: Pick<RestOptions, 'timeouts' | 'random' | 'wait'> | undefined;
  readonly serviceAccountRoot?: string | undefined;
  /** Absent: nothing may be changed. */
  readonly healing?: Healing | undefined;
}

export interface Healing {
  /** What actions are signed with: the first signs, each verifies. */
  readonly signingKeys: () => Promise<readonly Buffer[]>;
  /** Where actions are kept; without it beside their targets. */
  readonly stateNamespace?: string | undefined;
  readonly log?: Pick<Logger, 'warn'> | undefined;
}

const paceClock = {
  now: () => performance.now(),
  wait: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
};

/** What one unreachable cluster may cost a list of all. */
const probeMs = 4000;
const streamSockets = 64;
const defaultCacheBytes = 64 * 1024 * 1024;

/** The connections to one cluster, with the credentials of the kubeconfig or of the pod. */
interface Wires {
  readonly rest: Rest;
  /** For streams that stay open: they must not take the sockets of those who wait for an answer. */
  readonly streams: Rest;
}

/** One cluster as one user sees it: nobody gets from a cache what somebody else was shown. */
interface Open {
  readonly rest: Rest;
  readonly reader: Reader;
  writer?: Promise<Writer> | undefined;
}

/** Users whose views are kept, for how long after their last call, in ms, and what each may remember of a cluster. */
const viewsKept = 50;
const viewIdleMs = 600_000;
const viewCacheBytes = 4 * 1024 * 1024;

/**
 * The clusters of a kubeconfig, or the one this pod runs in. Costs nothing until first used: then the kubeconfig is
 * read, and connections are made per context as they are needed.
 */
export function createClusters(options: ClustersOptions): Clusters {
  const { now = Date.now, kubeconfigPath: path, inCluster, allowExec, environment, serviceAccountRoot } = options;
  const wires = new Map<string, Wires>();
  const own = new Map<string, Open>();
  const views = new LRUCache<string, Clusters>({ max: viewsKept, ttl: viewIdleMs, updateAgeOnGet: true });
  let contexts: Promise<readonly ContextEntry[]> | undefined;

  /** A kubeconfig that could not be read is looked at again next time. */
  function allContexts(): Promise<readonly ContextEntry[]> {
    contexts ??= loadContexts({ path, inCluster, allowExec, environment, serviceAccountRoot })
      .then((all) => allowedContexts(all, options.allowed))
      .catch((error: unknown) => {
        contexts = undefined;
        throw error;
      });
    return contexts;
  }

  function wired({ name, credentials }: ContextEntry): Wires {
    const known = wires.get(name);
    if (known !== undefined) return known;
    const { metrics, userAgent } = options;
    const requestId = () => currentRequest()?.requestId;
    const pace = options.pace && createRequestPace(options.pace, paceClock);
    const talking = { credentials, metrics, requestId, userAgent, now, pace, ...options.rest };
    const made: Wires = { rest: createRest(talking), streams: createRest({ ...talking, sockets: streamSockets }) };
    wires.set(name, made);
    return made;
  }

  /** @param view Absent: all that our own credentials see. */
  function opened(context: ContextEntry, open: Map<string, Open>, view?: View): Open {
    const known = open.get(context.name);
    if (known !== undefined) return known;
    const { metrics, nextReads, cacheTtlMs } = options;
    const cacheBytes = view === undefined ? (options.cacheBytes ?? defaultCacheBytes) : viewCacheBytes;
    const base = wired(context);
    const seen = (rest: Rest): Rest => (view === undefined ? rest : restSeenAs({ rest, view, metrics }));
    const [rest, streams] = [seen(base.rest), seen(base.streams)];
    const cluster = context.name;
    const reader = createLiveReader({ cluster, rest, streams, metrics, nextReads, now, cacheTtlMs, cacheBytes });
    const made: Open = { rest, reader };
    open.set(context.name, made);
    return made;
  }

  /** Loaded when something is to be changed: most processes only read. */
  async function writing(
    { rest }: Open,
    { rest: books }: Wires,
    { signingKeys, stateNamespace, log = silentLogger }: Healing,
  ): Promise<Writer> {
    const [{ createLiveWriter }, { createActionStore }, keys] = await Promise.all([
      import('./writer.ts'),
      import('./action-store.ts'),
      signingKeys(),
    ]);
    // Processes on machines whose clocks differ agree on the cluster's.
    const clusterNow = () => now() + books.clockAheadMs();
    const actions = createActionStore({ rest: books, keys, stateNamespace, log, now: clusterNow });
    return createLiveWriter({ rest, books, metrics: options.metrics, actions, log, now: clusterNow });
  }

  const isDefault = (context: ContextEntry): boolean =>
    options.defaultContext === undefined ? context.default : context.name === options.defaultContext;

  async function chosen(cluster: string | undefined): Promise<ContextEntry> {
    const all = await allContexts();
    const wanted = cluster ?? options.defaultContext;
    const context = wanted === undefined ? all.find(isDefault) : all.find(({ name }) => name === wanted);
    if (context !== undefined) return context;
    const names = all.map(({ name }) => name);
    if (wanted === undefined) {
      throw new AppError('not_found', 'The kubeconfig has no current context that may be used.', {
        hint: `Name one of its clusters: ${names.join(', ')}.`,
        details: { clusters: names },
      });
    }
    throw new AppError('not_found', `There is no cluster "${wanted}".`, {
      hint: `The clusters are ${names.join(', ')}.`,
      details: { clusters: names, suggestions: nearest(wanted, names) },
    });
  }

  async function probe(context: ContextEntry, signal: AbortSignal, enough: AbortSignal): Promise<ClusterInfo> {
    const startedAt = performance.now();
    const about = { name: context.name, default: isDefault(context), server: context.server };
    const limited = AbortSignal.any([signal, enough, AbortSignal.timeout(probeMs)]);
    try {
      return {
        ...about,
        reachable: true,
        version: await serverVersion(wired(context).rest, { signal: limited, once: true }),
      };
    } catch (error) {
      signal.throwIfAborted();
      return { ...about, reachable: false, problem: problemOf(error, performance.now() - startedAt) };
    }
  }

  /** All clusters as one user sees them. */
  const seenBy = (open: Map<string, Open>, view?: View): Clusters => ({
    async list(signal, enough = signal) {
      const all = await allContexts();
      return Promise.all(all.map((context) => probe(context, signal, enough)));
    },
    async reader(cluster) {
      return opened(await chosen(cluster), open, view).reader;
    },
    async writer(cluster) {
      if (options.healing === undefined) {
        throw new AppError('refused', 'Nothing may be changed: healing is switched off.', {
          hint: 'Start kubemend with --heal.',
        });
      }
      const context = await chosen(cluster);
      const of = opened(context, open, view);
      of.writer ??= writing(of, wired(context), options.healing).catch((error: unknown) => {
        // A key that could not be read is looked at again next time.
        of.writer = undefined;
        throw error;
      });
      return of.writer;
    },
    async reviewToken(question, signal) {
      return reviewToken(wired(await chosen(undefined)).rest, question, { signal });
    },
    async ping(signal) {
      const { rest } = wired(await chosen(undefined));
      await rest.bytes({ asking: { verb: 'get' }, path: '/readyz', accept: 'text/plain', cap: 4096 }, { signal });
    },
    as({ user, by, logs }) {
      const key = JSON.stringify([logs, by, user?.user, user?.groups.toSorted()]);
      const seen = views.get(key) ?? seenBy(new Map(), { user, by, logs });
      views.set(key, seen);
      return seen;
    },
    // Others talk over the same connections.
    async close() {},
  });

  return {
    ...seenBy(own),
    async close() {
      const all = [...wires.values()];
      wires.clear();
      own.clear();
      views.clear();
      await Promise.all(all.flatMap(({ rest, streams }) => [rest.close(), streams.close()]));
    },
  };
}

const problemOf = (error: unknown, waitedMs: number): string =>
  error instanceof AppError ? error.message : `It did not answer within ${(waitedMs / 1000).toFixed(1)} s.`;
