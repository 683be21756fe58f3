import type { HealingPolicy, PolicyRule, Tier } from '../../platform/healing-policy.ts';
import type { ActionName } from './action.ts';

/** What a policy says of an action on an object, and by which of its words. */
export interface PolicyAnswer {
  readonly tier: Tier | 'denied';
  /** `rules[2]`, `default_tier`, `namespaces.deny (kube-*)`. */
  readonly by: string;
}

interface Asked {
  readonly action: ActionName;
  /** Absent for Nodes, which the lists of namespaces say nothing of. */
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

/** The tier of an action: denied namespaces first, then the first rule that matches, then the default. */
export function policyAnswer(policy: HealingPolicy, asked: Asked): PolicyAnswer {
  const { namespaces, rules, default_tier } = policy;
  const { namespace } = asked;
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

/** Whether a name is meant by a pattern, in which `*` stands for any characters. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
