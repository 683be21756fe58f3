import type { FieldStep, Precondition } from '../../engines/healing/action.ts';
import type { KubernetesObject } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';

/** Names the action that wrote an object last; written in the same patch, so that a restart knows what was done. */
export const actionAnnotation = 'kubemend.dev/action';

type Step =
  | FieldStep
  | { readonly op: 'test'; readonly path: string; readonly value: string }
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown };

/**
 * The steps of a JSON patch that changes the object only while it is this one and in this state: another uid fails the
 * patch (422), another resourceVersion the update (409).
 */
export function boundTo({ uid, resourceVersion }: Precondition, steps: readonly Step[]): readonly Step[] {
  if (uid === '' || resourceVersion === '') throw new AppError('internal_error', 'A write without a precondition.');
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ...steps,
  ];
}

/** The steps that write who did it; `live` is the object in the state that the patch is bound to. */
export function signedBy(actionId: string, live: KubernetesObject): readonly Step[] {
  const path = '/metadata/annotations';
  return live.metadata.annotations === undefined
    ? [{ op: 'add', path, value: { [actionAnnotation]: actionId } }]
    : [{ op: 'add', path: `${path}/${actionAnnotation.replace('/', '~1')}`, value: actionId }];
}

/** Steps may not undo what binds the patch, nor write what the API server or a controller owns. */
export function checkSteps(steps: readonly FieldStep[]): void {
  const foreign = steps.find(({ path }) => !/^\/(?:spec|metadata\/(?:annotations|labels))\//.test(path));
  if (foreign === undefined) return;
  throw new AppError('internal_error', `${foreign.path} is no field that an action changes.`);
}

/** @throws AppError `conflict` when the object is another one than planned for, or has changed since. */
export function checkBound({ object, uid, resourceVersion }: Precondition, live: KubernetesObject): void {
  const { uid: liveUid, resourceVersion: liveVersion } = live.metadata;
  const name = `${object.kind}/${object.name}`;
  if (liveUid !== uid) {
    throw new AppError('conflict', `${name} was deleted and made again since this was planned. Nothing was done.`, {
      hint: 'Diagnose it again: it is another object now.',
      details: { planned_uid: uid, uid: liveUid },
    });
  }
  if (liveVersion !== resourceVersion) {
    throw new AppError('conflict', `${name} has changed since this was planned. Nothing was done.`, {
      hint: 'Plan again from what it is now.',
      details: { planned_version: resourceVersion, version: liveVersion },
    });
  }
}
