import type { KubernetesObject, ObjectRef } from '../../engines/objects.ts';
import type { Read, SnapshotData } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import { createSharing } from '../../platform/sharing.ts';
import { unlessLate } from '../../platform/unless-late.ts';
import { byTime } from '../event-order.ts';
import { checkVerb } from '../kind-names.ts';
import type { NextReads, Reader } from '../ports.ts';
import { slimmed } from '../slim.ts';
import { apiVersionOf, builtinType } from './builtin-types.ts';
import { type Collection, collect, type Executed, keyOfRead, patienceMs } from './collect.ts';
import { createDiscovery } from './discovery.ts';
import { executeRead, type ReadPart } from './execute-read.ts';
import { getObject, placeOf } from './get-object.ts';
import { listPage } from './list-page.ts';
import { listObjects } from './lists.ts';
import { readLog, streamLog } from './logs.ts';
import { missingObject } from './missing.ts';
import { pathOf } from './paths.ts';
import { createReadCache } from './read-cache.ts';
import type { ClusterMetrics, Rest, RestCall } from './rest.ts';
import { ownIdentity, reviewAccess, reviewPermissions } from './reviews.ts';
import { versionShape } from './shapes.ts';
import { watchTypes } from './watch.ts';

export interface LiveReaderOptions {
  readonly cluster: string;
  readonly rest: Rest;
  /** The same for streams that stay open. */
  readonly streams: Rest;
  readonly metrics: ClusterMetrics;
  readonly nextReads: NextReads;
  readonly cacheTtlMs: number;
  readonly cacheBytes: number;
  readonly now: () => number;
}

/** A server is upgraded more rarely than this. */
const versionFreshMs = 300_000;

