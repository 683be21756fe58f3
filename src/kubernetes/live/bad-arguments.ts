import { AppError } from '../../platform/errors.ts';
import type { Asking, Narrowing } from './asking.ts';

interface Suspect {
  /** As callers know it. */
  readonly argument: string;
  readonly given: (narrowing: Narrowing) => string | undefined;
  /** How the API server speaks of it, where it does. */
  readonly words: RegExp;
  readonly hint: string;
}

/** Of several that were given, the first whose words fit is to blame; complaints about labels have no words of their own. */
const suspects: readonly Suspect[] = [
  {
    argument: 'cursor',
    given: ({ next }) => next,
    words: /\bcontinue\b/i,
    hint: 'Pass the cursor of the previous page as it is, or none to start again.',
  },
  {
    argument: 'field_selector',
    given: ({ fieldSelector }) => fieldSelector,
    words: /field label|field selector|^invalid selector/i,
    hint: 'Each kind knows few fields: metadata.name and metadata.namespace, pods also status.phase and spec.nodeName.',
  },
  {
    argument: 'label_selector',
    given: ({ labelSelector }) => labelSelector,
    words: /(?:)/,
    hint: 'Write it like app=web,tier!=cache,stage in (test,prod).',
  },
];

/** A 400 to a list that was narrowed or continued is about the words of the caller; undefined when there are none. */
export function badArgument(
  said: string,
  { narrowing = {} }: Asking,
  details: Readonly<Record<string, unknown>>,
): AppError | undefined {
  const given = suspects.filter((suspect) => suspect.given(narrowing) !== undefined);
  const bad = given.find(({ words }) => words.test(said)) ?? given[0];
  if (bad === undefined) return undefined;
  const { argument, hint } = bad;
  return new AppError('validation_error', `The API server refuses ${argument}${said && `: ${said}`}`, {
    hint,
    details: { ...details, problems: [{ path: argument, message: said || 'is refused' }] },
  });
}
