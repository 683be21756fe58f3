import { deliveriesOf, deliveryReads } from '../deliveries.ts';
import type { KubernetesObject, Pod } from '../objects.ts';
import { podSelectionOf } from '../pod-selection.ts';
import type { Read } from '../snapshot-data.ts';

/**
 * What a plan needs besides a diagnosis of its target: who else has a say (autoscalers, budgets, whoever delivers it),
 * and every pod that is touched, healthy ones too.
 */
export function planReads(target: KubernetesObject): readonly Read[] {
  const { namespace, name } = target.metadata;
  if (target.kind === 'Node') {
    return [
      { verb: 'list', kind: 'Node', as: 'full' },
      { verb: 'list', kind: 'Pod', fieldSelector: `spec.nodeName=${name}`, as: 'full' },
      { verb: 'list', kind: 'PodDisruptionBudget', as: 'full' },
    ];
  }
  const query = target.kind === 'Pod' ? undefined : podSelectionOf(target)?.query;
  const here = { namespace, as: 'full' } as const;
  return [
    { verb: 'get', kind: 'Namespace', name: namespace ?? '' },
    { verb: 'list', kind: 'Node', as: 'full' },
    ...(query === undefined ? [] : [{ verb: 'list' as const, kind: 'Pod', labelSelector: query, ...here }]),
    { verb: 'list', kind: 'ReplicaSet', ...here },
    { verb: 'list', kind: 'Service', ...here },
    { verb: 'list', kind: 'Ingress', ...here },
    { verb: 'list', kind: 'PodDisruptionBudget', ...here },
    { verb: 'list', kind: 'HorizontalPodAutoscaler', ...here },
    { verb: 'list', kind: 'ResourceQuota', ...here },
    { verb: 'list', kind: 'VerticalPodAutoscaler', apiVersion: 'autoscaling.k8s.io/v1', ...here },
    { verb: 'list', kind: 'ScaledObject', apiVersion: 'keda.sh/v1alpha1', ...here },
    ...deliveriesOf(target).map(deliveryReads),
  ];
}

/**
 * What the pods of a node lead to: the rest of their workloads, which has to serve on, and the namespaces, which may have
 * opted out.
 */
export function readsOfTouched(target: KubernetesObject, pods: readonly Pod[]): readonly Read[] {
  if (target.kind !== 'Node') return [];
  const onNode = pods.filter(({ spec }) => spec?.nodeName === target.metadata.name);
  const namespaces = [...new Set(onNode.flatMap(({ metadata }) => metadata.namespace ?? []))];
  return namespaces.flatMap((namespace): readonly Read[] => [
    { verb: 'get', kind: 'Namespace', name: namespace },
    ...['Pod', 'ReplicaSet', 'Deployment', 'StatefulSet'].map((kind) => ({
      verb: 'list' as const,
      kind,
      namespace,
      as: 'full' as const,
    })),
  ]);
}
