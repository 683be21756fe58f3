import { canonical } from '../../platform/digest.ts';
import type { KubernetesObject } from '../objects.ts';

/** Whether an object is the same in everything that somebody could have wanted: its status, which never rests, aside. */
export const onlyStatusMoved = (before: KubernetesObject, after: KubernetesObject): boolean =>
  canonical(wanted(before)) === canonical(wanted(after));

function wanted({ metadata, ...object }: KubernetesObject): object {
  const { resourceVersion: _version, managedFields: _writers, ...kept } = metadata;
  return { ...object, status: undefined, metadata: kept };
}
