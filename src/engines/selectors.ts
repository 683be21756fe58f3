export type Labels = Readonly<Record<string, string | undefined>>;

/** Whether every `key=value` of a plain selector is among the labels. An empty selector matches nothing, as in a Service. */
export function matchesMap(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

export interface LabelSelector {
  readonly matchLabels?: Labels | undefined;
  readonly matchExpressions?:
    | readonly {
        readonly key?: string | undefined;
        readonly operator?: string | undefined;
        readonly values?: readonly string[] | undefined;
      }[]
    | undefined;
}

/** Whether labels meet a label selector. One without requirements matches everything; none at all, nothing (apimachinery `LabelSelectorAsSelector`). */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels?.[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key = '', operator, values = [] }) =>
      matchesExpression(labels?.[key], operator, values),
    )
  );
}

/** `app=api,tier in (web, api)`: a label selector as kubectl takes it. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const other = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return `${key}`;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(', ')})`;
  });
  return [...equal, ...other].join(',') || 'any label';
}

/**
 * One requirement of a label or node selector against the value of its label. `Gt` and `Lt` compare integers
 * (component-helpers `nodeaffinity`); an unknown operator matches nothing.
 */
export function matchesExpression(
  value: string | undefined,
  operator: string | undefined,
  values: readonly string[],
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
