import type { KubernetesObject } from '../objects.ts';
import { podSelectionOf } from '../pod-selection.ts';
import type { Read } from '../snapshot-data.ts';

/** Every pod that an action on this object touches, healthy ones too: what a diagnosis does not read. */
export function touchedReads(target: KubernetesObject): readonly Read[] {
  const { namespace, name } = target.metadata;
  if (target.kind === 'Node')
    return [{ verb: 'list', kind: 'Pod', fieldSelector: `spec.nodeName=${name}`, as: 'full' }];
  if (target.kind === 'Pod') return [];
  const query = podSelectionOf(target)?.query;
  return query === undefined ? [] : [{ verb: 'list', kind: 'Pod', namespace, labelSelector: query, as: 'full' }];
}
