import type { KubernetesObject, Pod } from './objects.ts';
import { controllerOf } from './owners.ts';
import { type LabelSelector, matchesMap, matchesSelector, selectorText } from './selectors.ts';

/** Which pods belong to an object. */
export interface PodSelection {
  /** A label selector as the API takes it; it may select more. */
  readonly query: string;
  readonly includes: (pod: Pod) => boolean;
}

interface Selecting {
  readonly spec?: { readonly selector?: (LabelSelector & Readonly<Record<string, unknown>>) | undefined };
}

/** The pods of a workload of any kind, or behind a Service; `undefined` for an object that has none. */
export function podSelectionOf(object: KubernetesObject): PodSelection | undefined {
  const { namespace, name } = object.metadata;
  const here = (pod: Pod): boolean => pod.metadata.namespace === namespace;
  if (object.kind === 'CronJob') {
    // The controller names its Jobs after the minute (kubernetes/pkg/controller/cronjob `getJobName`).
    return { query: 'job-name', includes: (pod) => here(pod) && jobOf(pod)?.replace(/-\d+$/, '') === name };
  }
  // Which kinds select pods is open: custom workloads carry `spec.selector` too.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const selector = (object as KubernetesObject & Selecting).spec?.selector;
  if (selector === undefined || Object.keys(selector).length === 0) return undefined;
  if ('matchLabels' in selector || 'matchExpressions' in selector) {
    const query = selectorText(selector);
    return { query, includes: (pod) => here(pod) && matchesSelector(selector, pod.metadata.labels) };
  }
  const labels = Object.fromEntries(
    Object.entries(selector).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : [])),
  );
  const query = selectorText({ matchLabels: labels });
  return { query, includes: (pod) => here(pod) && matchesMap(labels, pod.metadata.labels) };
}

function jobOf(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  return owner?.kind === 'Job' ? owner.name : undefined;
}
