import type { Pod } from '../objects.ts';
import { isFinished, isTerminating, podCondition } from '../pods.ts';

/** Whether the scheduler may have left a pod alone because of its resource claims (plugin DynamicResources, PreEnqueue). */
export const waitsForClaims = (pod: Pod): boolean =>
  (pod.spec?.resourceClaims ?? []).length > 0 &&
  !pod.spec?.nodeName &&
  !isTerminating(pod) &&
  !isFinished(pod) &&
  podCondition(pod, 'PodScheduled') === undefined;
