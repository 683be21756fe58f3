import { AppError } from '../../platform/errors.ts';
import { nearest } from '../../platform/nearest.ts';
import type { ContextEntry } from './kubeconfig.ts';

/**
 * Only these contexts; the others look as if the kubeconfig had none of them. One that is left alone is the default.
 * @throws AppError `unavailable` for a name that the kubeconfig has not: what is misspelt must not go unseen.
 */
export function allowedContexts(
  all: readonly ContextEntry[],
  allowed: readonly string[] | undefined,
): readonly ContextEntry[] {
  if (allowed === undefined) return all;
  const names = all.map(({ name }) => name);
  const unknown = allowed.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const meant = unknown.flatMap((name) => nearest(name, names, 1));
    throw new AppError('unavailable', `--clusters: the kubeconfig has no context ${unknown.join(', ')}.`, {
      hint: meant.length === 0 ? `It has ${names.join(', ')}.` : `Did you mean ${meant.join(', ')}?`,
    });
  }
  const kept = all.filter(({ name }) => allowed.includes(name));
  return kept.length === 1 ? kept.map((context) => ({ ...context, default: true })) : kept;
}
