import { AppError } from '../platform/errors.ts';

/** Longest name of any object (DNS subdomain, RFC 1123). */
const maximumLength = 253;

/**
 * Refuses what is no name before it gets into a URL: slashes, `..`, percent signs, control characters. More than that
 * is the API server's business: some kinds (RBAC) allow colons, others capitals.
 */
export function checkedName(name: string, what: string): string {
  const problem = problemOf(name);
  if (problem === undefined) return name;
  throw new AppError('validation_error', `The ${what} ${problem}.`, {
    hint: 'Pass the name of one object, as list_resources shows it.',
    details: { problems: [{ path: what, message: problem }] },
  });
}

function problemOf(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > maximumLength) return `is longer than ${maximumLength} characters`;
  if (name === '.' || name.includes('..')) return 'contains ".."';
  return /[/\\%?#\s\p{Cc}]/u.test(name) ? 'contains a character that no name has' : undefined;
}
