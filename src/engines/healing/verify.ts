import type { Cause, Explanation } from '../diagnosis/explanation.ts';
import { second, timeOf } from '../durations.ts';
import { type KubernetesObject, keyOf, nameOf, type Pod, refOf } from '../objects.ts';
import { containersOf, isFinished, isReady, isTerminating, lastTermination } from '../pods.ts';
import { quantity } from '../quantity.ts';
import type { Snapshot } from '../snapshot.ts';
import { touchedPods } from './blast-radius.ts';
import { isMovable } from './drafts/drain.ts';
import { replicasOf } from './drafts/scale.ts';
import type { ActionRecord } from './record.ts';
import { rollingKinds } from './rolling-kinds.ts';
import { replicasAfter } from './subject.ts';

/** What was read of the cluster after an action was applied. */
export interface Aftermath {
  readonly snapshot: Snapshot;
  /** The live target; `undefined` when it is gone. */
  readonly target: KubernetesObject | undefined;
  /** The object whose health tells: the target, or what its verification names instead. */
  readonly watched: KubernetesObject | undefined;
  readonly explanation: Explanation;
}

/** How an action stands: `waiting` for the cluster, `holding` while restarts have to stay flat, or settled. */
export interface Progress {
  readonly state: 'waiting' | 'holding' | 'healthy' | 'failed';
  /** One sentence: what is still missing, or what was seen. */
  readonly text: string;
}

/** "Applied" is not "healed": judges what is there against what the action is verified by. */
export function progressOf(record: ActionRecord, aftermath: Aftermath): Progress {
  const missing = missingOf(record, aftermath);
  const since = timeOf(record.appliedAt) ?? aftermath.snapshot.now;
  const late = aftermath.snapshot.now - since > record.verification.deadlineSeconds * second;
  if (missing !== undefined) return { state: late ? 'failed' : 'waiting', text: missing };
  const left = holdLeft(record, aftermath);
  if (left > 0) return { state: 'holding', text: `ready; watching for ${left} s more whether containers end again` };
  return { state: 'healthy', text: record.verification.expects };
}

/** What keeps the target alone, without its pods, from being as it should be: a cheap look before a whole diagnosis. */
export const targetMissing = (
  { verification }: ActionRecord,
  target: KubernetesObject | undefined,
): string | undefined =>
  verification.by === 'rollout' || verification.by === 'replicas' ? rolloutMissing(target) : undefined;

/** The first thing that is not yet as it should be. */
function missingOf(record: ActionRecord, aftermath: Aftermath): string | undefined {
  const { by } = record.verification;
  if (by === 'pod_replaced') return podMissing(record, aftermath);
  if (by === 'resized') return resizeMissing(record, aftermath);
  if (by === 'schedulable') return nodeMissing(record, aftermath);
  if (by === 'drained') return drainMissing(record, aftermath);
  if (by === 'restored') return unseenMissing(aftermath.target);
  const missing = otherReplicas(record, aftermath.target) ?? rolloutMissing(aftermath.target);
  return missing ?? causeMissing(record, aftermath) ?? endpointsMissing(record, aftermath);
}

/** Somebody else set another count meanwhile: then its readiness says nothing of ours. */
function otherReplicas({ action }: ActionRecord, target: KubernetesObject | undefined): string | undefined {
  const replicas = target && replicasOf(target);
  if (action.name !== 'scale_workload' || replicas === undefined || replicas === action.replicas) return undefined;
  return `${nameOf(action.target)} was set to ${replicas} replicas since`;
}

/** Whether the controller has seen the spec that is there, where its kind tells. */
function unseenMissing(target: KubernetesObject | undefined): string | undefined {
  if (target === undefined) return 'the object is gone';
  // Custom workloads have the same field or none.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { observedGeneration } = (target as KubernetesObject & Counted).status ?? {};
  const unseen = observedGeneration !== undefined && observedGeneration < (target.metadata.generation ?? 0);
  return unseen ? `${nameOf(refOf(target))}: the change is not seen yet` : undefined;
}

