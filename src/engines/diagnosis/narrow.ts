import { gatewayDependencies, gatewayRoutes } from '../gateway-api.ts';
import { reach } from '../graph.ts';
import { keyOf, type ObjectRef, refOf } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Problem } from './collapse.ts';
import type { Effects } from './effects.ts';

/** A root with all that it explains. */
export interface Root {
  readonly problem: Problem;
  readonly explained: readonly Problem[];
  readonly effects: Effects;
}

/** Whether a root answers the question: the question narrows what is shown, not what is understood. */
export function relevance(snapshot: Snapshot): (root: Root) => boolean {
  const { namespace, object } = snapshot.scope;
  if (object !== undefined) return relevantTo(snapshot, object);
  if (namespace === undefined) return () => true;
  const shared = sharedGateways(snapshot, namespace);
  return ({ problem, explained, effects }) =>
    [problem, ...explained].some(({ members }) =>
      members.some(
        (member) =>
          member.namespace === namespace ||
          (member.kind === 'Namespace' && member.name === namespace) ||
          shared.has(keyOf(member)),
      ),
    ) ||
    effects.pods.some((pod) => pod.metadata.namespace === namespace) ||
    showsOn(problem, namespace);
}

/** Gateways of other namespaces that serve routes of this one. */
const sharedGateways = (snapshot: Snapshot, namespace: string): ReadonlySet<string> =>
  new Set(
    gatewayRoutes(snapshot)
      .filter(({ metadata }) => metadata.namespace === namespace)
      .flatMap((route) => gatewayDependencies(snapshot, refOf(route)))
      .filter(({ kind }) => kind === 'Gateway')
      .map(keyOf),
  );

/** Whether what is wrong with a node shows on something in the namespace without breaking it: a log cannot be read. */
const showsOn = ({ rule, evidence }: Problem, namespace: string): boolean =>
  rule.area === 'node' && evidence.some(({ object }) => object.namespace === namespace);

/** A root concerns an object when it breaks that object, or something that the object depends on. */
function relevantTo(snapshot: Snapshot, object: ObjectRef): (root: Root) => boolean {
  const target = snapshot.head(object);
  const workload = target === undefined ? object : workloadOf(snapshot, target);
  const needed = reach(snapshot, [object, workload]);
  const asksForPod = object.kind === 'Pod';
  return ({ problem, explained, effects }) => {
    if (object.kind === 'Node') {
      return (
        problem.members.some((member) => keyOf(member) === keyOf(object)) ||
        effects.pods.some(({ spec }) => spec?.nodeName === object.name)
      );
    }
    if (asksForPod) {
      return (
        effects.pods.some((pod) => keyOf(refOf(pod)) === keyOf(object)) ||
        concerns(problem, new Set([keyOf(object), keyOf(workload)]))
      );
    }
    const all = [problem, ...explained];
    return (
      all.some((each) => each.members.some((member) => isNear(needed, member))) ||
      concerns(problem, new Set([keyOf(object)]))
    );
  };
}

const concerns = ({ members, subjects, culprit }: Problem, keys: ReadonlySet<string>): boolean =>
  [...members, ...subjects, ...(culprit === undefined ? [] : [culprit])].some((ref) => keys.has(keyOf(ref)));

/** Namespaces and nodes are shared by everything; being reachable through them does not make a workload relevant. */
const isNear = (needed: ReadonlyMap<string, number>, member: ObjectRef): boolean => needed.has(keyOf(member));
