import { nameOf, refOf } from '../../objects.ts';
import { type Action, preconditionOf } from '../action.ts';
import { blastRadius } from '../blast-radius.ts';
import { setField } from '../field-step.ts';
import type { Drafted, Material } from '../material.ts';
import { nothingToDo } from '../material.ts';
import { counted } from '../subject.ts';
import { rolloutVerification } from '../verification.ts';

/** Kinds whose `spec.replicas` is patched in place, with the annotation that says by which action. */
const builtIn = new Set(['Deployment', 'StatefulSet']);

export function draftScale(
  action: Extract<Action, { name: 'scale_workload' }>,
  { snapshot, target }: Material,
): Drafted {
  const ref = refOf(target);
  if (target.kind === 'DaemonSet' || target.kind === 'Pod') {
    return {
      impossible: `A ${target.kind} has no replicas that could be set.`,
      instead: target.kind === 'Pod' ? 'Scale the workload that owns it.' : 'It has one pod on each node that fits.',
      rule: 'G2',
    };
  }
  const before = replicasOf(target);
  if (before === undefined && !builtIn.has(target.kind)) {
    return {
      impossible: `${nameOf(ref)} has no spec.replicas, so it cannot be scaled.`,
      instead: 'Name a Deployment, a StatefulSet, or another kind with a scale subresource.',
      rule: 'G2',
    };
  }
  const edit = setField(target, ['spec', 'replicas'], action.replicas);
  if (edit === undefined) {
    return { impossible: `${nameOf(ref)} has ${counted(action.replicas, 'replica')} already.`, instead: nothingToDo };
  }
  const on = preconditionOf(target);
  const own = builtIn.has(target.kind);
  return {
    action,
    target: on,
    operations: [own ? { verb: 'patch', on, steps: [edit.step] } : { verb: 'scale', on, replicas: action.replicas }],
    inverse: [own ? { verb: 'patch', on, steps: [edit.inverse] } : { verb: 'scale', on, replicas: before ?? 1 }],
    changes: [{ object: ref, ...edit.change }],
    radius: blastRadius(snapshot, ref),
    verification: {
      ...rolloutVerification(snapshot, ref, `${nameOf(ref)} has ${action.replicas} ready replicas`),
      by: 'replicas',
    },
  };
}

/** `spec.replicas` of any kind, custom ones too. */
export function replicasOf(object: object): number | undefined {
  const spec = 'spec' in object ? object.spec : undefined;
  const replicas = typeof spec === 'object' && spec !== null && 'replicas' in spec ? spec.replicas : undefined;
  return typeof replicas === 'number' ? replicas : undefined;
}
