import { minute, timeOf } from './durations.ts';
import type { ClusterEvent } from './events.ts';
import { type KubernetesObject, keyOf, type ObjectRef, refOf } from './objects.ts';
import { podsOf, workloadOf } from './owners.ts';
import type { Snapshot } from './snapshot.ts';

/** A workload whose pods, claims or Jobs the API server refuses to create: they do not exist, so no pod shows why. */
export interface CreationFailure {
  /** The outermost workload: the Deployment, not its ReplicaSet. */
  readonly owner: ObjectRef;
  /** The controller that tried and says so. */
  readonly controller: ObjectRef;
  readonly refused: 'pod' | 'claim' | 'Job';
  /** The claim that a pod would take up again, and that is being deleted (StatefulSet controller). */
  readonly leaving?: ObjectRef | undefined;
  /** What the controller wrote. */
  readonly message: string;
  /** The API server's reason without wrappers and pod names, so that it is the same for every replica. */
  readonly reason: string;
  /** ISO 8601: the last time it was said. */
  readonly at: string | undefined;
  readonly source: 'status' | 'event' | 'log';
  /** ISO 8601: the first time, as far as the cluster tells. */
  readonly since: string | undefined;
}

/** Controllers retry with a back-off of up to 1000 s (client-go `DefaultControllerRateLimiter`); silence for longer means that it went well. */
const retryCeiling = 20 * minute;
/** A pod's creation time has whole seconds, and within one attempt some creations succeed before one fails. */
const sameAttempt = 2_000;

const controllers = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] as const;
const conditioned = ['ReplicaSet', 'Deployment'] as const;
const cache = new WeakMap<Snapshot, readonly CreationFailure[]>();

/**
 * The newest creation failure of each workload that still holds, from `FailedCreate` events and `ReplicaFailure`
 * conditions. The condition keeps its first message while the reason stays FailedCreate (replicaset `SetCondition`),
 * so a later event wins over it.
 */
export function creationFailures(snapshot: Snapshot): readonly CreationFailure[] {
  let failures = cache.get(snapshot);
  if (failures === undefined) {
    const all = [...fromConditions(snapshot), ...fromEvents(snapshot)];
    failures = [...Map.groupBy(all, ({ owner }) => keyOf(owner)).values()].flatMap(newest);
    cache.set(snapshot, failures);
  }
  return failures;
}

function newest(failures: readonly CreationFailure[]): readonly CreationFailure[] {
  const [last] = failures.toSorted((a, b) => (timeOf(b.at) ?? 0) - (timeOf(a.at) ?? 0));
  const [since] = failures.flatMap((failure) => failure.since ?? []).toSorted();
  return last === undefined ? [] : [{ ...last, since }];
}

function fromConditions(snapshot: Snapshot): readonly CreationFailure[] {
  return conditioned
    .flatMap((kind) => snapshot.all(kind))
    .filter((controller) => lacksPods(controller) ?? true)
    .flatMap((controller) =>
      (controller.status?.conditions ?? [])
        .filter(
          ({ type, status, reason }) => type === 'ReplicaFailure' && status === 'True' && reason !== 'FailedDelete',
        )
        .map(({ message = '', lastTransitionTime }) => ({
          owner: workloadOf(snapshot, controller),
          controller: refOf(controller),
          refused: 'pod' as const,
          message,
          reason: statedReason(message),
          at: lastTransitionTime,
          source: 'status' as const,
          since: lastTransitionTime,
        })),
    );
}

function fromEvents(snapshot: Snapshot): readonly CreationFailure[] {
  return snapshot.events
    .filter(({ reason, about }) => reason === 'FailedCreate' && controllers.some((kind) => kind === about.kind))
    .flatMap((event) => {
      const { about, message, at, first } = event;
      const controller = snapshot.head(about);
      if (!holds(snapshot, event, controller)) return [];
      return [
        {
          owner: controller === undefined ? about : workloadOf(snapshot, controller),
          controller: about,
          refused: refusedIn(about, message),
          leaving: leavingIn(about, message),
          message,
          reason: statedReason(message),
          at,
          source: 'event' as const,
          since: first === undefined ? at : new Date(first).toISOString(),
        },
      ];
    });
}

