import { nameOf, refOf } from '../../objects.ts';
import { workloadOf } from '../../owners.ts';
import { isFinished, isTerminating } from '../../pods.ts';
import { type Action, preconditionOf } from '../action.ts';
import { blastRadius } from '../blast-radius.ts';
import type { Drafted, Material } from '../material.ts';

/** A pod that ends has its grace period, and its successor has to start. */
const deadlineSeconds = 300;

export function draftEvict(action: Extract<Action, { name: 'evict_pod' }>, { snapshot, target }: Material): Drafted {
  const ref = refOf(target);
  const pod = snapshot.find('Pod', ref.namespace, ref.name);
  if (target.kind !== 'Pod' || pod === undefined) {
    return { impossible: `${nameOf(ref)} is no pod that could be read.`, instead: 'Name a pod.', rule: 'G2' };
  }
  if (isTerminating(pod)) {
    return {
      impossible: `${nameOf(ref)} is being terminated already.`,
      instead: 'Wait; diagnose it when it does not go. Nothing is deleted by force.',
      rule: 'G13',
    };
  }
  const on = preconditionOf(target);
  const leftover = isFinished(pod);
  const workload = workloadOf(snapshot, pod);
  return {
    action,
    target: on,
    operations: [{ verb: 'evict', on }],
    inverse: [],
    irreversible: leftover
      ? 'the pod has ended for good; its record and its log are gone then'
      : 'the pod is gone then; its controller makes another one',
    changes: [{ object: ref, field: 'the pod', before: pod.status?.phase, after: leftover ? 'removed' : 'replaced' }],
    radius: blastRadius(snapshot, ref),
    verification: {
      expects: leftover ? `${nameOf(ref)} is gone` : `${nameOf(ref)} is gone and its successor is ready`,
      by: 'pod_replaced',
      ...(!leftover && workload.kind !== 'Pod' && { watches: workload }),
      holdSeconds: 0,
      deadlineSeconds,
    },
  };
}
