import { nearest } from '../../platform/nearest.ts';
import type { Node, PodSpec } from '../objects.ts';
import { matchesExpression } from '../selectors.ts';

/** One thing that a pod demands of a node. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
  /** Where the template says so: `nodeSelector` or `affinity.nodeAffinity`. */
  readonly field: string;
  /** Compared with the node's name instead of a label. */
  readonly byName: boolean;
}

/** The requirements of each alternative; a node must meet all of one. `undefined` when a pod demands nothing. */
export function requirementsOf(spec: PodSpec | undefined): readonly (readonly Requirement[])[] | undefined {
  const selector = Object.entries(spec?.nodeSelector ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value ?? ''],
    field: 'nodeSelector',
    byName: false,
  }));
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined || terms.length === 0) return selector.length === 0 ? undefined : [selector];
  return terms.map(({ matchExpressions = [], matchFields = [] }) => [
    ...selector,
    ...matchExpressions.map((expression) => requirementOf(expression, false)),
    ...matchFields.map((expression) => requirementOf(expression, true)),
  ]);
}

interface Expression {
  readonly key?: string | undefined;
  readonly operator?: string | undefined;
  readonly values?: readonly string[] | undefined;
}
const requirementOf = ({ key = '', operator = '', values = [] }: Expression, byName: boolean): Requirement => ({
  key,
  operator,
  values,
  field: 'affinity.nodeAffinity',
  byName,
});

/** Whether a node meets all requirements of one alternative. An alternative without any matches nothing. */
export const meetsAffinity = (node: Node, spec: PodSpec | undefined): boolean =>
  requirementsOf(spec)?.some((all) => all.length > 0 && all.every((requirement) => meets(node, requirement))) ?? true;

const valueOf = (node: Node, { key, byName }: Requirement): string | undefined =>
  byName ? node.metadata.name : node.metadata.labels?.[key];

const meets = (node: Node, requirement: Requirement): boolean =>
  matchesExpression(valueOf(node, requirement), requirement.operator, requirement.values);

/** `disk=ssd`, `disk in (ssd, nvme)`, `gpu`, `!gpu`, `cores > 8`. */
export function requirementText({ key, operator, values, byName }: Requirement): string {
  const name = byName ? 'the name' : key;
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${name}=${values[0]}` : `${name} in (${values.join(', ')})`;
    case 'NotIn':
      return `${name} not in (${values.join(', ')})`;
    case 'Exists':
      return name;
    case 'DoesNotExist':
      return `!${name}`;
    case 'Gt':
      return `${name} > ${values[0]}`;
    case 'Lt':
      return `${name} < ${values[0]}`;
    default:
      return `${name} ${operator} ${values.join(', ')}`;
  }
}

/** Why no node meets a pod's demands. */
export interface Mismatch {
  /** What no node meets: one requirement alone, or several that no node meets together. */
  readonly requirements: readonly Requirement[];
  /** Values that the label of a lone requirement has on nodes, the nearest first. */
  readonly present: readonly string[];
  /** A label key of some node that resembles a key that no node has. */
  readonly nearestKey: string | undefined;
}

const shownValues = 3;

/** The requirement that no node meets, of the alternative that comes nearest; `undefined` when some node meets all. */
export function mismatchOf(nodes: readonly Node[], spec: PodSpec | undefined): Mismatch | undefined {
  const alternatives = requirementsOf(spec) ?? [];
  if (alternatives.length === 0 || nodes.some((node) => meetsAffinity(node, spec))) return undefined;
  const [nearestAlternative] = alternatives
    .map((all) => ({ all, unmet: all.filter((requirement) => !nodes.some((node) => meets(node, requirement))) }))
    .toSorted((a, b) => a.unmet.length - b.unmet.length);
  if (nearestAlternative === undefined) return undefined;
  const { all, unmet } = nearestAlternative;
  const [first] = unmet;
  if (first === undefined || unmet.length > 1) {
    return { requirements: first === undefined ? all : unmet, present: [], nearestKey: undefined };
  }
  const present = nodes.flatMap((node) => valueOf(node, first) ?? []);
  const similar = first.values.flatMap((value) => nearest(value, present, shownValues));
  const keys = nodes.flatMap(({ metadata }) => Object.keys(metadata.labels ?? {}));
  return {
    requirements: [first],
    present: [...new Set([...similar, ...present.toSorted()])].slice(0, shownValues),
    nearestKey: present.length > 0 ? undefined : nearest(first.key, keys, 1)[0],
  };
}
