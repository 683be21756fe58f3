import { isComplete, stateOf } from './job-states.ts';
import { nameOf, type ObjectRef, type Of, refOf } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

/** A Job that is to make an object, and has not done so. */
export interface MakerJob {
  readonly ref: ObjectRef;
  /** `Job/admission-create, which makes it, is not done`. */
  readonly says: string;
}

/** What commands are called that make a Secret or ConfigMap. */
const makes = /\bcreate\b|cert-?gen|gen-?certs?\b|--secret-name\b/i;

/** The one Job whose command names an object and says that it makes it; `undefined` when it is done, or which is not clear. */
export function makerJobOf(snapshot: Snapshot, { namespace, name }: ObjectRef): MakerJob | undefined {
  const [job, ...others] = snapshot.all('Job', namespace).filter((each) => {
    const words = wordsOf(each);
    return makes.test(words) && words.split(/[\s=,'"]+/).includes(name);
  });
  if (job === undefined || others.length > 0 || isComplete(job)) return undefined;
  const ref = refOf(job);
  return { ref, says: `${nameOf(ref)}, which makes it, ${stateOf(job)}` };
}

const wordsOf = ({ spec }: Of<'Job'>): string =>
  (spec?.template?.spec?.containers ?? [])
    .flatMap(({ image = '', command = [], args = [] }) => [image, ...command, ...args])
    .join(' ');
