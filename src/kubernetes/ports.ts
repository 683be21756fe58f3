import type { AccessReview } from '../engines/access/access.ts';
import type { AccessRequest, Identity } from '../engines/access/request.ts';
import type { KubernetesObject, ObjectRef } from '../engines/objects.ts';
import type { LogExcerpt, Read, Scope, SnapshotData } from '../engines/snapshot-data.ts';

/** A kind as the API server serves it. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural of the URL: `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
}

export interface TablePage {
  readonly type: ResourceType;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly namespace?: string | undefined;
    readonly cells: readonly (string | number | boolean)[];
  }[];
  /** Opaque; where the next page starts. */
  readonly cursor?: string | undefined;
  /** How many more the server says there are, when it says so. */
  readonly remaining?: number | undefined;
}

export interface ListQuery {
  /** Kind, plural or short name, with an optional group: `Deployment`, `deploy`, `certificates.cert-manager.io`. */
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Which lines of which log. */
export interface LogRange {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** The last so many. */
  readonly tailLines: number;
  /** And not older than this, by the clock of the node. */
  readonly sinceSeconds?: number | undefined;
}
/** Takes the next lines of a log, redacted, oldest first. */
export type TakeLines = (lines: LogExcerpt['lines']) => void;
export interface StreamedLog {
  /** As they came, with the runtime's timestamps. */
  readonly bytes: number;
  /** False when it was cut before its end: by its size, by `signal`, by a broken connection. */
  readonly whole: boolean;
  /** Lines of which only the beginning was handed on. */
  readonly clipped?: number | undefined;
}

/**
 * One cluster, or an archive of one, to read from. Every method throws `AppError`: `not_found` (with the nearest
 * names in `details.suggestions`), `permission_denied` (with `details.required_permission`), `timeout`, `api_error`,
 * `unavailable`. Every method ends when `signal` aborts.
 */
export interface Reader {
  /**
   * What a diagnosis of `scope` needs. Failed reads do not throw: they are in `reads`; so are those that were not
   * answered when `enough` aborts. Throws only when nothing can be read at all, or when the namespace or the object of
   * `scope` does not exist (`not_found`).
   */
  collect(scope: Scope, signal: AbortSignal, options?: CollectOptions): Promise<SnapshotData>;
  /** A page of any kind, as the server prints it. */
  list(query: ListQuery, signal: AbortSignal): Promise<TablePage>;
  /** One object of any kind; Secret values are removed. */
  get(ref: ObjectRef, signal: AbortSignal): Promise<KubernetesObject>;
  /** Warning and Normal events about one object, newest last. */
  events(ref: ObjectRef, signal: AbortSignal): Promise<readonly KubernetesObject[]>;
  /** The last lines of a container's log, redacted. */
  log(
    target: { namespace: string; pod: string; container: string; previous: boolean; tailLines: number },
    signal: AbortSignal,
  ): Promise<LogExcerpt>;
  /**
   * Hands a log of any size to `take` as it comes, in constant memory. Throws only as long as nothing was handed on;
   * after that whatever ends it early, `signal` too, is a cut.
   */
  streamLog(range: LogRange, take: TakeLines, signal: AbortSignal): Promise<StreamedLog>;
  /** Resolves a kind as people write it (`deploy`, `Deployment`, `deployments.apps`). */
  resolve(kind: string, signal: AbortSignal): Promise<ResourceType>;
  /** Executes just these reads, as {@link collect} does: for tools that know what they need. */
  read(reads: readonly Read[], signal: AbortSignal, options?: ReadOptions): Promise<SnapshotData>;
  /**
   * Which of these permissions (`list apps/deployments`) the credentials have, in one namespace or in all
   * (SelfSubjectAccessReview). Absent where nobody can be asked, as in archives.
   */
  can?(
    permissions: readonly string[],
    namespace: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly PermissionAnswer[]>;
  /** What the authorizers say of one request of somebody, or of the credentials themselves. Absent in archives. */
  review?(request: AccessRequest, who: Identity | undefined, signal: AbortSignal): Promise<AccessReview>;
  /**
   * Tells of every change of these kinds from now on, until `signal` aborts; returns once no change is missed any more.
   * Throws when none of them may be watched. Absent in archives.
   */
  watch?(query: WatchQuery, signal: AbortSignal): Promise<Watching>;
  /** Whose the credentials are (SelfSubjectReview). Absent in archives. */
  identity?(signal: AbortSignal): Promise<Identity>;
}

export interface WatchQuery {
  readonly kinds: readonly string[];
  /** Absent for all. */
  readonly namespace: string | undefined;
  /** That something changed; what, a new read tells. */
  readonly changed: () => void;
}

export interface Watching {
  /** Kinds that may not be watched, or not here. */
  readonly unwatched: readonly string[];
}

export interface ReadOptions {
  /** Aborts when what was read by then has to do. */
  readonly enough?: AbortSignal | undefined;
  /** Asks the server even for what was read a moment ago. */
  readonly fresh?: boolean | undefined;
}

export interface CollectOptions extends Pick<ReadOptions, 'enough'> {
  /** Called once the first questions are on their way: until they are answered there is time for other work. */
  readonly asked?: (() => void) | undefined;
}

export interface PermissionAnswer {
  readonly permission: string;
  readonly allowed: boolean;
}

/** What a reader answers about itself. */
export interface ClusterInfo {
  readonly name: string;
  readonly default: boolean;
  readonly server?: string | undefined;
  readonly reachable: boolean;
  /** The API server's `gitVersion`. */
  readonly version?: string | undefined;
  /** Why it is not reachable, in one sentence. */
  readonly problem?: string | undefined;
}

/** The clusters a caller may choose from. */
export interface Clusters {
  /**
   * Every context with a probe of each; an unreachable cluster delays no other. One that has not answered when `enough`
   * aborts is not reachable.
   */
  list(signal: AbortSignal, enough?: AbortSignal): Promise<readonly ClusterInfo[]>;
  /** Throws `not_found` with the known names; `unavailable` when there is no kubeconfig at all. */
  reader(cluster: string | undefined): Promise<Reader>;
  /** A real call to the default cluster's API server; throws when it does not answer. */
  ping(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Decides what to read next. Called with what was read so far until it wants nothing more. Implemented by the engine,
 * which may have to be loaded first, called by the collector.
 */
export type NextReads = (soFar: SnapshotData) => readonly Read[] | Promise<readonly Read[]>;
