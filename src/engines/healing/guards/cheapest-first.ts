import { keyOf, nameOf, refOf } from '../../objects.ts';
import { isBroken, isReady } from '../../pods.ts';
import type { ActionName } from '../action.ts';
import { affectedWorkload, livingPods } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, clause } from './verdicts.ts';

/** What an action costs when it was wrong: evict one, restart, roll back, capacity, a node. */
const costs: Readonly<Record<ActionName, number>> = {
  undo_action: 0,
  evict_pod: 1,
  restart_workload: 2,
  rollback_workload: 3,
  set_image: 3,
  scale_workload: 4,
  resize_workload: 4,
  cordon_node: 5,
  drain_node: 6,
};

/** What may pass by itself. */
const passing: ReadonlySet<string> = new Set([
  'probe-not-yet-due',
  'pod-resize-pending',
  'svc-address-pending',
  'pvc-wait-first-consumer',
]);

/** G40: wait, evict one, restart, roll back, capacity, a human: the cheapest first. */
export const cheapestFirst: Guard = {
  id: 'G40',
  title: 'is the cheapest remedy that can be taken back',

  check({ action }, situation) {
    const { finding, target, explanation } = situation;
    if (action.name === 'undo_action') return undefined;
    const name = nameOf(refOf(target));
    if (finding !== undefined && passing.has(finding.rule))
      return approve(`${finding.rule} may pass by itself: waiting costs less than ${action.name} on ${name}.`);
    const cause = explanation.causes.find(
      ({ rule, object }) => rule === finding?.rule && keyOf(object) === keyOf(finding.object),
    );
    const cheaper = (cause?.fixes ?? []).find((fix) => 'tool' in fix && costOf(fix.tool) < costs[action.name]);
    if (cheaper !== undefined && 'tool' in cheaper)
      return approve(`${cheaper.tool} costs less than ${action.name} on ${name}: ${clause(cheaper.reason)}.`);
    const lone = action.name === 'restart_workload' ? loneBroken(situation) : undefined;
    return lone === undefined
      ? allow(`Nothing that costs less than ${action.name} on ${name} is known.`)
      : approve(`Only ${lone} of ${name} is broken: evicting it alone costs less than a restart of all.`);
  },
};

const costOf = (tool: string): number =>
  Object.entries(costs).find(([name]) => name === tool)?.[1] ?? Number.POSITIVE_INFINITY;

/** The one broken pod of a workload whose others are Ready. */
function loneBroken(situation: Situation): string | undefined {
  const pods = livingPods(situation.snapshot, affectedWorkload(situation));
  const [broken, ...more] = pods.filter(isBroken);
  return broken !== undefined && more.length === 0 && pods.some(isReady) ? nameOf(refOf(broken)) : undefined;
}
