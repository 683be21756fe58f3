import type { KubernetesObject, Pod } from '../../engines/objects.ts';
import type { LogExcerpt } from '../../engines/snapshot-data.ts';
import { partsOfPath } from './layout.ts';

/** A file that `kubectl logs` may have been written to. */
export interface NamedLog {
  readonly path: string;
  readonly lines: LogExcerpt['lines'];
}

/**
 * The logs among these files that are named after one pod of the archive: `POD.log`, `POD-CONTAINER.log` (or with a dot or
 * an underscore), `POD/CONTAINER.log`, each also with `previous` at its end. Without a container it is the only one.
 */
export function matchedLogs(files: readonly NamedLog[], objects: Iterable<KubernetesObject>): readonly LogExcerpt[] {
  if (files.length === 0) return [];
  const targets = new Map<string, readonly Omit<LogExcerpt, 'lines' | 'previous'>[]>();
  for (const object of objects) {
    if (object.kind !== 'Pod') continue;
    for (const [name, target] of namesOf(object)) targets.set(name, [...(targets.get(name) ?? []), target]);
  }
  return files.flatMap(({ path, lines }) => {
    const { folders, name } = partsOfPath(path);
    const [, plain = name, previous] = /^(.+?)(?:[-._](prev(?:ious)?))?$/i.exec(name) ?? [];
    const found = targets.get(plain) ?? targets.get(`${folders.at(-1)}/${plain}`) ?? [];
    // Of pods of one name in several namespaces, the folder may tell which one.
    const [target, ...others] = found.length > 1 ? found.filter(({ namespace }) => folders.includes(namespace)) : found;
    return target === undefined || others.length > 0 ? [] : [{ ...target, previous: previous !== undefined, lines }];
  });
}

function namesOf(pod: Pod): readonly (readonly [string, Omit<LogExcerpt, 'lines' | 'previous'>])[] {
  const { name, namespace = '' } = pod.metadata;
  const { containers, initContainers } = pod.spec ?? {};
  const main = (Array.isArray(containers) ? containers : []).flatMap((each) => each?.name ?? []);
  const all = [...main, ...(Array.isArray(initContainers) ? initContainers : []).flatMap((each) => each?.name ?? [])];
  return [
    ...main
      .slice(0, main.length === 1 ? 1 : 0)
      .map((container) => [name, { namespace, pod: name, container }] as const),
    ...all.flatMap((container) =>
      ['-', '.', '_', '/'].map(
        (between) => [`${name}${between}${container}`, { namespace, pod: name, container }] as const,
      ),
    ),
  ];
}
