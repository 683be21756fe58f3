import { nameOf, refOf } from '../../objects.ts';
import { templateOf } from '../../references.ts';
import type { Action } from '../action.ts';
import { editedDraft } from '../edited-draft.ts';
import { setField } from '../field-step.ts';
import type { Drafted, Material } from '../material.ts';
import { nothingToDo } from '../material.ts';
import { rollingKinds } from '../rolling-kinds.ts';
import { rolloutVerification } from '../verification.ts';

/** What `kubectl rollout restart` sets: any change of the template replaces the pods one by one. */
const restartedAt = ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'];

export function draftRestart(
  action: Extract<Action, { name: 'restart_workload' }>,
  { snapshot, target, at }: Material,
): Drafted {
  const ref = refOf(target);
  if (!rollingKinds.has(target.kind)) {
    return {
      impossible: `A ${target.kind} has no rolling restart.`,
      instead:
        target.kind === 'Pod'
          ? 'evict_pod replaces one pod of a workload.'
          : 'Name a Deployment, StatefulSet or DaemonSet.',
      rule: 'G2',
    };
  }
  const edit = setField(target, restartedAt, at);
  if (edit === undefined)
    return { impossible: `${nameOf(ref)} was restarted at this very moment.`, instead: nothingToDo };
  return {
    ...editedDraft(action, { snapshot, target }, [edit]),
    // Quota and admission may have changed since its pods were made.
    template: templateOf(target),
    verification: rolloutVerification(snapshot, ref, `every pod of ${nameOf(ref)} is replaced and ready`),
  };
}
