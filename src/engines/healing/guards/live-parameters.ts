import { parseImage } from '../../images.ts';
import { nameOf, type ObjectRef, type PodSpec, refOf } from '../../objects.ts';
import { podsOf } from '../../owners.ts';
import { containersOf } from '../../pods.ts';
import { templateOf } from '../../references.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Action } from '../action.ts';
import { knownRevisions } from '../known-revisions.ts';
import { containersOfSpec, containersOfTarget } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

const namedImages = 3;
/** A tag that names something else tomorrow. */
const moving = 'latest';

/** G39: parameters come from live objects, never from what a log, an event or an annotation says. */
export const liveParameters: Guard = {
  id: 'G39',
  title: 'takes its parameters from live objects, not from texts',

  check({ action }, situation) {
    const { target } = situation;
    if (action.name === 'set_image') return unknownContainer(action.container, situation) ?? ofImage(action, situation);
    if (action.name === 'resize_workload')
      return (
        unknownContainer(action.container, situation) ??
        allow(`${nameOf(refOf(target))} has a container ${action.container}.`)
      );
    return undefined;
  },
};

function unknownContainer(name: string, { target }: Situation) {
  const names = containersOfTarget(target).flatMap((container) => container.name ?? []);
  return names.includes(name)
    ? undefined
    : refuse(
        `${nameOf(refOf(target))} has no container ${JSON.stringify(name)}.`,
        names.length === 0 ? 'plan again once its template can be read' : `it has ${names.join(', ')}`,
      );
}

function ofImage({ container, image }: Action & { name: 'set_image' }, situation: Situation) {
  const { snapshot, target } = situation;
  const workload = refOf(target);
  const present = imageIn(templateOf(target)?.spec, container);
  const known = knownImages(snapshot, workload, container).filter((each) => each !== present);
  const instead =
    known.length === 0 ? 'none is known here: roll out a new one by hand' : known.slice(0, namedImages).join(', ');
  if (image === present)
    return refuse(`Container ${container} of ${nameOf(workload)} has the image ${image}.`, instead);
  const { host, repository, tag, digest } = parseImage(image);
  const shown = JSON.stringify(image);
  if (image.trim() === '' || repository === '') return refuse(`${shown} is no image.`, instead);
  if (digest === undefined && tag === moving)
    return refuse(`${shown} names whatever was pushed last, so nobody knows whether it ran here.`, instead);
  if (known.includes(image)) return allow(`${image} was in a revision or a pod of ${nameOf(workload)}.`);
  const own = present === undefined ? undefined : parseImage(present);
  const sameRepository = own?.host === host && own.repository === repository;
  // A digest names one content for ever; a person who knows it may bring it.
  return digest !== undefined && sameRepository
    ? approve(`${image} never ran here; its digest says exactly what it is.`)
    : refuse(`${shown} was in no revision and no pod of ${nameOf(workload)}.`, instead);
}

const imageIn = (spec: PodSpec | undefined, container: string): string | undefined =>
  containersOfSpec(spec).find(({ name }) => name === container)?.image;

/** Images that a container of the workload had, newest first: in its revisions and pods, also as digests that ran. */
function knownImages(snapshot: Snapshot, workload: ObjectRef, container: string): readonly string[] {
  const ofPods = podsOf(snapshot, workload).flatMap((pod) => {
    const own = containersOf(pod).find(({ name }) => name === container)?.status;
    const digest = own?.imageID?.includes('@') === true ? own.imageID.replace(/^[a-z-]+:\/\//, '') : undefined;
    return [imageIn(pod.spec, container), digest];
  });
  const ofRevisions = knownRevisions(snapshot, workload).map(({ template }) => imageIn(template?.spec, container));
  const images = [...ofRevisions, ...ofPods].flatMap((image) => image || []);
  return [...new Set(images)].filter((image) => {
    const { tag, digest } = parseImage(image);
    return digest !== undefined || tag !== moving;
  });
}
