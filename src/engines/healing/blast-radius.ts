import { nameOf, type ObjectRef, type Of, type Pod, refOf } from '../objects.ts';
import { podsOf } from '../owners.ts';
import { isReady, isTerminating } from '../pods.ts';
import { routesTo } from '../routes.ts';
import { matchesMap, matchesSelector } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { BlastRadius } from './draft.ts';

/** The pods that an action on this object touches: those of a workload, of a node, or the pod itself. */
export function touchedPods(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly Pod[] {
  if (kind === 'Pod') return snapshot.all('Pod', namespace).filter(({ metadata }) => metadata.name === name);
  if (kind === 'Node') return snapshot.all('Pod').filter(({ spec }) => spec?.nodeName === name);
  return podsOf(snapshot, { kind, namespace, name });
}

/** PodDisruptionBudgets that select one of these pods (policy/v1: an empty selector selects all of the namespace). */
export const budgetsOver = (snapshot: Snapshot, pods: readonly Pod[]): readonly Of<'PodDisruptionBudget'>[] =>
  snapshot
    .all('PodDisruptionBudget')
    .filter(({ metadata, spec }) =>
      pods.some(
        (pod) =>
          pod.metadata.namespace === metadata.namespace &&
          spec?.selector !== undefined &&
          matchesSelector(spec.selector, pod.metadata.labels),
      ),
    );

/** Services that send traffic to one of these pods. */
export const servicesOver = (snapshot: Snapshot, pods: readonly Pod[]): readonly Of<'Service'>[] =>
  snapshot
    .all('Service')
    .filter(
      ({ metadata, spec }) =>
        Object.keys(spec?.selector ?? {}).length > 0 &&
        pods.some(
          (pod) => pod.metadata.namespace === metadata.namespace && matchesMap(spec?.selector, pod.metadata.labels),
        ),
    );

/** Who notices an action on this object. */
export function blastRadius(snapshot: Snapshot, target: ObjectRef): BlastRadius {
  const pods = touchedPods(snapshot, target);
  const services = servicesOver(snapshot, pods);
  return {
    pods: pods.length,
    // A pod that ends may still be Ready for a while: nobody is to wait for it to be so again.
    ready: pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length,
    services: services.map((service) => nameOf(refOf(service))),
    routes: services.flatMap((service) => routesTo(snapshot, refOf(service)).map(({ path }) => path)),
    budgets: budgetsOver(snapshot, pods).map((budget) => {
      const allowed = budget.status?.disruptionsAllowed;
      return `${budget.metadata.name} (${allowed ?? 'unknown'} disruption${allowed === 1 ? '' : 's'} allowed)`;
    }),
  };
}
