import { isComplete, stateOf } from './job-states.ts';
import { nameOf, type ObjectRef, type Of, type Pod, refOf } from './objects.ts';
import { workloadOf } from './owners.ts';
import type { PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

type Job = Of<'Job'>;

/** What a step says that waits until others have migrated the database. */
const awaits =
  /\b(?:unapplied|pending|outstanding|unrun|waiting for|until|with|after) (?:\w+ )?migrations?\b|\bmigrations? (?:are|is|have|has)(?: not|n't) (?:yet )?(?:been )?(?:run|applied|complete\w*|done|finished)|\bmigrations? (?:to (?:be )?(?:run|applied|complete\w*|finish\w*))|\bdatabase (?:schema )?(?:has not been|is not(?: yet)?) (?:initiali[sz]ed|migrated)/i;
/** What Jobs are called that do it. */
const migrates = /migrat|db-?init|init-?db|db-?setup|db-?upgrade|upgrade-?db|schema/i;

/** The Job that was to migrate a database for which a container waits, and that has not done so. */
export interface MigrationJob {
  readonly ref: ObjectRef;
  /** `Job/shop-migrate, which migrates the database, has failed`. */
  readonly says: string;
}

/** That Job, by the words of whoever waits and by its own names; `undefined` when there is none, or which is not clear. */
export function migrationJobOf(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): MigrationJob | undefined {
  if (!awaits.test(text)) return undefined;
  const own = workloadOf(snapshot, pod);
  const jobs = snapshot
    .all('Job', pod.metadata.namespace)
    .filter((job) => migrates.test(wordsOf(job)) && workloadOf(snapshot, job).kind === 'Job')
    .filter(({ metadata }) => own.kind !== 'Job' || metadata.name !== own.name);
  const [job, ...others] = jobs;
  // One that is done has done it: what the container waits for is something else.
  if (job === undefined || others.length > 0 || isComplete(job)) return undefined;
  const ref = refOf(job);
  return { ref, says: `${nameOf(ref)}, which migrates the database for container ${container.name}, ${stateOf(job)}` };
}

const wordsOf = ({ metadata, spec }: Job): string =>
  [metadata.name, ...(spec?.template?.spec?.containers ?? []).map(({ name }) => name)].join(' ');