/** Counts in the status of workloads; each kind has its own. */
interface Counted {
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

/** As `kubectl rollout status` decides (kubectl/pkg/polymorphichelpers `rollout_status.go`), and all old pods are gone. */
function rolloutMissing(target: KubernetesObject | undefined): string | undefined {
  if (target === undefined) return 'the object is gone';
  // Custom workloads have the same counts or none.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { status = {} } = target as KubernetesObject & Counted;
  const name = nameOf(refOf(target));
  const { replicas = 0, updatedReplicas } = status;
  // Counts of 0 are left out. Custom kinds need not tell more than the count that their scale subresource reads.
  const custom = !rollingKinds.has(target.kind);
  const readyReplicas = status.readyReplicas ?? (custom ? replicas : 0);
  const observed = status.observedGeneration ?? (custom ? Number.POSITIVE_INFINITY : 0);
  if (observed < (target.metadata.generation ?? 0)) return `${name}: the change is not seen yet`;
  const daemon = target.kind === 'DaemonSet';
  const wanted = daemon ? (status.desiredNumberScheduled ?? 0) : (replicasOf(target) ?? 1);
  const updated = daemon ? (status.updatedNumberScheduled ?? 0) : (updatedReplicas ?? (custom ? replicas : 0));
  const available = daemon ? (status.numberAvailable ?? 0) : (status.availableReplicas ?? (custom ? readyReplicas : 0));
  if (updated < wanted) return `${name}: ${updated} of ${wanted} pods are new`;
  if (!daemon && replicas > wanted) return `${name}: ${counted(replicas - wanted, 'old pod')} still there`;
  return available < wanted ? `${name}: ${available} of ${wanted} pods are available` : undefined;
}

const counted = (count: number, what: string): string => (count === 1 ? `1 ${what} is` : `${count} ${what}s are`);

const severe = new Set(['critical', 'high']);

/** The cause that was to be mended is still told, or a severe one is new. */
function causeMissing({ finding, causesBefore }: ActionRecord, { explanation }: Aftermath): string | undefined {
  const { causes } = explanation;
  const still = finding && causes.find((cause) => isSame(cause, finding));
  if (still !== undefined) return `still there: ${still.summary}`;
  const fresh = causes.find(({ id, severity }) => severe.has(severity) && !causesBefore.includes(id));
  return fresh === undefined ? undefined : `new: ${fresh.summary}`;
}

export const isSame = (
  { rule, object }: Pick<Cause, 'rule' | 'object'>,
  finding: NonNullable<ActionRecord['finding']>,
): boolean => rule === finding.rule && keyOf(object) === keyOf(finding.object);

/** Behind its Services not fewer pods are ready than before, unless fewer are wanted. */
function endpointsMissing(record: ActionRecord, { snapshot }: Aftermath): string | undefined {
  const { radius, target } = record;
  if (radius.services.length === 0) return undefined;
  const ready = touchedPods(snapshot, target.object).filter((pod) => isReady(pod) && !isTerminating(pod)).length;
  // The way back of a scale wants another count as well.
  const wanted = Math.min(radius.ready, replicasAfter(record) ?? radius.ready);
  return ready < wanted ? `${ready} ready pods stand behind ${radius.services[0]}, not ${wanted}` : undefined;
}

/** A pod was evicted: it is gone, and its workload is as ready as it should be. */
function podMissing(record: ActionRecord, aftermath: Aftermath): string | undefined {
  const { target, verification } = record;
  const { target: live, watched } = aftermath;
  if (live !== undefined && live.metadata.uid === target.uid) return `${nameOf(target.object)} is still there`;
  if (verification.watches === undefined) return undefined;
  return rolloutMissing(watched) ?? causeMissing(record, aftermath);
}

/** What the kubelet gives the container, as the pod's status tells (v1.35: `PodResizePending`, `PodResizeInProgress`). */
function resizeMissing({ action, target }: ActionRecord, { snapshot }: Aftermath): string | undefined {
  const pod = snapshot.find('Pod', target.object.namespace, target.object.name);
  if (pod === undefined) return 'the pod is gone';
  const waiting = pod.status?.conditions?.find(
    ({ type, status }) => (type === 'PodResizePending' || type === 'PodResizeInProgress') && status === 'True',
  );
  if (waiting !== undefined) return `${waiting.reason ?? waiting.type}: ${waiting.message ?? 'not resized yet'}`;
  const observed = pod.status?.observedGeneration;
  const unseen = observed !== undefined && observed < (pod.metadata.generation ?? 0);
  if (unseen || action.name !== 'resize_workload')
    return unseen ? 'the kubelet has not seen the change yet' : undefined;
  const given = containersOf(pod).find(({ name }) => name === action.container)?.status?.resources;
  const short = (['requests', 'limits'] as const).find((list) =>
    Object.entries(action[list] ?? {}).some(
      ([resource, amount]) => amount !== undefined && quantity(given?.[list]?.[resource]) !== quantity(amount),
    ),
  );
  return short === undefined ? undefined : `the ${short} of ${action.container} are not yet the new ones`;
}

function nodeMissing({ changes }: ActionRecord, { target }: Aftermath): string | undefined {
  const wanted = changes[0]?.after === 'true';
  const spec = target !== undefined && 'spec' in target ? target.spec : undefined;
  const cordoned =
    typeof spec === 'object' && spec !== null && 'unschedulable' in spec ? spec.unschedulable === true : false;
  if (cordoned === wanted) return undefined;
  return wanted ? 'the node takes new pods still' : 'the node takes no new pods still';
}

function drainMissing({ target }: ActionRecord, { snapshot }: Aftermath): string | undefined {
  const left = touchedPods(snapshot, target.object).filter((pod) => isMovable(pod) && !isFinished(pod));
  const [first] = left;
  return first === undefined
    ? undefined
    : `${counted(left.length, 'pod')} still there, among them ${first.metadata.name}`;
}

/** Seconds for which no container may end any more; counted from the last end, or from when the last pod was ready. */
function holdLeft({ verification, appliedAt, target }: ActionRecord, { snapshot }: Aftermath): number {
  if (verification.holdSeconds === 0) return 0;
  const applied = timeOf(appliedAt) ?? 0;
  const pods = touchedPods(snapshot, target.object).filter((pod) => !isTerminating(pod) && !isFinished(pod));
  const quietSince = Math.max(applied, ...pods.map((pod) => Math.max(readySince(pod), lastEnd(pod))));
  return Math.max(0, Math.ceil(verification.holdSeconds - (snapshot.now - quietSince) / second));
}

const readySince = (pod: Pod): number =>
  timeOf(
    pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')?.lastTransitionTime,
  ) ?? 0;

const lastEnd = (pod: Pod): number =>
  Math.max(0, ...containersOf(pod).map(({ status }) => timeOf(lastTermination(status)?.finishedAt) ?? 0));
