import type { SnapshotData } from '../../engines/snapshot-data.ts';
import { builtinTypes, splitApiVersion } from '../live/builtin-types.ts';
import type { ResourceType } from '../ports.ts';

/** The kinds that can be asked for in an archive: the built-in ones, and those of its objects. */
export function typesOf({ objects, heads }: SnapshotData): readonly ResourceType[] {
  const found = new Map<string, ResourceType>();
  for (const { apiVersion, kind, metadata } of [...objects, ...heads]) {
    const { group, version } = splitApiVersion(apiVersion);
    const key = `${group}/${kind}`;
    const known = builtinTypes.some((type) => type.group === group && type.kind === kind) || found.has(key);
    if (known || kind === '') continue;
    const namespaced = metadata.namespace !== undefined;
    found.set(key, {
      group,
      version,
      kind,
      resource: pluralOf(kind),
      namespaced,
      verbs: ['get', 'list'],
      shortNames: [],
    });
  }
  return [...builtinTypes, ...found.values()];
}

/** What the API server would call it, nearly always: an archive does not tell. */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
