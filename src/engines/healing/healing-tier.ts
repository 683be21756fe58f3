import type { HealingPolicy, PolicyRule, Tier } from '../../platform/healing-policy.ts';
import type { ActionName } from './action.ts';
import { matchesPattern } from './namespace-pattern.ts';

/** What a policy says of an action on an object, and by which of its words. */
export interface PolicyAnswer {
  readonly tier: Tier | 'denied';
  /** `rules[2]`, `default_tier`, `namespaces.deny (kube-*)`. */
  readonly by: string;
}

interface Asked {
  readonly action: ActionName;
  /** Absent for Nodes. */
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

/** The tier of an action: denied namespaces first, then the first rule that matches, then the default. */
export function policyAnswer(policy: HealingPolicy, asked: Asked): PolicyAnswer {
  const { namespaces, rules, default_tier } = policy;
  const { namespace } = asked;
  // Pods of every namespace run on a node.
  if (namespace === undefined && (namespaces.deny.length > 0 || !namespaces.allow.includes('*')))
    return { tier: 'denied', by: 'namespaces (nodes run pods of all of them)' };
  if (namespace !== undefined) {
    const denied = namespaces.deny.find((pattern) => matchesPattern(pattern, namespace));
    if (denied !== undefined) return { tier: 'denied', by: `namespaces.deny (${denied})` };
    if (!namespaces.allow.some((pattern) => matchesPattern(pattern, namespace)))
      return { tier: 'denied', by: `namespaces.allow (${namespaces.allow.join(', ')})` };
  }
  const index = rules.findIndex((rule) => applies(rule, asked));
  const rule = rules[index];
  return rule === undefined ? { tier: default_tier, by: 'default_tier' } : { tier: rule.tier, by: `rules[${index}]` };
}

function applies(rule: PolicyRule, { action, namespace, labels }: Asked): boolean {
  const inNamespace =
    rule.namespaces === undefined ||
    (namespace !== undefined && rule.namespaces.some((pattern) => matchesPattern(pattern, namespace)));
  return (
    inNamespace &&
    (rule.actions === undefined || rule.actions.includes(action)) &&
    Object.entries(rule.labels ?? {}).every(([key, value]) => labels[key] === value)
  );
}