/** Reads from one API server as one user. */
export function createLiveReader({
  cluster,
  rest,
  streams,
  metrics,
  nextReads,
  now,
  ...caching
}: LiveReaderOptions): Reader {
  const discovery = createDiscovery(rest, metrics);
  const cache = createReadCache<ReadPart>({ ttlMs: caching.cacheTtlMs, maximumBytes: caching.cacheBytes, metrics });
  const shareObject = createSharing<KubernetesObject>();
  let seen: { version: Promise<string | undefined>; at: number } | undefined;

  /** One read through the cache; logs are always fresh. Errors become outcomes. */
  async function run(read: Read, signal: AbortSignal, spent: (bytes: number) => void): Promise<Executed> {
    try {
      if (read.verb === 'log') return await executeRead({ rest, discovery }, read, { signal, spent });
      return await cache.get(keyOfRead(read), signal, async (ownSignal) => {
        let bytes = 0;
        const counted = (size: number) => {
          bytes += size;
          spent(size);
        };
        const value = await executeRead({ rest, discovery }, read, { signal: ownSignal, spent: counted });
        return { value, bytes };
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const denied = error.code === 'permission_denied' && error.details.status === 403;
      return { outcome: denied ? 'denied' : 'failed', message: error.message, error };
    }
  }

  /** Unknown is no reason to fail; a failure is not remembered. */
  function version({ signal, enough }: Pick<Collection, 'signal' | 'enough'>): Promise<string | undefined> {
    if (seen !== undefined && now() - seen.at < versionFreshMs) return seen.version;
    const asked = serverVersion(rest, { signal: AbortSignal.any([signal, enough]) }).catch(() => {
      seen = undefined;
      return undefined;
    });
    seen = { version: asked, at: now() };
    return asked;
  }

  async function collected({
    fresh,
    ...asked
  }: Pick<Collection, 'scope' | 'nextReads' | 'signal' | 'enough'> & {
    readonly fresh: boolean;
  }): Promise<SnapshotData> {
    const known = version(asked);
    const found = await collect({
      ...asked,
      cluster,
      now,
      aheadMs: () => rest.clockAheadMs(),
      run(read, ownSignal, spent) {
        if (fresh) cache.forget(keyOfRead(read));
        return run(read, ownSignal, spent);
      },
    });
    // Nobody waits long for it once all else is there.
    const serverVersionNow = await unlessLate(known, patienceMs);
    return serverVersionNow === undefined ? found : { ...found, version: serverVersionNow };
  }

  async function get(ref: ObjectRef, signal: AbortSignal): Promise<KubernetesObject> {
    const type = await discovery.resolve(ref.kind, { signal });
    checkVerb(type, 'get');
    const place = placeOf(type, ref);
    return shareObject(`${apiVersionOf(type)} ${pathOf(type, place)}`, signal, (ownSignal) =>
      getObject(rest, { type, ...place }, { signal: ownSignal }).then(slimmed),
    );
  }

  /** Tells a pod that is not there from a log that is not. */
  async function ofPod<T>(
    { namespace, pod }: { namespace: string; pod: string },
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const gone = error instanceof AppError && error.code === 'not_found' && error.details.status === 404;
      if (!gone) throw error;
      throw await missingObject(rest, builtinType('Pod'), { kind: 'Pod', namespace, name: pod }, { signal });
    }
  }

  return {
    async collect(scope, signal, { enough = signal, asked, fresh = false } = {}) {
      const { namespace, object } = scope;
      const place = object?.namespace ?? namespace;
      const forget = asked && rest.onceSent(asked);
      const found = await collected({ scope, nextReads, signal, enough, fresh }).finally(forget);
      if (place !== undefined && isAbsent(found, { kind: 'Namespace', name: place })) {
        throw await missingObject(rest, builtinType('Namespace'), { kind: 'Namespace', name: place }, { signal });
      }
      if (object !== undefined && isAbsent(found, object)) {
        const type = await discovery.resolve(object.kind, { signal });
        throw await missingObject(rest, type, object, { signal });
      }
      return found;
    },
    read(reads, signal, { enough = signal, fresh = false } = {}) {
      return collected({
        scope: {},
        nextReads: ({ reads: done }) => (done.length === 0 ? reads : []),
        signal,
        enough,
        fresh,
      });
    },
    list: async (query, signal) => listPage(rest, await discovery.resolve(query.kind, { signal }), query, { signal }),
    get,
    async events(ref, signal) {
      const type = await discovery.resolve(ref.kind, { signal });
      return eventsOf(rest, { ...placeOf(type, ref), kind: type.kind }, signal);
    },
    log: (target, signal) => ofPod(target, signal, () => readLog(rest, target, { signal })),
    streamLog: (range, take, signal) => ofPod(range, signal, () => streamLog(rest, range, take, { signal })),
    resolve: (kind, signal) => discovery.resolve(kind, { signal }),
    can: (permissions, namespace, signal) => reviewPermissions(rest, { permissions, namespace }, signal),
    review: (request, who, signal) => reviewAccess(rest, { request, who }, { signal }),
    identity: (signal) => ownIdentity(rest, { signal }),
    async watch({ kinds, namespace, changed }, signal) {
      const types = await Promise.all(kinds.map((kind) => discovery.find(kind, undefined, { signal })));
      return watchTypes(streams, { types: types.filter((type) => type !== undefined), namespace, changed }, signal);
    },
  };
}

const isAbsent = ({ reads }: SnapshotData, { kind, namespace, name }: ObjectRef): boolean =>
  reads.some(
    ({ read, outcome }) =>
      outcome === 'absent' &&
      read.verb === 'get' &&
      read.kind === kind &&
      read.name === name &&
      read.namespace === namespace,
  );

/** Events about cluster-scoped objects are written to `default`. */
async function eventsOf(
  rest: Rest,
  { kind, namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const question = { type: builtinType('Event'), namespace: namespace ?? 'default', fieldSelector };
  const { items } = await listObjects(rest, question, 'full', { signal });
  return items.toSorted(byTime);
}

/** The API server's `gitVersion`. */
export async function serverVersion(rest: Rest, call: RestCall): Promise<string> {
  const { gitVersion } = await rest.json({ asking: { verb: 'get' }, path: '/version', shape: versionShape }, call);
  return gitVersion;
}
