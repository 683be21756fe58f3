import type { KubernetesObject } from '../../src/engines/objects.ts';

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`, as the API server reads it. */
export function labelSelectorHolds(selector: string, object: KubernetesObject): boolean {
  const labels: Readonly<Record<string, string | undefined>> = object.metadata.labels ?? {};
  return termsOf(selector).every((term) => {
    const set = /^(\S+) (in|notin) \((.*)\)$/.exec(term);
    if (set !== null) {
      const [, key = '', operator, values = ''] = set;
      const within = values.split(',').some((value) => value.trim() === labels[key]);
      return operator === 'in' ? within : !within;
    }
    if (term.startsWith('!')) return labels[term.slice(1)] === undefined;
    const compared = /^([^=!]+)(!?)=?=(.*)$/.exec(term);
    if (compared === null) return labels[term] !== undefined;
    const [, key = '', negated, value] = compared;
    return (labels[key] === value) === (negated === '');
  });
}

/** `metadata.name=a,status.phase!=Running`: any path of the object. */
export function fieldSelectorHolds(selector: string, object: KubernetesObject): boolean {
  return termsOf(selector).every((term) => {
    const [, path = '', negated, value] = /^([^=!]+)(!?)=?=(.*)$/.exec(term) ?? [];
    return ((fieldAt(object, path) ?? '') === value) === (negated === '');
  });
}

/** Splits at commas outside of parentheses. */
const termsOf = (selector: string): readonly string[] => selector.split(/,(?![^(]*\))/).filter((term) => term !== '');

const fieldAt = (object: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
