export type Labels = Readonly<Record<string, string | undefined>>;

/** Whether every `key=value` of a plain selector is among the labels. An empty selector matches nothing, as in a Service. */
export function matchesMap(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
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
