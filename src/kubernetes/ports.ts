import type { AccessReview } from '../engines/access/access.ts';
import type { AccessRequest, Identity } from '../engines/access/request.ts';
import type { Operation, Precondition } from '../engines/healing/action.ts';
import type { ActionRecord } from '../engines/healing/record.ts';
import type { KubernetesObject, ObjectRef, PodTemplate } from '../engines/objects.ts';
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

export interface CollectOptions extends ReadOptions {
  /** Called once the first questions are on their way: until they are answered there is time for other work. */
  readonly asked?: (() => void) | undefined;
}

export interface PermissionAnswer {
  readonly permission: string;
  readonly allowed: boolean;
}

/** How a write is tried or done. */
export interface WriteOptions {
  /** The API server runs admission and quota and changes nothing. */
  readonly dryRun: boolean;
  /** The id of the action: written to the object in the same patch, so that a restart knows what was done. */
  readonly actionId: string;
}

/** A revision of a workload's template, as a ReplicaSet or ControllerRevision keeps it. */
export interface StoredRevision {
  readonly number: number;
  readonly object: ObjectRef;
  /** Whole, with the values of variables: never to be stored or shown. */
  readonly template: PodTemplate;
  /** SHA-256 of the template without `pod-template-hash`, hex. */
  readonly digest: string;
}

/**
 * Changes one cluster, as one user, only by the closed set of {@link Operation}s. Throws `AppError`: `conflict` when
 * the object is another one, or in another state, than the precondition says (nothing has changed then); `refused` with
 * `details.budget` when a PodDisruptionBudget forbids an eviction; `permission_denied`, `not_found`, `api_error`,
 * `timeout`, `unavailable` as a {@link Reader} does; `refused` with `details.admission` when a quota, a policy or a webhook
 * of the cluster says no; `validation_error` when the API server finds the change invalid. A write is never tried again by
 * itself: whoever gets `timeout` or `unavailable` has to read whether it happened, unless `details.effect` is `none`; after
 * every other code nothing has changed.
 */
export interface Writer {
  /** One object as it is, past every cache, slimmed and redacted. */
  current(ref: ObjectRef, signal: AbortSignal): Promise<KubernetesObject>;
  /** Newest first; of Deployments, StatefulSets and DaemonSets. Templates are redacted, digests are of the whole ones. */
  revisions(workload: ObjectRef, signal: AbortSignal): Promise<readonly StoredRevision[]>;
  /**
   * Applies one operation and returns the object as the server left it, redacted; `undefined` after an eviction. The
   * subresources `scale` and `resize` take no annotation: there managedFields (manager `kubemend`) tell who it was.
   */
  apply(operation: Operation, options: WriteOptions, signal: AbortSignal): Promise<KubernetesObject | undefined>;
  /** Tries a Pod with this template without making it. Resolves with what the API server has against it, if anything. */
  tryPod(
    template: PodTemplate,
    namespace: string,
    signal: AbortSignal,
  ): Promise<{ readonly ok: boolean; readonly message?: string | undefined }>;
  /** An Event on the object, for whoever looks at it with kubectl. Failing to write one is logged, never thrown. */
  announce(
    on: Precondition,
    event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
    signal: AbortSignal,
  ): Promise<void>;
  readonly actions: ActionStore;
}

/** An action with the version of the store's object that holds it. */
export interface StoredAction {
  readonly record: ActionRecord;
  readonly version: string;
  /** Who works on it; absent when nobody does. */
  readonly holder?: ActionHolder | undefined;
}

/** Whoever has not renewed for longer than `seconds` is gone, and what it did may be half-done. */
export interface ActionHolder {
  /** Of one process. */
  readonly identity: string;
  /** ISO 8601, by the cluster's clock. */
  readonly renewedAt: string;
  readonly seconds: number;
}

/** Where actions are kept: Leases of the cluster itself, signed, so that they survive restarts and are one for all replicas. */
export interface ActionStore {
  /** @throws AppError `conflict` when there is one with that id. */
  create(record: ActionRecord, signal: AbortSignal): Promise<StoredAction>;
  /** @throws AppError `not_found` for an id that is unknown, foreign (another signature), or no id at all. */
  get(id: string, where: { readonly namespace?: string | undefined }, signal: AbortSignal): Promise<StoredAction>;
  /**
   * Compare and swap; `holder` works on it from now on, without one nobody does. @throws AppError `conflict` when another
   * process was faster: nothing was stored then.
   */
  replace(
    stored: StoredAction,
    record: ActionRecord,
    signal: AbortSignal,
    holder?: Omit<ActionHolder, 'renewedAt'>,
  ): Promise<StoredAction>;
  /** Newest first; those that cannot be read or whose signature is wrong are counted, not returned. */
  list(
    query: { readonly namespace?: string | undefined },
    signal: AbortSignal,
  ): Promise<{ readonly actions: readonly StoredAction[]; readonly unreadable: number }>;
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

/** What of a cluster somebody sees. */
export interface View {
  /** In whose name the API server is asked; absent: in our own. */
  readonly user?: Identity | undefined;
  /** By asking the API server each time whether the user may do it (default), or by impersonation. */
  readonly by?: 'review' | 'impersonation' | undefined;
  /** Whether logs may be read. */
  readonly logs: boolean;
}

export interface TokenReview extends Identity {
  readonly uid?: string | undefined;
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
  /** Throws as {@link reader} does; `refused` for an archive. */
  writer(cluster: string | undefined): Promise<Writer>;
  /**
   * The same clusters as somebody else sees them: with our own credentials, and only what the API server says that this
   * user may do as well. Nothing cached is shared between users. An archive is the same for everybody.
   */
  as(view: View): Clusters;
  /** Who the default cluster takes the bearer of a token for, when it is one for `audience`. Absent in archives. */
  reviewToken?(question: { token: string; audience: string }, signal: AbortSignal): Promise<TokenReview | undefined>;
  /** A real call to the default cluster's API server; throws when it does not answer. */
  ping(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Decides what to read next. Called with what was read so far until it wants nothing more. Implemented by the engine,
 * which may have to be loaded first, called by the collector.
 */
export type NextReads = (soFar: SnapshotData) => readonly Read[] | Promise<readonly Read[]>;
