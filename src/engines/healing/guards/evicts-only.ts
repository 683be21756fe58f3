import { nameOf } from '../../objects.ts';
import { isFinished, isReady } from '../../pods.ts';
import { counted, podOf } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** G10: pods go through the eviction API, which asks the budgets. */
export const evictsOnly: Guard = {
  id: 'G10',
  title: 'evicts pods and deletes none',

  check({ operations, inverse }, situation) {
    // A patch of a Pod changes its resources in place, and G2 sees to it that nothing else is changed.
    const ofPods = [...operations, ...inverse].filter(({ verb, on }) => on.object.kind === 'Pod' && verb !== 'patch');
    if (ofPods.length === 0) return undefined;
    const other = ofPods.find(({ verb }) => verb !== 'evict');
    if (other !== undefined)
      return refuse(`The action would ${other.verb} ${nameOf(other.on.object)}.`, 'evict it: budgets are asked then');
    const serving = ofPods.filter(({ on }) => {
      const pod = podOf(situation, on.object);
      return pod !== undefined && isReady(pod) && !isFinished(pod);
    });
    return allow(
      `${counted(ofPods.length, 'pod')} would be evicted, ${serving.length} of which Ready, and none deleted.`,
    );
  },
};
