import type { HealingPolicy, PolicyRule } from '../../platform/healing-policy.ts';
import { isSystemNamespace, matchesPattern } from './namespace-pattern.ts';
import { conditionsOf, isNodeAction, reachesNodes } from './policy-decision.ts';

/** What in a policy is valid, and yet hardly meant: its place, and one sentence without a full stop. */
export interface PolicyWarning {
  readonly path: string;
  readonly message: string;
}

/** In the order of the policy's fields. */
export function policyWarnings(policy: HealingPolicy): readonly PolicyWarning[] {
  return [
    ...(policy.paused ? [{ path: 'paused', message: 'every action is refused' }] : []),
    ...namespaceWarnings(policy),
    ...policy.rules.flatMap((rule, index) => ruleWarnings(policy, rule, index)),
    ...capWarnings(policy),
  ];
}

function namespaceWarnings({ namespaces: { allow, deny } }: HealingPolicy): readonly PolicyWarning[] {
  if (allow.length === 0) return [{ path: 'namespaces.allow', message: 'is empty: every action is refused' }];
  return allow.flatMap((pattern, index) => {
    const path = `namespaces.allow[${index}]`;
    if (isSystemNamespace(pattern)) return [{ path, message: `${pattern} has no effect: kube-* is never healed in` }];
    const winner = deny.find((denied) => matchesPattern(denied, pattern));
    return winner === undefined ? [] : [{ path, message: `${pattern} has no effect: namespaces.deny has ${winner}` }];
  });
}

function ruleWarnings(policy: HealingPolicy, rule: PolicyRule, index: number): readonly PolicyWarning[] {
  const path = `rules[${index}]`;
  const never = neverMatches(policy, rule, index);
  if (never !== undefined) return [{ path, message: `never matches: ${never}` }];
  const broad = rule.tier === 'unattended' ? rule.namespaces?.find((pattern) => /^\*+$/.test(pattern)) : undefined;
  return [
    ...(rule.namespaces ?? []).flatMap((pattern, at) => {
      const reason = closedReason(policy, pattern);
      return reason === undefined ? [] : [{ path: `${path}.namespaces[${at}]`, message: `never matches: ${reason}` }];
    }),
    ...(broad === undefined ? [] : [{ path: `${path}.namespaces`, message: 'lets every namespace act unattended' }]),
  ];
}

function neverMatches(policy: HealingPolicy, rule: PolicyRule, index: number): string | undefined {
  const earlier = policy.rules.slice(0, index).findIndex((candidate) => covers(candidate, rule));
  const covering = policy.rules[earlier];
  if (covering !== undefined) return `rules[${earlier}] (${conditionsOf(covering)}) matches all of it before`;
  const label = Object.entries(rule.labels ?? {}).find(([name, value]) => policy.protected_labels[name] === value);
  if (label !== undefined) return `objects with ${label.join('=')} are protected`;
  const nodesOnly = rule.actions?.every(isNodeAction) ?? false;
  if (nodesOnly && rule.namespaces !== undefined) return 'nodes are in no namespace; leave namespaces out';
  if (nodesOnly && !reachesNodes(policy)) return 'nodes are left alone where namespaces are restricted';
  const reasons = (rule.namespaces ?? []).map((pattern) => closedReason(policy, pattern));
  return reasons.length > 0 && reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

/** Why nothing of this pattern is open; `undefined` when some of it may be. */
function closedReason({ namespaces: { allow, deny } }: HealingPolicy, pattern: string): string | undefined {
  if (isSystemNamespace(pattern)) return `${pattern} is never healed in`;
  const denied = deny.find((candidate) => matchesPattern(candidate, pattern));
  if (denied !== undefined) return `namespaces.deny has ${denied}`;
  const open = pattern.includes('*') || allow.some((candidate) => matchesPattern(candidate, pattern));
  return open ? undefined : `namespaces.allow does not have ${pattern}`;
}

/** Whether the first rule matches everything that the second one does. */
function covers(first: PolicyRule, second: PolicyRule): boolean {
  if (!Object.entries(first.labels ?? {}).every(([name, value]) => second.labels?.[name] === value)) return false;
  const { actions, namespaces } = first;
  if (actions !== undefined && !(second.actions?.every((action) => actions.includes(action)) ?? false)) return false;
  if (namespaces === undefined) return true;
  const isCovered = (pattern: string) => namespaces.some((candidate) => matchesPattern(candidate, pattern));
  if (second.namespaces !== undefined) return second.namespaces.every(isCovered);
  // Rules without namespaces match nodes too, which those with namespaces never do.
  const nodes = second.actions?.some((action) => isNodeAction(action) || action === 'undo_action') ?? true;
  return !nodes && isCovered('*');
}

function capWarnings({ caps }: HealingPolicy): readonly PolicyWarning[] {
  const off = ['per_workload_hour', 'per_workload_day', 'per_namespace_hour', 'per_cluster_hour'] as const;
  const pairs = [
    ['per_workload_hour', 'per_workload_day'],
    ['per_workload_hour', 'per_namespace_hour'],
    ['per_namespace_hour', 'per_cluster_hour'],
  ] as const;
  return [
    ...off
      .filter((cap) => caps[cap] === 0)
      .map((cap) => ({ path: `caps.${cap}`, message: 'is 0: every action is refused' })),
    ...pairs
      .filter(([smaller, larger]) => caps[smaller] > caps[larger])
      .map(([smaller, larger]) => ({
        path: `caps.${smaller}`,
        message: `${caps[smaller]} is never reached: ${larger} is ${caps[larger]}`,
      })),
  ];
}
