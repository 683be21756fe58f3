import type { KubernetesObject } from '../../engines/objects.ts';

/** Whether an object has the labels that a selector of the API asks for: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. */
export function matchesLabelSelector(selector: string | undefined, { metadata }: KubernetesObject): boolean {
  const labels: Readonly<Record<string, string | undefined>> = metadata.labels ?? {};
  return termsOf(selector).every((term) => {
    const [, key = '', operator, listed = ''] = /^(\S{1,400})\s{1,9}(in|notin)\s{0,9}\((.{0,4000})\)$/.exec(term) ?? [];
    if (operator !== undefined) {
      const within = listed.split(',').some((value) => value.trim() === labels[key]);
      return within === (operator === 'in');
    }
    if (term.startsWith('!')) return labels[term.slice(1).trim()] === undefined;
    const [, ordered = '', than, bound] = /^(\S{1,400}?)\s{0,9}([<>])\s{0,9}(\d{1,18})$/.exec(term) ?? [];
    if (than !== undefined) {
      const [number, limit] = [Number(labels[ordered] ?? Number.NaN), Number(bound)];
      return than === '<' ? number < limit : number > limit;
    }
    const compared = comparisonOf(term);
    return compared === undefined
      ? labels[term] !== undefined
      : (labels[compared.left] === compared.right) === compared.equal;
  });
}

/** Whether fields have the values that a selector asks for: `metadata.name=a,status.phase!=Running`; any field works. */
export const matchesFieldSelector = (selector: string | undefined, object: KubernetesObject): boolean =>
  termsOf(selector).every((term) => {
    const compared = comparisonOf(term);
    return compared !== undefined && (textAt(object, compared.left) === compared.right) === compared.equal;
  });

/** The fields that a selector names, by term; undefined where a term compares nothing. */
export const fieldsOfSelector = (
  selector: string | undefined,
): readonly { readonly term: string; readonly field: string | undefined }[] =>
  termsOf(selector).map((term) => ({ term, field: comparisonOf(term)?.left || undefined }));

export const hasField = (object: KubernetesObject, path: string): boolean => fieldAt(object, path) !== undefined;

/** Parts between commas that are not in parentheses. */
export const termsOf = (selector = ''): readonly string[] =>
  selector
    .slice(0, 4096)
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');

function comparisonOf(term: string): { left: string; equal: boolean; right: string } | undefined {
  const at = term.indexOf('=');
  if (at < 0) return undefined;
  const negated = term[at - 1] === '!';
  const left = term.slice(0, negated ? at - 1 : at).trim();
  return {
    left,
    equal: !negated,
    right: term
      .slice(at + 1)
      .replace(/^=/, '')
      .trim(),
  };
}

/** A field as selectors compare it: absent and not a scalar are empty. */
function textAt(object: unknown, path: string): string {
  const value = fieldAt(object, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

const fieldAt = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), object);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
