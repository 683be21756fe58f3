import type * as z from 'zod';
import { nearest } from './nearest.ts';

/** One thing that is wrong with an input. */
export interface Problem {
  /** `target.name`, `names[2]`; empty for the input itself. */
  readonly path: string;
  readonly message: string;
}

/** A hostile input has as many problems as it likes; nobody reads more than these. */
const maxProblems = 50;

/** Every problem of an input, unknown keys each by name with the nearest of the `known` ones. */
export function problemsOf(error: z.ZodError, known: readonly string[]): readonly Problem[] {
  const problems = error.issues.flatMap((issue): readonly Problem[] => {
    if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: issue.message }];
    return issue.keys.slice(0, maxProblems).map((key) => ({
      path: pathOf([...issue.path, key]),
      message: unknownKey(key, issue.path.length === 0 ? known : []),
    }));
  });
  if (problems.length <= maxProblems) return problems;
  const more = { path: '', message: `and ${problems.length - maxProblems} more problems` };
  return [...problems.slice(0, maxProblems), more];
}

function unknownKey(key: string, known: readonly string[]): string {
  const [suggestion] = nearest(key, known, 1);
  if (suggestion !== undefined) return `unknown argument; did you mean ${suggestion}?`;
  return known.length === 0 ? 'unknown argument' : `unknown argument; there are ${known.join(', ')}`;
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part).slice(0, 64)}`,
    )
    .join('');
