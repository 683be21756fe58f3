import { nameOf, type ObjectRef, refOf } from '../../objects.ts';
import type { ActionName } from '../action.ts';
import { changesTemplate, counted, isWorkload, type Workload } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** What ends a rollout that gets nowhere, instead of adding to it. */
const endsRollout: ReadonlySet<ActionName> = new Set([
  'rollback_workload',
  'set_image',
  'resize_workload',
  'undo_action',
]);

/** G19: one change at a time. */
export const settledTarget: Guard = {
  id: 'G19',
  title: 'waits for a change that is under way',

  check(draft, situation) {
    const { target, snapshot } = situation;
    const name = nameOf(refOf(target));
    if (target.metadata.deletionTimestamp !== undefined)
      return refuse(`${name} is being deleted.`, 'wait until it is gone; its owner may make it anew');
    const { namespace } = target.metadata;
    const home = namespace === undefined ? undefined : snapshot.head({ kind: 'Namespace', name: namespace });
    if (home?.metadata.deletionTimestamp !== undefined)
      return refuse(`Namespace/${namespace} is being deleted with all that is in it.`, 'nothing can be healed there');
    if (!changesTemplate(draft) || !isWorkload(target)) return undefined;
    return (
      unsettled(target, name) ?? midRollout(draft.action.name, situation) ?? allow(`No change of ${name} is under way.`)
    );
  },
};

function unsettled({ metadata: { generation }, spec, status }: Workload, name: string) {
  if (spec?.paused === true) return refuse(`The rollout of ${name} is paused.`, 'resume it: kubectl rollout resume');
  const observed = status?.observedGeneration;
  return observed === undefined || generation === undefined || observed < generation
    ? refuse(
        `No controller has looked at the last change of ${name}: generation ${generation ?? 'unknown'}, observed ${observed ?? 'none'}.`,
        'wait until it has; when that takes minutes, the control plane is what to look at',
      )
    : undefined;
}

function midRollout(action: ActionName, situation: Situation) {
  const progress = progressOf(situation.target);
  if (progress === undefined) return undefined;
  const name = nameOf(refOf(situation.target));
  if (endsRollout.has(action) && isStuck(situation))
    return allow(`The rollout of ${name} gets nowhere (${progress}), and this ends it.`);
  return refuse(
    `A rollout of ${name} is under way: ${progress}.`,
    'wait until it has ended; roll back when it does not get anywhere',
  );
}

/** How far a rollout has come, as `kubectl rollout status` sees it; `undefined` when it has ended. */
function progressOf({ kind, spec, status = {} }: Workload): string | undefined {
  const { updatedReplicas = 0, replicas = 0, currentRevision, updateRevision } = status;
  if (kind === 'DaemonSet') {
    const { desiredNumberScheduled = 0, updatedNumberScheduled = 0 } = status;
    return updatedNumberScheduled < desiredNumberScheduled
      ? `${updatedNumberScheduled} of ${desiredNumberScheduled} pods are of the new template`
      : undefined;
  }
  const wanted = spec?.replicas ?? 1;
  if (kind === 'StatefulSet' && currentRevision === updateRevision) return undefined;
  if (updatedReplicas < wanted) return `${updatedReplicas} of ${wanted} pods are of the new template`;
  const old = replicas - updatedReplicas;
  return old > 0 ? `${counted(old, 'old pod')} left` : undefined;
}

/** Whether a rollout gets nowhere: its deadline is over, or what is mended is found on the very target. */
function isStuck({ target, finding }: Situation): boolean {
  const { status }: Workload = target;
  const late = status?.conditions?.some(
    ({ type, status: value, reason }) =>
      type === 'Progressing' && value === 'False' && reason === 'ProgressDeadlineExceeded',
  );
  return late === true || (finding !== undefined && isSame(finding.object, refOf(target)));
}

const isSame = (a: ObjectRef, b: ObjectRef): boolean =>
  a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
