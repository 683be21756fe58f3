import type * as z from 'zod';
import { nearest } from './nearest.ts';
import { shortened } from './safe-text.ts';

/** One thing that is wrong with an input. */
export interface Problem {
  /** `target.name`, `names[2]`; empty for the input itself. */
  readonly path: string;
  readonly message: string;
}

/** A hostile input has as many problems as it likes; nobody reads more than these. */
export const maxProblems = 50;

/** Every problem of an input, unknown keys each by name with the nearest of the `known` ones. */
export function problemsOf(error: z.ZodError, known: readonly string[]): readonly Problem[] {
  const problems = error.issues.flatMap((issue): readonly Problem[] => {
    if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: inWords(issue) }];
    return issue.keys.slice(0, maxProblems).map((key) => ({
      path: pathOf([...issue.path, key]),
      message: unknownKey(key, issue.path.length === 0 ? known : []),
    }));
  });
  if (problems.length <= maxProblems) return problems;
  const more = { path: '', message: `and ${problems.length - maxProblems} more problems` };
  return [...problems.slice(0, maxProblems), more];
}

/** The library's own sentences, said as a person would; those that our schemas word themselves stay. */
export function inWords(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  if (issue.code === 'too_small' && message.startsWith('Too small')) return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big' && message.startsWith('Too big')) return `must be at most ${issue.maximum}`;
  if (issue.code !== 'invalid_type' || !message.startsWith('Invalid input')) return message;
  const wanted = typeNames[issue.expected] ?? `a ${issue.expected}`;
  return message.endsWith('received undefined') ? `is missing; it must be ${wanted}` : `must be ${wanted}`;
}

const typeNames: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
};

function unknownKey(key: string, known: readonly string[]): string {
  const [suggestion] = nearest(key, known, 1);
  if (suggestion !== undefined) return `unknown argument; did you mean ${suggestion}?`;
  return known.length === 0 ? 'unknown argument' : `unknown argument; there are ${known.join(', ')}`;
}

/** `rules[2].tier`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${shortened(String(part), 64)}`,
    )
    .join('');
