import { nameOf, refOf } from '../../objects.ts';
import { blockedBy } from '../budgets.ts';
import { counted, evictionsOf, podOf, wasListed } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** G11: a budget that allows no disruption is reported, and never got around. */
export const respectsBudgets: Guard = {
  id: 'G11',
  title: 'keeps to PodDisruptionBudgets',

  check(draft, situation) {
    const evictions = evictionsOf(draft);
    const [first] = evictions;
    if (first === undefined) return undefined;
    const blocked = evictions.flatMap(({ on }) => {
      const pod = podOf(situation, on.object);
      const by = pod === undefined ? undefined : blockedBy(situation.snapshot, pod);
      return pod === undefined || by === undefined ? [] : [{ pod: nameOf(refOf(pod)), by }];
    });
    const stuck = blocked.find(({ by }) => by.forGood) ?? blocked[0];
    if (stuck === undefined)
      return wasListed(situation.snapshot, 'PodDisruptionBudget', first.on.object.namespace)
        ? allow(`No PodDisruptionBudget stands against the eviction of ${counted(evictions.length, 'pod')}.`)
        : approve('PodDisruptionBudgets were not read; the eviction API will ask them.');
    // A drain takes a while: a budget that has slack again by then only makes it wait.
    return draft.action.name === 'drain_node' && !stuck.by.forGood
      ? approve(`The drain has to wait at ${stuck.pod}: ${stuck.by.why}.`)
      : refuse(`${stuck.pod} may not be evicted: ${stuck.by.why}.`, stuck.by.remedy);
  },
};
