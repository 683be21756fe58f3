import { timeOf } from './durations.ts';
import { keyOf, type ObjectRef, type Of, refOf } from './objects.ts';
import { podsOf } from './owners.ts';
import { templateOf } from './references.ts';
import type { Snapshot } from './snapshot.ts';

export type Autoscaler = Of<'HorizontalPodAutoscaler'>;

/** What an autoscaler scales; `undefined` for a half-filled one. */
export function scaleTargetOf({ spec, metadata }: Autoscaler): ObjectRef | undefined {
  const { kind, name } = spec?.scaleTargetRef ?? {};
  return kind && name ? { kind, namespace: metadata.namespace, name } : undefined;
}

/** A condition of an autoscaler that is False, with how long it has been so in milliseconds (0 when nobody tells). */
export function failedCondition(snapshot: Snapshot, { status }: Autoscaler, type: 'AbleToScale' | 'ScalingActive') {
  const condition = status?.conditions?.find((each) => each.type === type && each.status === 'False');
  if (condition === undefined) return undefined;
  const { reason = '', message = '', lastTransitionTime: at } = condition;
  return { reason, message, at, age: snapshot.now - (timeOf(at) ?? snapshot.now) };
}

/** The aggregated APIs that answer an autoscaler's metrics, by type of metric (HPA controller's three clients). */
const metricsApis: Readonly<Record<string, { readonly api: string; readonly what: string }>> = {
  Resource: { api: 'v1beta1.metrics.k8s.io', what: 'metrics-server' },
  ContainerResource: { api: 'v1beta1.metrics.k8s.io', what: 'metrics-server' },
  Pods: { api: 'v1beta1.custom.metrics.k8s.io', what: 'an adapter for custom metrics' },
  Object: { api: 'v1beta1.custom.metrics.k8s.io', what: 'an adapter for custom metrics' },
  External: { api: 'v1beta1.external.metrics.k8s.io', what: 'an adapter for external metrics, such as KEDA' },
};

/** The API behind the metric that failed, read off the condition's reason `FailedGetExternalMetric`. */
export function metricsApiOf(reason: string) {
  const [, type = ''] = /^FailedGet(\w+?)Metric$/.exec(reason) ?? [];
  return metricsApis[type];
}

/** Metrics of resources as a share of requests: those need a request in every container. */
export function utilizationMetrics({ spec }: Autoscaler) {
  return (spec?.metrics ?? []).flatMap(({ type, resource, containerResource }) => {
    const metric = type === 'ContainerResource' ? containerResource : resource;
    if (metric?.name === undefined || metric.target?.type !== 'Utilization') return [];
    return [{ resource: metric.name, container: containerResource?.container }];
  });
}

/** Containers of the target that request nothing of a resource: of its pods where they are known, else of its template. */
export function withoutRequest(
  snapshot: Snapshot,
  target: ObjectRef,
  { resource, container }: { readonly resource: string; readonly container?: string | undefined },
): readonly string[] {
  const [pod] = podsOf(snapshot, target);
  const containers = pod?.spec?.containers ?? [];
  return containers
    .filter(({ name }) => container === undefined || name === container)
    .filter(({ resources }) => resources?.requests?.[resource] === undefined)
    .flatMap(({ name }) => name ?? []);
}

/** Containers that an autoscaler measures and that the pods of its target do not have: neither its template nor a pod. */
export function missingContainers(snapshot: Snapshot, autoscaler: Autoscaler) {
  const target = scaleTargetOf(autoscaler);
  const template = target && templateOf(snapshot.head(target))?.spec;
  if (target === undefined || template?.containers === undefined) return [];
  // Admission may add containers that the template does not have.
  const specs = [template, ...podsOf(snapshot, target).flatMap(({ spec }) => spec ?? [])];
  const has = specs.flatMap(({ containers = [], initContainers = [] }) =>
    [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')].flatMap(
      ({ name }) => name ?? [],
    ),
  );
  return (autoscaler.spec?.metrics ?? []).flatMap(({ containerResource }, index) => {
    const container = containerResource?.container;
    return container === undefined || has.includes(container) ? [] : [{ index, container, has: [...new Set(has)] }];
  });
}

/** Autoscalers that scale the same object, by that object. */
export function rivals(
  snapshot: Snapshot,
): readonly { readonly target: ObjectRef; readonly autoscalers: readonly ObjectRef[] }[] {
  const pairs = snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => {
    const target = scaleTargetOf(autoscaler);
    return target === undefined ? [] : [{ target, autoscaler: refOf(autoscaler) }];
  });
  return [...Map.groupBy(pairs, ({ target }) => keyOf(target)).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined || group.length < 2
      ? []
      : [{ target: first.target, autoscalers: group.map(({ autoscaler }) => autoscaler) }];
  });
}
