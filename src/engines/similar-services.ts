import { nearest } from '../platform/nearest.ts';
import type { ObjectRef, Pod } from './objects.ts';
import { matchesMap } from './selectors.ts';
import type { Snapshot } from './snapshot.ts';

/** The Service that a pod may have meant, of all of that namespace the most similar in name; nobody means itself. */
export function similarService(
  snapshot: Snapshot,
  pod: Pod,
  { namespace, name }: Pick<ObjectRef, 'namespace' | 'name'>,
): string | undefined {
  const own = new Set(
    snapshot
      .all('Service', namespace)
      .filter(({ spec }) => namespace === pod.metadata.namespace && matchesMap(spec?.selector, pod.metadata.labels))
      .map((service) => service.metadata.name),
  );
  return nearest(
    name,
    [...snapshot.names('Service', namespace)].filter((each) => !own.has(each)),
    1,
  )[0];
}
