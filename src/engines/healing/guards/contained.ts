import { hour } from '../../durations.ts';
import { keyOf, nameOf, type ObjectRef, type Pod, refOf } from '../../objects.ts';
import { workloadOf } from '../../owners.ts';
import { isFinished, isReady } from '../../pods.ts';
import { budgetsOver } from '../budgets.ts';
import type { Draft } from '../draft.ts';
import { isRunning, pastActions, sinceBegin } from '../past-actions.ts';
import { counted, evictionsOf, podOf, readyPods, replicasAfter, type Workload, wasListed } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

const namedServices = 3;

/** G27: whatever goes wrong stays small. */
export const contained: Guard = {
  id: 'G27',
  title: 'stays contained: one workload at a time, few actions an hour, never the last Ready pod',

  check(draft, situation) {
    // The way back ends an action; it takes nothing more.
    if (draft.action.name === 'undo_action') return lastReplica(draft, situation);
    return (
      oneAtATime(situation) ??
      tooMany(situation) ??
      cordons(draft, situation) ??
      lastReplica(draft, situation) ??
      allow('Nothing else is being healed, and a Ready pod of every workload stays.')
    );
  },
};

function oneAtATime(situation: Situation) {
  const other = pastActions(situation).find(
    (record) => isRunning(record) && keyOf(record.target.object) !== keyOf(refOf(situation.target)),
  );
  return other === undefined
    ? undefined
    : refuse(
        `${other.action.name} on ${nameOf(other.target.object)} is under way (action ${other.id}).`,
        'wait until it has ended',
      );
}

function tooMany(situation: Situation) {
  const { policy, snapshot, target } = situation;
  const { namespace } = target.metadata;
  const recent = pastActions(situation).filter((record) => sinceBegin(record, snapshot.now) < hour);
  const here = recent.filter((record) => record.target.object.namespace === namespace);
  const { per_cluster_hour: ofCluster, per_namespace_hour: ofNamespace } = policy.caps;
  if (namespace !== undefined && here.length >= ofNamespace)
    return refuse(
      `${counted(here.length, 'action')} in namespace ${namespace} in the last hour reach caps.per_namespace_hour, which is ${ofNamespace}.`,
      'wait, or ask a person to look at the namespace as a whole',
    );
  return recent.length >= ofCluster
    ? refuse(
        `${counted(recent.length, 'action')} on this cluster in the last hour reach caps.per_cluster_hour, which is ${ofCluster}.`,
        'wait, or ask a person to look at the cluster as a whole',
      )
    : undefined;
}

function cordons({ action }: Draft, { snapshot, policy, target }: Situation) {
  const takesNode = action.name === 'drain_node' || (action.name === 'cordon_node' && !action.uncordon);
  if (!takesNode) return undefined;
  if (!wasListed(snapshot, 'Node')) return approve('Nodes were not read, so how many are cordoned is not known.');
  const cordoned = snapshot
    .all('Node')
    .filter(({ metadata, spec }) => spec?.unschedulable === true && metadata.name !== target.metadata.name);
  const cap = policy.caps.nodes_cordoned;
  return cordoned.length >= cap
    ? refuse(
        `${cordoned.map((node) => nameOf(refOf(node))).join(', ')} is cordoned already, and caps.nodes_cordoned is ${cap}.`,
        'uncordon that one first',
      )
    : undefined;
}

function lastReplica(draft: Draft, situation: Situation) {
  const replicas = replicasAfter(draft);
  if (replicas === 0) return toZero(draft, situation);
  const { snapshot } = situation;
  const leaving = evictionsOf(draft).flatMap(({ on }) => podOf(situation, on.object) ?? []);
  const groups = Map.groupBy(leaving, (pod) => keyOf(workloadOf(snapshot, pod)));
  const verdicts = [...groups.values()].flatMap((pods) => ofLeaving(pods, snapshot) ?? []);
  return verdicts.find(({ decision }) => decision === 'refuse') ?? verdicts[0];
}

function ofLeaving(pods: readonly Pod[], snapshot: Situation['snapshot']) {
  const [first] = pods;
  const serving = pods.filter((pod) => isReady(pod) && !isFinished(pod));
  if (first === undefined || serving.length === 0) return undefined;
  const workload = workloadOf(snapshot, first);
  // A pod that nobody makes anew is what G12 is about.
  if (workload.kind === 'Pod') return undefined;
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  const left = readyPods(snapshot, workload).filter(({ metadata }) => !names.has(metadata.name));
  if (left.length > 0) return undefined;
  const keeps = serving.length > 1 ? keptReady(serving, snapshot) : undefined;
  return keeps === undefined
    ? refuse(
        `No pod of ${nameOf(workload)} is Ready but ${serving.map((pod) => nameOf(refOf(pod))).join(', ')}.`,
        insteadOf(workload),
      )
    : approve(
        `All ${serving.length} Ready pods of ${nameOf(workload)} leave, one after the other: ${keeps}, and the evictions wait for it.`,
      );
}

/** Only a Deployment brings a new pod before the old one goes; not every kind can have one more. */
function insteadOf(workload: ObjectRef): string {
  const { kind } = workload;
  const name = nameOf(workload);
  if (kind === 'Deployment')
    return `scale ${name} up first, or restart it, which brings a new pod before the old one goes`;
  return kind === 'StatefulSet' || kind === 'ReplicaSet'
    ? `scale ${name} up first`
    : 'do it by hand when nobody needs it';
}

/** A budget under which the eviction API lets several pods go only as others become Ready, if there is one. */
function keptReady(pods: readonly Pod[], snapshot: Situation['snapshot']): string | undefined {
  const budgets = pods.map((pod) => budgetsOver(snapshot, pod));
  const [budget] = budgets[0] ?? [];
  const { desiredHealthy = 0 } = budget?.status ?? {};
  if (budget === undefined || desiredHealthy < 1) return undefined;
  const isOver = budgets.every((each) => each.length === 1 && each[0] === budget);
  return isOver ? `${nameOf(refOf(budget))} keeps ${desiredHealthy} Ready` : undefined;
}

function toZero({ action, radius }: Draft, { target }: Situation) {
  const { spec }: Workload = target;
  const ref: ObjectRef = refOf(target);
  if (spec?.replicas === 0) return undefined;
  const services = radius.services.slice(0, namedServices).join(', ');
  // Going back to what was there before is no new outage; a person sees what it means.
  if (action.name === 'undo_action') return approve(`Taking it back leaves 0 replicas of ${nameOf(ref)}.`);
  return radius.services.length > 0
    ? refuse(`With 0 replicas of ${nameOf(ref)} nothing stands behind ${services}.`, 'scale to 1 or more')
    : approve(`With 0 replicas nothing of ${nameOf(ref)} runs any more.`);
}