function refusedIn({ kind }: ObjectRef, message: string): CreationFailure['refused'] {
  if (kind === 'CronJob') return 'Job';
  return /\bcreate claim /i.test(message) ? 'claim' : 'pod';
}

function leavingIn({ namespace }: ObjectRef, message: string): ObjectRef | undefined {
  const [, name] = /\bpvc (\S+) is being deleted\b/i.exec(message) ?? [];
  return name === undefined ? undefined : { kind: 'PersistentVolumeClaim', namespace, name };
}

function holds(snapshot: Snapshot, event: ClusterEvent, controller: KubernetesObject | undefined): boolean {
  const { about, uid, last } = event;
  if (snapshot.presence(about.kind, about.namespace, about.name) === 'absent') return false;
  if (uid !== undefined && controller?.metadata.uid !== undefined && uid !== controller.metadata.uid) return false;
  const lacking = controller && lacksPods(controller);
  if (lacking === undefined) return last === undefined || snapshot.now - last < retryCeiling;
  return lacking && !createdSince(snapshot, controller, last);
}

/** Whether the controller made a pod or Job after the failure: then that failure is over, and what is missing lacks for another reason. */
function createdSince(
  snapshot: Snapshot,
  controller: KubernetesObject | undefined,
  failed: number | undefined,
): boolean {
  if (controller === undefined || failed === undefined) return false;
  const { kind, name } = refOf(controller);
  const made =
    kind === 'CronJob'
      ? snapshot.all('Job', controller.metadata.namespace)
      : podsOf(snapshot, workloadOf(snapshot, controller));
  return made
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.kind === kind && owner.name === name))
    .some(({ metadata }) => (timeOf(metadata.creationTimestamp) ?? 0) > failed + sameAttempt);
}

interface Counts {
  readonly spec?: {
    readonly replicas?: number;
    readonly parallelism?: number;
    readonly completions?: number;
    readonly suspend?: boolean;
  };
  readonly status?: {
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly currentNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
    readonly active?: number;
    readonly succeeded?: number;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  };
}

/** Whether a controller has fewer pods than it wants (a CronJob: whether it wants any); `undefined` when it has no status to tell. */
function lacksPods(controller: KubernetesObject): boolean | undefined {
  const { spec = {}, status } = controller as KubernetesObject & Counts;
  if (status === undefined) return undefined;
  const { replicas = 1 } = spec;
  switch (controller.kind) {
    case 'Deployment':
      return (status.updatedReplicas ?? 0) < replicas || (status.replicas ?? 0) < replicas;
    case 'DaemonSet':
      return (status.currentNumberScheduled ?? 0) < (status.desiredNumberScheduled ?? 0);
    case 'Job': {
      const { parallelism = 1, completions = parallelism, suspend } = spec;
      const over = status.conditions?.some(
        ({ type, status: value }) => value === 'True' && (type === 'Complete' || type === 'Failed'),
      );
      const wanted = Math.min(parallelism, completions - (status.succeeded ?? 0));
      return over !== true && suspend !== true && (status.active ?? 0) < wanted;
    }
    case 'CronJob':
      return spec.suspend !== true;
    default:
      return (status.replicas ?? 0) < replicas;
  }
}

/**
 * What the API server said, without what controllers put before it (`Error creating:`, `Error creating job:`, `create Pod web-0 in
 * StatefulSet web failed error:`, `(combined from similar events):`) and without `pods "…" is forbidden:`.
 */
function statedReason(message: string): string {
  return message
    .replace(/^\(combined from similar events\):\s*/i, '')
    .replace(/^Error creating(?: job)?:\s*/i, '')
    .replace(/^create (?:Claim \S+ (?:for )?)?Pod \S+ in StatefulSet \S+ failed error:\s*/i, '')
    .replace(/^\S+ "[^"]*" is (?:forbidden|invalid):\s*/i, '')
    .trim();
}
