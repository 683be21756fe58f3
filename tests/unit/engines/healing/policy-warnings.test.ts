import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/engines/healing/policy-decision.ts';
import { policyWarnings } from '../../../../src/engines/healing/policy-warnings.ts';
import { defaultPolicy, healingActions } from '../../../../src/platform/healing-policy.ts';
import { aPolicy, friday, type PolicyFields } from '../../../support/policies.ts';

type Rule = NonNullable<PolicyFields['rules']>[number];

const warningsOf = (fields: PolicyFields): readonly string[] =>
  policyWarnings(aPolicy(fields)).map(({ path, message }) => `${path}: ${message}`);

describe('policyWarnings', () => {
  it('finds nothing odd in the default policy', () => {
    expect(policyWarnings(defaultPolicy)).toEqual([]);
  });

  it.each<[string, PolicyFields]>([
    [
      'rules that go from special to general',
      {
        rules: [{ namespaces: ['shop'], tier: 'advice' }, { namespaces: ['sh*'], tier: 'approve' }, { tier: 'advice' }],
      },
    ],
    [
      'the same place with other actions',
      {
        rules: [
          { namespaces: ['shop'], actions: ['evict_pod'], tier: 'unattended' },
          { namespaces: ['shop'], tier: 'advice' },
        ],
      },
    ],
    [
      'other labels',
      {
        rules: [
          { labels: { a: 'x' }, tier: 'advice' },
          { labels: { a: 'y' }, tier: 'approve' },
        ],
      },
    ],
    ['all namespaces, then nodes', { rules: [{ namespaces: ['*'], tier: 'advice' }, { tier: 'approve' }] }],
    [
      'all namespaces, then an action that nodes know too',
      {
        rules: [
          { namespaces: ['*'], tier: 'advice' },
          { actions: ['undo_action'], tier: 'approve' },
        ],
      },
    ],
    [
      'patterns that may be open in part',
      { namespaces: { allow: ['shop-*'] }, rules: [{ namespaces: ['*-eu'], tier: 'advice' }] },
    ],
  ])('does not mind %s', (_what, fields) => {
    expect(warningsOf(fields)).toEqual([]);
  });

  it.each<[string, readonly Rule[], string]>([
    [
      'one that matches everything',
      [{ tier: 'advice' }, { namespaces: ['shop'], tier: 'approve' }],
      'rules[1]: never matches: rules[0] (everything) matches all of it before',
    ],
    [
      'a wider pattern',
      [
        { namespaces: ['sh*'], tier: 'advice' },
        { namespaces: ['shop', 'sh*-eu'], tier: 'approve' },
      ],
      'rules[1]: never matches: rules[0] (namespaces: sh*) matches all of it before',
    ],
    [
      'more actions',
      [
        { actions: ['evict_pod', 'set_image'], tier: 'advice' },
        { namespaces: ['a'], actions: ['set_image'], tier: 'approve' },
      ],
      'rules[1]: never matches: rules[0] (actions: evict_pod, set_image) matches all of it before',
    ],
    [
      'fewer labels',
      [
        { labels: { a: 'x' }, tier: 'advice' },
        { labels: { b: 'y', a: 'x' }, tier: 'approve' },
      ],
      'rules[1]: never matches: rules[0] (labels: a=x) matches all of it before',
    ],
    [
      'every namespace, of what nodes do not know',
      [
        { namespaces: ['*'], tier: 'advice' },
        { actions: ['evict_pod'], tier: 'approve' },
      ],
      'rules[1]: never matches: rules[0] (namespaces: *) matches all of it before',
    ],
  ])('tells of a rule after %s', (_what, rules, warning) => {
    expect(warningsOf({ rules: [...rules] })).toEqual([warning]);
  });

  it.each<[string, PolicyFields, readonly string[]]>([
    [
      'node actions with namespaces',
      { rules: [{ namespaces: ['shop'], actions: ['drain_node'], tier: 'approve' }] },
      ['rules[0]: never matches: nodes are in no namespace; leave namespaces out'],
    ],
    [
      'node actions where namespaces are restricted',
      { namespaces: { deny: ['bank'] }, rules: [{ actions: ['drain_node', 'cordon_node'], tier: 'approve' }] },
      ['rules[0]: never matches: nodes are left alone where namespaces are restricted'],
    ],
    [
      'a system namespace',
      { rules: [{ namespaces: ['kube-system'], tier: 'approve' }] },
      ['rules[0]: never matches: kube-system is never healed in'],
    ],
    [
      'a namespace that is denied, one that is not allowed, and one that is open',
      {
        namespaces: { allow: ['shop', 'ba*'], deny: ['ba*'] },
        rules: [{ namespaces: ['bank', 'x', 'shop'], tier: 'approve' }],
      },
      [
        'namespaces.allow[1]: ba* has no effect: namespaces.deny has ba*',
        'rules[0].namespaces[0]: never matches: namespaces.deny has ba*',
        'rules[0].namespaces[1]: never matches: namespaces.allow does not have x',
      ],
    ],
    [
      'a label that is protected',
      { protected_labels: { tier: 'critical' }, rules: [{ labels: { tier: 'critical' }, tier: 'approve' }] },
      ['rules[0]: never matches: objects with tier=critical are protected'],
    ],
    [
      'unattended everywhere',
      { rules: [{ namespaces: ['*'], actions: ['evict_pod'], tier: 'unattended' }] },
      ['rules[0].namespaces: lets every namespace act unattended'],
    ],
    ['the kill switch', { paused: true }, ['paused: every action is refused']],
    ['no namespace at all', { namespaces: { allow: [] } }, ['namespaces.allow: is empty: every action is refused']],
    [
      'a system namespace that is allowed',
      { namespaces: { allow: ['kube-*', '*'] } },
      ['namespaces.allow[0]: kube-* has no effect: kube-* is never healed in'],
    ],
    [
      'caps that allow nothing, or are never reached',
      { caps: { per_workload_day: 0, per_cluster_hour: 1 } },
      [
        'caps.per_workload_day: is 0: every action is refused',
        'caps.per_workload_hour: 2 is never reached: per_workload_day is 0',
        'caps.per_namespace_hour: 3 is never reached: per_cluster_hour is 1',
      ],
    ],
  ])('tells of %s', (_what, fields, warnings) => {
    expect(warningsOf(fields)).toEqual(warnings);
  });

  it('never says of a rule that decides something that it never matches', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 3 });
    const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'), {
      minKeys: 1,
      noNullPrototype: true,
    });
    const rule = fc.record(
      {
        namespaces: fc.array(pattern, { minLength: 1, maxLength: 2 }),
        actions: fc.array(fc.constantFrom(...healingActions), { minLength: 1, maxLength: 3 }),
        labels,
        tier: fc.constantFrom('advice' as const, 'approve' as const),
      },
      { requiredKeys: ['tier'] },
    );
    const namespaces = fc.constantFrom<PolicyFields['namespaces']>({}, { allow: ['a*'] }, { deny: ['ab'] });
    const question = fc.record({
      action: fc.constantFrom(...healingActions),
      namespace: fc.option(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 }), { nil: undefined }),
      labels: fc.oneof(fc.constant({}), labels),
      now: fc.constant(friday),
    });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), namespaces, question, (rules, where, asked) => {
        const policy = aPolicy({ rules, namespaces: where });
        const [decisive] = decide(policy, asked).by.split(' ');

        expect(policyWarnings(policy).map(({ path }) => path)).not.toContain(decisive);
      }),
      { numRuns: 500 },
    );
  });
});
