import { nameOf, type Pod, refOf } from '../../objects.ts';
import { controllerOf } from '../../owners.ts';
import { isFinished, isTerminating } from '../../pods.ts';
import { counted, evictionsOf, podOf } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

const mirror = 'kubernetes.io/config.mirror';

/** G12: only pods that somebody makes anew. */
export const ownedPods: Guard = {
  id: 'G12',
  title: 'evicts only pods that their owner makes anew',

  check(draft, situation) {
    const evictions = evictionsOf(draft);
    if (evictions.length === 0) return undefined;
    const jobs: string[] = [];
    for (const { on } of evictions) {
      const pod = podOf(situation, on.object);
      if (pod === undefined)
        return refuse(`${nameOf(on.object)} was not read, so nobody knows whether it returns.`, 'plan again');
      const fault = faultOf(pod, draft.action.name === 'drain_node');
      if (fault !== undefined) return fault;
      if (controllerOf(pod)?.kind === 'Job' && !isFinished(pod)) jobs.push(nameOf(refOf(pod)));
    }
    return jobs.length > 0
      ? approve(`${jobs.join(', ')} belongs to a Job that works: it would begin anew, and count as failed.`)
      : allow(`${counted(evictions.length, 'pod')} will be made anew by what owns them.`);
  },
};

function faultOf(pod: Pod, draining: boolean) {
  const name = nameOf(refOf(pod));
  const owner = controllerOf(pod);
  if (pod.metadata.annotations?.[mirror] !== undefined || owner?.kind === 'Node')
    return refuse(`${name} is a static pod of its node, which only the kubelet there can end.`, 'look at the node');
  if (owner === undefined)
    return refuse(`${name} has no owner, so it would not return.`, 'let whoever made it make it anew');
  if (isTerminating(pod)) return refuse(`${name} is being deleted already.`, 'wait; diagnose it when it does not go');
  if (owner.kind === 'Job' && pod.status?.phase === 'Succeeded')
    return refuse(`${name} has done the work of ${nameOf(owner)} and would not return.`, 'leave it; its Job cleans up');
  if (draining && owner.kind === 'DaemonSet')
    return refuse(`${name} belongs to ${nameOf(owner)}, which brings it back to the same node.`, 'drain without it');
  return undefined;
}
