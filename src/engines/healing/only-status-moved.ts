import { canonical } from '../../platform/digest.ts';
import type { KubernetesObject, Pod } from '../objects.ts';
import { isReady } from '../pods.ts';

/** Whether an object is the same in everything that somebody could have wanted: its status, which never rests, aside. */
export const onlyStatusMoved = (before: KubernetesObject, after: KubernetesObject): boolean =>
  canonical(wanted(before)) === canonical(wanted(after));

/** Whether both are a pod that is as ready, or as far, as it was: what an eviction is judged by. What it waits for may differ. */
export const isAsReady = (before: KubernetesObject, after: KubernetesObject): boolean =>
  isPod(before) && isPod(after) && isReady(before) === isReady(after) && before.status?.phase === after.status?.phase;

const isPod = (object: KubernetesObject): object is Pod => object.kind === 'Pod';

function wanted({ metadata, ...object }: KubernetesObject): object {
  const { resourceVersion: _version, managedFields: _writers, ...kept } = metadata;
  return { ...object, status: undefined, metadata: kept };
}
