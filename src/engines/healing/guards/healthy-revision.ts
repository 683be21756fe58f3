import { nameOf, type ObjectRef, refOf } from '../../objects.ts';
import { templateOf } from '../../references.ts';
import { templateChanges } from '../../revisions.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Action } from '../action.ts';
import { type KnownRevision, knownRevisions, wasAvailable } from '../known-revisions.ts';
import { missingOf, needsOf } from '../needs.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** G20: the previous revision may be worse; the one to go back to was seen to work. */
export const healthyRevision: Guard = {
  id: 'G20',
  title: 'rolls back to a revision that was healthy and can still start',

  check({ action, operations }, situation) {
    if (action.name !== 'rollback_workload') return undefined;
    const { snapshot, target } = situation;
    const workload = refOf(target);
    const revisions = knownRevisions(snapshot, workload);
    const from = operations.find(({ verb }) => verb === 'set_template');
    const source = from?.verb === 'set_template' ? from.from : undefined;
    const chosen = revisions.find(({ object }) => object.name === source?.name && object.kind === source.kind);
    const best = newestHealthy(situation, revisions);
    const isMeant = action.revision === undefined || action.revision === chosen?.number;
    if (chosen?.template === undefined || !isMeant)
      return refuse(
        `The revision ${action.revision ?? source?.name ?? ''} of ${nameOf(workload)} is not among those that were read, or not the one of the plan.`,
        insteadOf(best),
      );
    return faultOf(chosen, situation, best) ?? judged(chosen, best, { action, situation });
  },
};

const insteadOf = (best: KnownRevision | undefined): string =>
  best === undefined
    ? 'no revision is known to have been healthy: mend the template'
    : `revision ${best.number} was healthy`;

function faultOf(revision: KnownRevision, { snapshot, target }: Situation, best: KnownRevision | undefined) {
  const name = nameOf(refOf(target));
  if (templateChanges(revision.template, templateOf(target)).length === 0)
    return refuse(
      `Revision ${revision.number} of ${name} differs from the present one in nothing but a restart.`,
      insteadOf(best),
    );
  const [missing] = missingOf(snapshot, neededBy(refOf(target), revision));
  return missing === undefined
    ? undefined
    : refuse(
        `Revision ${revision.number} of ${name} needs ${missing}, which does not exist any more.`,
        `bring that back; or: ${insteadOf(best)}`,
      );
}

function judged(
  revision: KnownRevision,
  best: KnownRevision | undefined,
  { action, situation }: { action: Action & { name: 'rollback_workload' }; situation: Situation },
) {
  const { snapshot, target } = situation;
  const workload = refOf(target);
  const it = `Revision ${revision.number} of ${nameOf(workload)}`;
  if (best !== undefined && best.number > revision.number)
    return action.revision === undefined
      ? refuse(`${it} is older than revision ${best.number}, which was healthy too.`, insteadOf(best))
      : approve(`${it} was asked for; revision ${best.number} is newer and was healthy.`);
  if (!wasAvailable(snapshot, workload, revision))
    return action.revision === undefined
      ? refuse(
          `Nothing tells that revision ${revision.number} of ${nameOf(workload)} was ever healthy.`,
          insteadOf(best),
        )
      : approve(`${it} was asked for; nothing tells that it was ever healthy.`);
  const [unread] = unreadOf(snapshot, workload, revision);
  return unread === undefined
    ? allow(`${it} was healthy, and all that it refers to exists.`)
    : approve(`${it} was healthy; whether ${unread}, which it needs, exists was not read.`);
}

function newestHealthy(situation: Situation, revisions: readonly KnownRevision[]): KnownRevision | undefined {
  const { snapshot, target } = situation;
  const workload = refOf(target);
  return revisions.find(
    (revision) =>
      templateChanges(revision.template, templateOf(target)).length > 0 &&
      wasAvailable(snapshot, workload, revision) &&
      missingOf(snapshot, neededBy(workload, revision)).length === 0,
  );
}

const neededBy = ({ namespace }: ObjectRef, { template }: KnownRevision) => needsOf(template?.spec, namespace);

const unreadOf = (snapshot: Snapshot, workload: ObjectRef, revision: KnownRevision): readonly string[] =>
  neededBy(workload, revision)
    .filter(({ kind, namespace, name }) => snapshot.presence(kind, namespace, name) === 'unknown')
    .map(nameOf);
