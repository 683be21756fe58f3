import type { HealingPolicy, PolicyRule, Tier } from '../../platform/healing-policy.ts';
import type { ActionName } from './action.ts';
import { isOpen, nextOpening } from './maintenance-window.ts';
import { isSystemNamespace, matchesPattern } from './namespace-pattern.ts';

/** What a policy is asked. */
export interface PolicyQuestion {
  readonly action: ActionName;
  /** Of the target; absent when it is a Node. */
  readonly namespace?: string | undefined;
  /** Of the target. */
  readonly labels: Readonly<Record<string, string | undefined>>;
  /** In ms since 1970. */
  readonly now: number;
}

export interface PolicyDecision {
  /** `advice` whenever it is not allowed: a plan may be shown, no more. */
  readonly tier: Tier;
  /** Whether it may be applied at all, with an approval or without one. */
  readonly allowed: boolean;
  /** What decided, by its place in the policy: `rules[2] (namespaces: shop)`, `default_tier`. */
  readonly by: string;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/**
 * What the policy says of one action at one time: refusals first (G14, G15, G30), then the first rule that matches. Pure,
 * and the same for every caller.
 */
export function decide(policy: HealingPolicy, question: PolicyQuestion): PolicyDecision {
  const refusal = refusalOf(policy, question);
  if (refusal !== undefined) return refusal;
  const { tier, by } = tierOf(policy, question);
  if (tier === 'advice') return refused(by, 'plans are shown here, and nothing is done');
  if (policy.windows.length > 0 && !policy.windows.some((window) => isOpen(window, question.now))) {
    const next = nextOpening(policy.windows, question.now);
    const when = next === undefined ? '' : `; the next one opens ${next}`;
    return refused('windows', `no maintenance window is open${when}`);
  }
  const reason = tier === 'approve' ? 'it may be done once a person has approved it' : 'it may be done without asking';
  return { tier, allowed: true, by, reason };
}

const refused = (by: string, reason: string): PolicyDecision => ({ tier: 'advice', allowed: false, by, reason });

function refusalOf(policy: HealingPolicy, { action, namespace, labels }: PolicyQuestion): PolicyDecision | undefined {
  if (policy.paused) return refused('paused', 'healing is paused');
  const place = placeRefusal(policy, action, namespace);
  if (place !== undefined) return place;
  const protection = Object.entries(policy.protected_labels).find(([name, value]) => labelOf(labels, name) === value);
  if (protection === undefined) return undefined;
  const label = protection.join('=');
  return refused(`protected_labels (${label})`, `objects with the label ${label} are never touched`);
}

export const isNodeAction = (action: ActionName): boolean => action === 'cordon_node' || action === 'drain_node';

/** Why nothing of this kind is done where the target is, whatever the rules say. */
export function placeRefusal(
  policy: HealingPolicy,
  action: ActionName,
  namespace: string | undefined,
): PolicyDecision | undefined {
  if (isNodeAction(action)) return nodeRefusal(policy);
  if (namespace) return namespaceRefusal(policy, namespace);
  // What was done to a Node can be undone; everything else happens somewhere.
  return action === 'undo_action' ? nodeRefusal(policy) : refused('namespaces', 'the target has no namespace');
}

function namespaceRefusal({ namespaces }: HealingPolicy, namespace: string): PolicyDecision | undefined {
  if (isSystemNamespace(namespace)) return refused('kube-*', `${namespace} is a system namespace: no policy opens it`);
  const denied = namespaces.deny.findIndex((pattern) => matchesPattern(pattern, namespace));
  if (denied >= 0)
    return refused(
      `namespaces.deny[${denied}] (${namespaces.deny[denied]})`,
      `nothing is done in namespace ${namespace}`,
    );
  return namespaces.allow.some((pattern) => matchesPattern(pattern, namespace))
    ? undefined
    : refused('namespaces.allow', `namespace ${namespace} is not among those that are allowed`);
}

/** Pods of every namespace live on a node. */
const nodeRefusal = (policy: HealingPolicy): PolicyDecision | undefined =>
  reachesNodes(policy)
    ? undefined
    : refused('namespaces', 'nodes are left alone where namespaces are restricted: pods of all of them run there');

/** Whether actions on Nodes are possible at all. */
export const reachesNodes = ({ namespaces }: Pick<HealingPolicy, 'namespaces'>): boolean =>
  namespaces.deny.length === 0 && namespaces.allow.some((pattern) => /^\*+$/.test(pattern));

/** The first rule that matches decides; without any, the default does. */
export function tierOf(
  policy: HealingPolicy,
  question: Omit<PolicyQuestion, 'now'>,
): { readonly tier: Tier; readonly by: string } {
  const index = policy.rules.findIndex((rule) => matchesRule(rule, question));
  const rule = policy.rules[index];
  if (rule === undefined) return { tier: policy.default_tier, by: 'default_tier' };
  return { tier: rule.tier, by: `rules[${index}] (${conditionsOf(rule)})` };
}

function matchesRule(rule: PolicyRule, { action, namespace, labels }: Omit<PolicyQuestion, 'now'>): boolean {
  if (rule.actions !== undefined && !rule.actions.includes(action)) return false;
  if (rule.namespaces !== undefined) {
    if (!namespace || isNodeAction(action)) return false;
    if (!rule.namespaces.some((pattern) => matchesPattern(pattern, namespace))) return false;
  }
  return Object.entries(rule.labels ?? {}).every(([name, value]) => labelOf(labels, name) === value);
}

/** Not what every object inherits: `constructor` is the name of a label like any other. */
const labelOf = (labels: PolicyQuestion['labels'], name: string): string | undefined =>
  Object.hasOwn(labels, name) ? labels[name] : undefined;

/** `namespaces: shop, shop-*; actions: evict_pod`. */
export function conditionsOf({ namespaces, actions, labels }: PolicyRule): string {
  const conditions = [
    ...(namespaces === undefined ? [] : [`namespaces: ${someOf(namespaces)}`]),
    ...(actions === undefined ? [] : [`actions: ${someOf(actions)}`]),
    ...(labels === undefined ? [] : [`labels: ${someOf(Object.entries(labels).map((label) => label.join('=')))}`]),
  ];
  return conditions.length === 0 ? 'everything' : conditions.join('; ');
}

const longest = 4;
const someOf = (names: readonly string[]): string =>
  names.length <= longest
    ? names.join(', ')
    : `${names.slice(0, longest).join(', ')} and ${names.length - longest} more`;
