import { nameOf, type Of, type Pod, refOf } from '../objects.ts';
import { isReady, isTerminating } from '../pods.ts';
import { matchesSelector } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';

type Budget = Of<'PodDisruptionBudget'>;

/** Why the eviction API would refuse a pod now. */
export interface Blocked {
  /** In one clause: `PodDisruptionBudget/web allows no disruption: 2 of 2 pods healthy, 2 needed`. */
  readonly why: string;
  /** Whether it stays so until somebody changes the budget or the number of pods. */
  readonly forGood: boolean;
  /** What would have to be done first. */
  readonly remedy: string;
}

/** Phases for which budgets do not count (registry/core/pod `canIgnorePDB`). */
const uncounted: ReadonlySet<string> = new Set(['Pending', 'Succeeded', 'Failed']);

/** What the eviction API would say of a pod, as far as budgets tell (registry/core/pod/storage `eviction.go`). */
export function blockedBy(snapshot: Snapshot, pod: Pod): Blocked | undefined {
  if (uncounted.has(pod.status?.phase ?? '') || isTerminating(pod)) return undefined;
  const [budget, ...others] = budgetsOver(snapshot, pod);
  if (budget === undefined) return undefined;
  if (others.length > 0) {
    const names = [budget, ...others].map((each) => nameOf(refOf(each))).join(' and ');
    return {
      why: `${names} both select it, which the eviction API refuses`,
      forGood: true,
      remedy: 'let their owners make one of them',
    };
  }
  return isReady(pod) || !mayGoUnready(budget) ? withoutSlack(budget) : undefined;
}

/** Budgets that select a pod. */
export const budgetsOver = (snapshot: Snapshot, { metadata: { namespace, labels } }: Pod): readonly Budget[] =>
  snapshot.all('PodDisruptionBudget', namespace).filter(({ spec }) => matchesSelector(spec?.selector, labels));

/** Whether a pod that is not Ready may go without using up the budget (`unhealthyPodEvictionPolicy`). */
function mayGoUnready({ spec, status }: Budget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

function withoutSlack(budget: Budget): Blocked | undefined {
  const {
    disruptionsAllowed,
    currentHealthy = 0,
    desiredHealthy = 0,
    expectedPods = 0,
    observedGeneration,
  } = budget.status ?? {};
  const name = nameOf(refOf(budget));
  const { generation } = budget.metadata;
  if (disruptionsAllowed === undefined || (generation !== undefined && (observedGeneration ?? 0) < generation))
    return {
      why: `${name} has not been worked out by its controller`,
      forGood: false,
      remedy: 'wait a moment, then evict',
    };
  if (disruptionsAllowed > 0) return undefined;
  return {
    why: `${name} allows no disruption: ${currentHealthy} of ${expectedPods} pods healthy, ${desiredHealthy} needed`,
    ...(desiredHealthy >= expectedPods
      ? { forGood: true, remedy: 'run one more replica, or let the owner change the budget; then evict' }
      : { forGood: false, remedy: 'wait until one more pod is Ready, then evict' }),
  };
}
