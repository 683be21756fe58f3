import { AppError } from '../platform/errors.ts';
import { nearest } from '../platform/nearest.ts';
import { shortened } from '../platform/safe-text.ts';
import type { ResourceType } from './ports.ts';

/**
 * Matches the kind that people mean by `deploy`, `Deployment`, `deployments.apps`, `certificates.v1.cert-manager.io`:
 * case does not matter; a dot begins the group, or a version and the group, as in kubectl.
 */
export function matcherOf(written: string): (type: ResourceType) => boolean {
  const [word = '', ...rest] = written.trim().toLowerCase().split('.');
  const suffix = rest.join('.');
  return ({ kind, resource, shortNames, group, version }) => {
    const named = resource === word || kind.toLowerCase() === word || shortNames.includes(word);
    if (!named || suffix === '' || suffix === group) return named;
    return suffix === (group === '' ? version : `${version}.${group}`);
  };
}

/** `not_found` with the nearest of the kinds that there are. */
export function unknownKind(written: string, types: readonly ResourceType[]): AppError {
  const shown = shortened(written, 100);
  const kinds = new Map(
    types.flatMap(({ kind, resource, shortNames, group }) =>
      [kind, resource, ...shortNames, `${resource}.${group}`].map((name): [string, string] => [name, kind]),
    ),
  );
  const suggestions = [...new Set(nearest(shown, kinds.keys(), 6).map((name) => kinds.get(name) ?? name))].slice(0, 3);
  return new AppError('not_found', `This cluster has no kind "${shown}".`, {
    hint:
      suggestions.length > 0
        ? `Did you mean ${suggestions.join(' or ')}?`
        : 'Name the kind as in a manifest, such as Deployment.',
    details: { suggestions },
  });
}

/** Some kinds are only made, such as reviews, or only read one at a time. Throws `validation_error`. */
export function checkVerb({ kind, verbs }: ResourceType, verb: 'get' | 'list'): void {
  if (verbs.includes(verb)) return;
  throw new AppError(
    'validation_error',
    `${kind} is a kind that cannot be ${verb === 'get' ? 'read by name' : 'listed'}.`,
    { hint: 'Choose another kind.' },
  );
}
