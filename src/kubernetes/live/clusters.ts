import { AppError } from '../../platform/errors.ts';
import { type Logger, silentLogger } from '../../platform/logging.ts';
import { nearest } from '../../platform/nearest.ts';
import { currentRequest } from '../../platform/request-context.ts';
import type { ClusterInfo, Clusters, NextReads, Reader, Writer } from '../ports.ts';
import { type ContextEntry, loadContexts } from './kubeconfig.ts';
import { createLiveReader, serverVersion } from './reader.ts';
import { type ClusterMetrics, createRest, type Rest, type RestOptions } from './rest.ts';

export interface ClustersOptions {
  readonly kubeconfigPath?: string | undefined;
  /** Use the pod's ServiceAccount when there is one. */
  readonly inCluster: boolean;
  /** Whether credential plugins of the kubeconfig may run commands; off in HTTP mode. */
  readonly allowExec: boolean;
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

/** What one unreachable cluster may cost a list of all. */
const probeMs = 4000;
const streamSockets = 64;
const defaultCacheBytes = 64 * 1024 * 1024;

interface Open {
  readonly rest: Rest;
  /** For streams that stay open: they must not take the sockets of those who wait for an answer. */
  readonly streams: Rest;
  readonly reader: Reader;
  writer?: Promise<Writer> | undefined;
}

/**
 * The clusters of a kubeconfig, or the one this pod runs in. Costs nothing until first used: then the kubeconfig is
 * read, and connections are made per context as they are needed.
 */
export function createClusters(options: ClustersOptions): Clusters {
  const { now = Date.now, kubeconfigPath: path, inCluster, allowExec, environment, serviceAccountRoot } = options;
  const open = new Map<string, Open>();
  let contexts: Promise<readonly ContextEntry[]> | undefined;

  /** A kubeconfig that could not be read is looked at again next time. */
  function allContexts(): Promise<readonly ContextEntry[]> {
    contexts ??= loadContexts({ path, inCluster, allowExec, environment, serviceAccountRoot }).catch(
      (error: unknown) => {
        contexts = undefined;
        throw error;
      },
    );
    return contexts;
  }

  function opened({ name, credentials }: ContextEntry): Open {
    const known = open.get(name);
    if (known !== undefined) return known;
    const { metrics, nextReads, userAgent, cacheTtlMs, cacheBytes = defaultCacheBytes } = options;
    const requestId = () => currentRequest()?.requestId;
    const talking = { credentials, metrics, requestId, userAgent, now, ...options.rest };
    const rest = createRest(talking);
    const streams = createRest({ ...talking, sockets: streamSockets });
    const reader = createLiveReader({ cluster: name, rest, streams, metrics, nextReads, now, cacheTtlMs, cacheBytes });
    const made: Open = { rest, streams, reader };
    open.set(name, made);
    return made;
  }

  /** Loaded when something is to be changed: most processes only read. */
  async function writing(
    { rest }: Open,
    { signingKeys, stateNamespace, log = silentLogger }: Healing,
  ): Promise<Writer> {
    const [{ createLiveWriter }, { createActionStore }, keys] = await Promise.all([
      import('./writer.ts'),
      import('./action-store.ts'),
      signingKeys(),
    ]);
    // Processes on machines whose clocks differ agree on the cluster's.
    const clusterNow = () => now() + rest.clockAheadMs();
    const actions = createActionStore({ rest, keys, stateNamespace, log, now: clusterNow });
    return createLiveWriter({ rest, metrics: options.metrics, actions, log, now: clusterNow });
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
      throw new AppError('not_found', 'The kubeconfig has no current context.', {
        hint: `Name one of its clusters: ${names.join(', ')}.`,
        details: { clusters: names },
      });
    }
    throw new AppError('not_found', `There is no cluster "${wanted}".`, {
      hint: `The kubeconfig has: ${names.join(', ')}.`,
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
        version: await serverVersion(opened(context).rest, { signal: limited, once: true }),
      };
    } catch (error) {
      signal.throwIfAborted();
      return { ...about, reachable: false, problem: problemOf(error, performance.now() - startedAt) };
    }
  }

  return {
    async list(signal, enough = signal) {
      const all = await allContexts();
      return Promise.all(all.map((context) => probe(context, signal, enough)));
    },
    async reader(cluster) {
      return opened(await chosen(cluster)).reader;
    },
    async writer(cluster) {
      if (options.healing === undefined) {
        throw new AppError('refused', 'Nothing may be changed: healing is switched off.', {
          hint: 'Start kubemend with --heal.',
        });
      }
      const of = opened(await chosen(cluster));
      of.writer ??= writing(of, options.healing).catch((error: unknown) => {
        // A key that could not be read is looked at again next time.
        of.writer = undefined;
        throw error;
      });
      return of.writer;
    },
    async ping(signal) {
      const { rest } = opened(await chosen(undefined));
      await rest.bytes({ asking: { verb: 'get' }, path: '/readyz', accept: 'text/plain', cap: 4096 }, { signal });
    },
    async close() {
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.flatMap(({ rest, streams }) => [rest.close(), streams.close()]));
    },
  };
}

const problemOf = (error: unknown, waitedMs: number): string =>
  error instanceof AppError ? error.message : `It did not answer within ${(waitedMs / 1000).toFixed(1)} s.`;
