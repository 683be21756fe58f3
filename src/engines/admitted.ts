import type { ObjectRef, Pod } from './objects.ts';
import { controllerOf, workloadOf } from './owners.ts';
import { templateOf } from './references.ts';
import { podRequests } from './scheduling/requests.ts';
import type { Snapshot } from './snapshot.ts';

/** Something that a pod has and its template has not: it was added when the pod was made. */
export interface Addition {
  /** What added it, in words: `RuntimeClass/kata (scheduling.nodeSelector)`. */
  readonly by: string;
  readonly object: ObjectRef | undefined;
}

/** Where labels of nodes come from that a pod demands and its template does not; `undefined` when the template has one of them, or is not known. */
export function addedSelector(snapshot: Snapshot, pod: Pod, keys: readonly string[]): Addition | undefined {
  const template = templateSpec(snapshot, pod);
  const { nodeSelector = {}, runtimeClassName } = pod.spec ?? {};
  if (template === undefined || keys.length === 0) return undefined;
  if (!keys.every((key) => nodeSelector[key] !== undefined && template.nodeSelector?.[key] === undefined))
    return undefined;
  return runtimeClassName
    ? byRuntimeClass(runtimeClassName, 'scheduling.nodeSelector')
    : { by: 'a mutating webhook or policy, or an annotation of its namespace (PodNodeSelector)', object: undefined };
}

/** What raised the request of a pod above `most`, when its template alone asks for no more than that. */
export function addedRequest(
  snapshot: Snapshot,
  pod: Pod,
  { resource, most }: { readonly resource: string; readonly most: number },
): Addition | undefined {
  const { overhead, runtimeClassName, ...own } = pod.spec ?? {};
  if (overhead !== undefined && runtimeClassName && (podRequests(own)[resource] ?? 0) <= most) {
    return byRuntimeClass(runtimeClassName, 'overhead.podFixed');
  }
  const template = templateSpec(snapshot, pod);
  if (template === undefined || (podRequests(template)[resource] ?? 0) > most) return undefined;
  if (pod.metadata.annotations?.['kubernetes.io/limit-ranger']?.includes(`${resource} request`) !== true) {
    return { by: 'a mutating webhook (such as the VerticalPodAutoscaler has) or policy', object: undefined };
  }
  const { namespace } = pod.metadata;
  const [only, ...others] = snapshot
    .all('LimitRange', namespace)
    .filter(({ spec }) => spec?.limits?.some((limit) => limit.defaultRequest?.[resource] ?? limit.default?.[resource]));
  const object =
    only === undefined || others.length > 0 ? undefined : { kind: 'LimitRange', namespace, name: only.metadata.name };
  return {
    by: `${object === undefined ? 'the LimitRange of its namespace' : `LimitRange/${object.name}`} (the default for containers that set none)`,
    object,
  };
}

const byRuntimeClass = (name: string, field: string): Addition => ({
  by: `RuntimeClass/${name} (${field})`,
  object: { kind: 'RuntimeClass', name },
});

/** The template that a pod was made of; `undefined` for a bare pod, and when its workload may have another one by now. */
function templateSpec(snapshot: Snapshot, pod: Pod) {
  const owner = controllerOf(pod);
  if (owner?.kind === 'ReplicaSet') {
    return templateOf(snapshot.find('ReplicaSet', pod.metadata.namespace, owner.name))?.spec;
  }
  const workload = workloadOf(snapshot, pod);
  if (workload.kind === 'StatefulSet') {
    const set = snapshot.find('StatefulSet', workload.namespace, workload.name);
    const current = pod.metadata.labels?.['controller-revision-hash'] === set?.status?.updateRevision;
    return current ? templateOf(set)?.spec : undefined;
  }
  return owner?.kind === 'Job' ? templateOf(snapshot.find('Job', pod.metadata.namespace, owner.name))?.spec : undefined;
}
