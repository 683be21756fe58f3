import { isComplete, stateOf } from './job-states.ts';
import { nameOf, type ObjectRef, type Pod, refOf } from './objects.ts';
import type { PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** The Job for which a container waits, by its name. */
export interface AwaitedJob {
  readonly ref: ObjectRef;
  /** Whether it is known that there is no such Job. */
  readonly missing: boolean;
  /** `Job/shop-migrate, which has failed`; `Job/shop-migrate, and there is none`. */
  readonly says: string;
}

const jobName = '([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)';
/** `waiting for migration job shop-migrate`, `job/shop-migrate`, `jobs.batch "shop-migrate" not found`. */
const spoken = new RegExp(`\\bjobs?(?:\\.batch)?[ /]+["'\`]?${jobName}`, 'gi');
const notFound = new RegExp(`\\bjobs?\\.batch "${jobName}" not found`, 'i');

/** The Job that a container says it waits for, or that its command names, and that is not done. */
export function awaitedJob(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): AwaitedJob | undefined {
  const { namespace } = pod.metadata;
  const { command = [], args = [] } = container.spec;
  const words = [text, [...command, ...args].join(' ')].join('\n').slice(0, 4_000);
  for (const [, name = ''] of words.matchAll(spoken)) {
    const job = snapshot.find('Job', namespace, name);
    if (job !== undefined && !isComplete(job))
      return { ref: refOf(job), missing: false, says: `${nameOf(refOf(job))}, which ${stateOf(job)}` };
  }
  const absent = notFound.exec(text)?.[1];
  if (absent === undefined || snapshot.presence('Job', namespace, absent) !== 'absent') return undefined;
  const ref = { kind: 'Job', namespace, name: absent };
  return { ref, missing: true, says: `${nameOf(ref)}, and there is none of that name` };
}
