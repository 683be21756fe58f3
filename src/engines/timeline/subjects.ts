import { reach } from '../graph.ts';
import { type KubernetesObject, keyOf, type ObjectRef, type Of, refOf } from '../objects.ts';
import { ownerChain, workloadOf } from '../owners.ts';
import { referencesOf, templateOf } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';

const makers = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] as const;

/** The workload of an object, also of a pod that is gone: its name begins with that of what made it. */
export function subjectOf(snapshot: Snapshot, ref: ObjectRef): ObjectRef {
  const object = snapshot.head(ref);
  if (object !== undefined) return workloadOf(snapshot, object);
  if (ref.kind !== 'Pod') return ref;
  const [maker] = makers
    .flatMap((kind): readonly KubernetesObject[] => snapshot.all(kind, ref.namespace))
    .filter(
      ({ metadata }) =>
        ref.name.startsWith(`${metadata.name}-`) && !ref.name.slice(metadata.name.length + 1).includes('-'),
    )
    .toSorted((a, b) => b.metadata.name.length - a.metadata.name.length);
  return maker === undefined ? ref : workloadOf(snapshot, maker);
}

/**
 * Whether something belongs to the story of an object: the object itself, what owns it, what it depends on, its pods,
 * and what scales or consumes it. Without an object everything does.
 */
export function storyOf(snapshot: Snapshot, object: ObjectRef | undefined): (ref: ObjectRef) => boolean {
  if (object === undefined) return () => true;
  if (object.kind === 'Pod') {
    const pod = snapshot.head(object);
    const owners = pod === undefined ? [] : ownerChain(snapshot, pod);
    const own = new Set([object, ...owners].map(keyOf));
    const needed = reach(snapshot, owners.slice(-1), { depth: 1 });
    return (ref) => own.has(keyOf(ref)) || (ref.kind !== 'Pod' && needed.has(keyOf(ref)));
  }
  const starts = [object, ...consumersOf(snapshot, object)];
  const reached = reach(snapshot, starts, { depth: 4 });
  const scalers = snapshot
    .all('HorizontalPodAutoscaler', object.namespace)
    .filter((scaler) => reached.has(targetKey(scaler)))
    .map((scaler) => keyOf(refOf(scaler)));
  const keys = new Set([...reached.keys(), ...scalers]);
  return (ref) => keys.has(keyOf(ref)) || keys.has(keyOf(subjectOf(snapshot, ref)));
}

const targetKey = ({ spec, metadata }: Of<'HorizontalPodAutoscaler'>): string =>
  keyOf({
    kind: spec?.scaleTargetRef?.kind ?? '',
    namespace: metadata.namespace,
    name: spec?.scaleTargetRef?.name ?? '',
  });

/** The workloads whose pods take their configuration from it. */
function consumersOf(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly ObjectRef[] {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  const workloads = [...(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'] as const)].flatMap(
    (each): readonly KubernetesObject[] => snapshot.all(each, namespace),
  );
  return workloads
    .filter((workload) =>
      referencesOf(templateOf(workload)?.spec).some((used) => used.kind === kind && used.name === name),
    )
    .map(refOf);
}

/** Nodes on which pods of the story run, or the node itself. */
export function nodesOf(snapshot: Snapshot, object: ObjectRef | undefined, namespace: string | undefined) {
  if (object?.kind === 'Node') return new Set([object.name]);
  const belongs = storyOf(snapshot, object);
  const pods = snapshot.all('Pod', namespace).filter((pod) => belongs(refOf(pod)));
  return new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []));
}
