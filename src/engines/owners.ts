import { type KubernetesObject, keyOf, type ObjectRef, type Pod, refOf } from './objects.ts';
import { perSnapshot } from './per-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** Owner chains in practice are three long (Pod, Job, CronJob); a cycle in a hand-made archive must end too. */
const maximumDepth = 8;

/** The controller that owns an object; `undefined` for a bare one. It may not exist (any more). */
export function controllerOf({ metadata }: KubernetesObject): ObjectRef | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner?.kind === undefined || owner.name === undefined) return undefined;
  const namespace = owner.kind === 'Node' ? undefined : metadata.namespace;
  return { kind: owner.kind, namespace, name: owner.name };
}

/** The object, its controller, that one's controller, and so on; nearest first. */
export function ownerChain(snapshot: Snapshot, object: KubernetesObject): readonly ObjectRef[] {
  const chain: ObjectRef[] = [refOf(object)];
  let current: KubernetesObject | undefined = object;
  while (current !== undefined && chain.length < maximumDepth) {
    const owner = controllerOf(current);
    if (owner === undefined || chain.some((seen) => keyOf(seen) === keyOf(owner))) break;
    chain.push(owner);
    current = snapshot.head(owner);
  }
  return chain;
}

/**
 * What a person would call the workload: the last of the owner chain, so Deployment rather than ReplicaSet. Static
 * pods are their own workload, not their Node. Replicas get the same object.
 */
export function workloadOf(snapshot: Snapshot, object: KubernetesObject): ObjectRef {
  const owner = object.kind === 'Pod' ? controllerOf(object) : undefined;
  const controller = owner === undefined || owner.kind === 'Node' ? undefined : snapshot.head(owner);
  // Kept by controller, as there are ten times as many pods.
  return controller === undefined ? outermost(snapshot, object) : workloadOfController(snapshot, controller);
}

function workloadOfController(snapshot: Snapshot, controller: KubernetesObject): ObjectRef {
  const known = workloads(snapshot);
  const workload = known.get(controller) ?? outermost(snapshot, controller);
  known.set(controller, workload);
  return workload;
}

const workloads = perSnapshot(() => new Map<KubernetesObject, ObjectRef>());

function outermost(snapshot: Snapshot, object: KubernetesObject): ObjectRef {
  const chain = ownerChain(snapshot, object).filter(({ kind }) => kind !== 'Node');
  return chain.at(-1) ?? refOf(object);
}

const podsByWorkload = perSnapshot((snapshot) =>
  Map.groupBy(snapshot.all('Pod'), (pod) => keyOf(workloadOf(snapshot, pod))),
);

/** Every whole pod of a workload (by its outermost controller), terminating ones too. */
export const podsOf = (snapshot: Snapshot, workload: ObjectRef): readonly Pod[] =>
  podsByWorkload(snapshot).get(keyOf(workload)) ?? [];
