import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../platform/errors.ts';
import type { ResourceType, Watching } from '../ports.ts';
import { permissionOf } from './asking.ts';
import { accepts, pathOf, queryOf } from './paths.ts';
import type { Rest } from './rest.ts';
import { delayOf } from './retry.ts';
import { reviewPermissions } from './reviews.ts';
import { versionedShape, watchEventShape } from './shapes.ts';

export interface WatchTypes {
  readonly types: readonly ResourceType[];
  readonly namespace: string | undefined;
  readonly changed: () => void;
  /** Of jitter; in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Waits before it asks again. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined;
}

/** Names and versions are enough to know that something changed: a hundredth of the bytes of whole objects. */
const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';
/** How long the server keeps a watch open, in seconds; spread, so that not all end at once. */
const [shortestWatch, watchSpread] = [240, 120];
/** Bookmarks come once a minute: a connection that is silent for longer is dead. */
const idleMs = 130_000;
/** A watch that lasted so long has worked: the next failure is a first one. */
const workedMs = 10_000;
/** One failure is a proxy that cut a connection; after so many in a row the API server is taken to be away. */
const failuresUntilLost = 2;

/**
 * Watches kinds until `signal` aborts. Resolves when each is followed from a version that was listed now. A kind that
 * may not be watched, or is not there, is left out; when none is left, the first refusal is thrown.
 */
export async function watchTypes(rest: Rest, watching: WatchTypes, signal: AbortSignal): Promise<Watching> {
  const begun = await Promise.all(
    watching.types.map(async (type) => {
      const [version] = await Promise.all([
        versionOf(rest, type, { ...watching, signal }),
        checkWatchable(rest, type, { ...watching, signal }),
      ]).catch((error: unknown) => [refusal(error)]);
      return { type, version };
    }),
  );
  const refused = begun.filter(({ version }) => version instanceof AppError);
  const [first] = refused;
  if (first?.version instanceof AppError && refused.length === begun.length) throw first.version;
  for (const { type, version } of begun) {
    // It ends with the signal; what fails on the way is tried again.
    if (typeof version === 'string') void follow(rest, { ...watching, type, version, signal });
  }
  return { unwatched: refused.map(({ type }) => type.kind) };
}

/** Who may list may not always watch; a watch itself would only ever fail. Throws `permission_denied`. */
async function checkWatchable(rest: Rest, type: ResourceType, { namespace, signal }: Place): Promise<void> {
  const permission = permissionOf({ verb: 'watch', type });
  const place = type.namespaced ? namespace : undefined;
  const [answer] = await reviewPermissions(rest, { permissions: [permission], namespace: place }, signal);
  if (answer?.allowed !== false) return;
  throw new AppError('permission_denied', `Not allowed to watch ${type.resource}.`, {
    hint: `Grant "${permission}"${place === undefined ? '' : ` in namespace ${place}`}.`,
    details: { required_permission: permission },
  });
}

/** Refusals stay as they are for the while; anything else is a failure of the whole. */
function refusal(error: unknown): AppError {
  if (error instanceof AppError && ['permission_denied', 'not_found'].includes(error.code)) return error;
  throw error;
}

interface Following extends WatchTypes {
  readonly type: ResourceType;
  readonly version: string;
  readonly signal: AbortSignal;
}

interface Place extends Pick<Following, 'namespace' | 'signal'> {
  readonly once?: boolean | undefined;
}

/** The version of a list as it is now. */
async function versionOf(rest: Rest, type: ResourceType, { namespace, signal, once }: Place): Promise<string> {
  const path = `${pathOf(type, { namespace })}${queryOf({ limit: 1 })}`;
  const asking = { verb: 'list', type, namespace } as const;
  const { metadata } = await rest.json(
    { asking, path, accept: accepts.metadata, shape: versionedShape },
    { signal, once },
  );
  return metadata.resourceVersion;
}

/**
 * One kind, watch after watch. When its past is lost (410), it begins anew, and something may have changed meanwhile.
 * That the API server is away, and that it is back, counts as a change too: an answer may have to be taken back.
 */
async function follow(rest: Rest, following: Following): Promise<void> {
  const { signal, random = Math.random, wait = pause } = following;
  let version: string | undefined = following.version;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const ended = await watchOnce(rest, { ...following, version }, random);
    ({ version } = ended);
    const worked = performance.now() - startedAt > workedMs;
    failures = worked ? 0 : failures + 1;
    if (worked && !ended.failed) continue;
    if (ended.failed && failures === failuresUntilLost) {
      version = undefined;
      following.changed();
    }
    await wait(delayOf(Math.max(0, failures - 1), undefined, random), signal).catch(() => undefined);
  }
}

interface Ended {
  /** From where to go on; absent when that is lost. */
  readonly version: string | undefined;
  readonly failed: boolean;
}

/** One watch until the server, the connection or the signal ends it. */
async function watchOnce(
  rest: Rest,
  following: Omit<Following, 'version'> & { readonly version: string | undefined },
  random: () => number,
): Promise<Ended> {
  const { type, changed } = following;
  let { version } = following;
  try {
    if (version === undefined) {
      version = await versionOf(rest, type, { ...following, once: true });
      changed();
    }
    for await (const event of eventsOf(rest, { ...following, version }, random)) {
      version = event.version ?? version;
      if (event.changes) changed();
    }
    return { version, failed: false };
  } catch (error) {
    return { version: isExpired(error) ? undefined : version, failed: true };
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<unknown> => sleep(ms, undefined, { signal });

const isExpired = (error: unknown): boolean => error instanceof AppError && error.details.status === 410;

/** Changes and bookmarks; both say from where to go on. */
async function* eventsOf(rest: Rest, { type, namespace, version, signal }: Following, random: () => number) {
  const query = queryOf({
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: version,
    timeoutSeconds: shortestWatch + Math.floor(random() * watchSpread),
    // Nothing is wrong where all is normal, and a starting pod says so six times.
    fieldSelector: type.kind === 'Event' ? 'type!=Normal' : undefined,
  });
  const asking = { verb: 'watch', type, namespace } as const;
  for await (const line of rest.lines(
    { asking, path: `${pathOf(type, { namespace })}${query}`, accept, idleMs },
    { signal },
  )) {
    const event = watchEventShape.parse(JSON.parse(line));
    if (event.type === 'ERROR') throw watchError(event.object.code ?? 500);
    yield { version: event.object.metadata?.resourceVersion, changes: event.type !== 'BOOKMARK' };
  }
}

const watchError = (status: number): AppError =>
  new AppError('api_error', `The API server ended a watch with ${status}.`, { details: { status } });
