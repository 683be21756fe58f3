import { conditionsOf, reachesNodes } from '../../engines/healing/policy-decision.ts';
import type { PolicyWarning } from '../../engines/healing/policy-warnings.ts';
import type { HealingPolicy, MaintenanceWindow } from '../../platform/healing-policy.ts';
import { days } from '../../platform/healing-policy.ts';

/** Lines that say what a policy allows, and what in it is hardly meant. */
export function summaryOf(policy: HealingPolicy, warnings: readonly PolicyWarning[]): readonly string[] {
  const { paused, namespaces, rules, default_tier: otherwise, protected_labels: labels, windows, caps } = policy;
  const denied = namespaces.deny.length === 0 ? '' : ` without ${namespaces.deny.join(', ')}`;
  return [
    ...(paused ? [row('paused', 'every action is refused')] : []),
    row('namespaces', `${namespaces.allow.map(everyOr).join(', ') || 'none'}${denied}; never kube-*`),
    row('nodes', reachesNodes(policy) ? 'as the rules say' : 'left alone, because namespaces are restricted'),
    ...rules.map((rule, index) => row(`rules[${index}]`, `${rule.tier.padEnd(10)}  ${conditionsOf(rule)}`)),
    row(rules.length === 0 ? 'everything' : 'otherwise', otherwise),
    row('windows', windows.length === 0 ? 'at any time' : windows.map(windowText).join('; ')),
    row(
      'protected',
      Object.entries(labels)
        .map((label) => label.join('='))
        .join(', '),
    ),
    row(
      'caps',
      `${caps.per_workload_hour} an hour and ${caps.per_workload_day} a day per workload, ${caps.per_namespace_hour} an hour per namespace, ${caps.per_cluster_hour} an hour in all`,
    ),
    ...(warnings.length === 0
      ? []
      : ['', 'Is this meant?', ...warnings.map(({ path, message }) => `  ${path}: ${message}`)]),
  ];
}

const row = (name: string, text: string): string => `  ${name.padEnd(11)} ${text}`;

const everyOr = (pattern: string): string => (pattern === '*' ? 'every one' : pattern);

const windowText = ({ days: begins, from, to, time_zone }: MaintenanceWindow): string =>
  `${days.every((day) => begins.includes(day)) ? 'daily' : begins.join(', ')} ${from}–${to} (${time_zone})`;
