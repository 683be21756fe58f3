import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionName } from '../../../../src/engines/healing/action.ts';
import { matchesPattern } from '../../../../src/engines/healing/namespace-pattern.ts';
import { decide } from '../../../../src/engines/healing/policy-decision.ts';
import { defaultPolicy, healingActions, tiers, unattendedActions } from '../../../../src/platform/healing-policy.ts';
import { aPolicy, decided, friday, type PolicyFields } from '../../../support/policies.ts';

const refused = (by: string, reason: string) => ({ tier: 'advice', allowed: false, by, reason });

describe('decide', () => {
  it('asks a person for everything, as long as no policy says more', () => {
    expect(decided({})).toEqual({
      tier: 'approve',
      allowed: true,
      by: 'default_tier',
      reason: 'it may be done once a person has approved it',
    });
  });

  it.each(healingActions)('knows %s', (action: ActionName) => {
    expect(decided({}, { action }).allowed).toBe(true);
  });

  it('refuses everything while it is paused, before anything else', () => {
    expect(decided({ paused: true }, { namespace: 'kube-system' })).toEqual(refused('paused', 'healing is paused'));
  });

  it('opens no system namespace, whatever a policy says', () => {
    const policy: PolicyFields = {
      namespaces: { allow: ['kube-system', '*'] },
      rules: [{ namespaces: ['kube-system'], actions: ['evict_pod'], tier: 'unattended' }],
    };

    expect(decided(policy, { action: 'evict_pod', namespace: 'kube-system' })).toEqual(
      refused('kube-*', 'kube-system is a system namespace: no policy opens it'),
    );
    expect(decided(policy, { action: 'evict_pod', namespace: 'kubernetes-dashboard' }).allowed).toBe(true);
  });

  it('lets deny win over allow, and says which pattern', () => {
    const policy: PolicyFields = { namespaces: { allow: ['shop'], deny: ['pay*', 'sh*p'] } };

    expect(decided(policy)).toEqual(refused('namespaces.deny[1] (sh*p)', 'nothing is done in namespace shop'));
  });

  it.each([
    ['shop-eu', true],
    ['shop', false],
    ['bank', false],
  ])('opens only what is allowed: %s, %s', (namespace, allowed) => {
    expect(decided({ namespaces: { allow: ['shop-*'] } }, { namespace }).allowed).toBe(allowed);
  });

  it('says that a namespace is not among those that are allowed', () => {
    expect(decided({ namespaces: { allow: [] } })).toEqual(
      refused('namespaces.allow', 'namespace shop is not among those that are allowed'),
    );
  });

  it.each([
    ['not all are allowed', { allow: ['shop'] }, false],
    ['some are denied', { deny: ['payments'] }, false],
    ['none is restricted', { allow: ['shop', '*'] }, true],
  ])('acts on nodes only where no namespace is restricted: %s', (_when, namespaces, allowed) => {
    const question = { action: 'drain_node', namespace: undefined } as const;

    expect(decided({ namespaces }, question).allowed).toBe(allowed);
    expect(decided({ namespaces }, { ...question, action: 'undo_action' }).allowed).toBe(allowed);
  });

  it('asks no namespace about a node, even if one is given', () => {
    const policy: PolicyFields = { rules: [{ namespaces: ['shop'], tier: 'advice' }] };

    expect(decided(policy, { action: 'cordon_node' })).toMatchObject({ by: 'default_tier', allowed: true });
  });

  it.each([undefined, ''])('refuses what is in no namespace: %j', (namespace) => {
    expect(decided({}, { namespace })).toEqual(refused('namespaces', 'the target has no namespace'));
  });

  it('never touches what is protected, with the own label even when others are named', () => {
    const policy: PolicyFields = { protected_labels: { tier: 'critical' } };

    expect(decided(policy, { labels: { tier: 'critical' } })).toEqual(
      refused('protected_labels (tier=critical)', 'objects with the label tier=critical are never touched'),
    );
    expect(decided(policy, { labels: { 'kubemend.dev/protected': 'true' } }).allowed).toBe(false);
    expect(decided(policy, { labels: { tier: 'critical2' } }).allowed).toBe(true);
    expect(decided(policy, { action: 'drain_node', namespace: undefined, labels: { tier: 'critical' } }).allowed).toBe(
      false,
    );
  });

  it('takes the names that every object inherits for labels like any other', () => {
    expect(decided({ rules: [{ labels: { constructor: 'x' }, tier: 'advice' }] }).by).toBe('default_tier');
  });

  it('takes the first rule that matches', () => {
    const policy: PolicyFields = {
      rules: [
        { namespaces: ['bank'], tier: 'advice' },
        { actions: ['evict_pod'], tier: 'advice' },
        { labels: { app: 'web', team: 'a' }, tier: 'advice' },
        { namespaces: ['sh*'], actions: ['restart_workload'], tier: 'unattended' },
        { tier: 'advice' },
      ],
    };

    expect(decided(policy, { labels: { app: 'web', team: 'b' } })).toEqual({
      tier: 'unattended',
      allowed: true,
      by: 'rules[3] (namespaces: sh*; actions: restart_workload)',
      reason: 'it may be done without asking',
    });
    expect(decided(policy, { labels: { app: 'web', team: 'a' } })).toEqual(
      refused('rules[2] (labels: app=web, team=a)', 'plans are shown here, and nothing is done'),
    );
    expect(decided(policy, { namespace: 'other' }).by).toBe('rules[4] (everything)');
  });

  it('shortens long rules where it names them', () => {
    const policy: PolicyFields = { rules: [{ namespaces: ['a', 'b', 'c', 'd', 'shop', 'f'], tier: 'approve' }] };

    expect(decided(policy).by).toBe('rules[0] (namespaces: a, b, c, d and 2 more)');
  });

  it('matches nodes by rules without namespaces only', () => {
    const policy: PolicyFields = {
      rules: [
        { namespaces: ['*'], tier: 'advice' },
        { actions: ['drain_node'], tier: 'approve' },
      ],
    };

    expect(decided(policy, { action: 'drain_node', namespace: undefined }).by).toBe('rules[1] (actions: drain_node)');
  });

  it('applies nothing outside of the windows, and says when the next one opens', () => {
    const policy: PolicyFields = {
      windows: [{ days: ['Sat'], from: '22:00', to: '04:00', time_zone: 'Europe/Berlin' }],
    };

    expect(decided(policy)).toEqual(
      refused('windows', 'no maintenance window is open; the next one opens Sat 22:00 (Europe/Berlin)'),
    );
    expect(decided(policy, { now: Date.parse('2026-11-28T21:00:00Z') }).allowed).toBe(true);
  });

  it('names the rule rather than the hour where nothing is ever done', () => {
    const windows = [{ days: ['Sat' as const], from: '22:00', to: '04:00' }];

    expect(decided({ windows, default_tier: 'advice' }).by).toBe('default_tier');
  });
});

describe('any policy', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 4 });
  const someLabels = fc.dictionary(
    fc.constantFrom('a', 'b', 'constructor', 'toString'),
    fc.constantFrom('', 'x', 'y'),
    {
      minKeys: 1,
      noNullPrototype: true,
    },
  );
  const action = fc.constantFrom(...healingActions);
  const rule = fc.oneof(
    fc.record(
      {
        namespaces: fc.array(pattern, { minLength: 1, maxLength: 3 }),
        actions: fc.array(action, { minLength: 1, maxLength: 3 }),
        labels: someLabels,
        tier: fc.constantFrom('advice' as const, 'approve' as const),
      },
      { requiredKeys: ['tier'] },
    ),
    fc.record({
      namespaces: fc.array(pattern, { minLength: 1, maxLength: 3 }),
      actions: fc.array(fc.constantFrom(...unattendedActions), { minLength: 1 }),
      tier: fc.constant('unattended' as const),
    }),
  );
  const policies = fc.record({
    paused: fc.boolean(),
    namespaces: fc.record({ allow: fc.array(pattern), deny: fc.array(pattern, { maxLength: 2 }) }),
    rules: fc.array(rule, { maxLength: 4 }),
    protected_labels: someLabels,
    windows: fc.array(
      fc.record({ from: fc.constantFrom('00:00', '12:00'), to: fc.constantFrom('06:00', '23:59', '24:00') }),
      { maxLength: 2 },
    ),
  });
  const question = fc.record({
    action,
    namespace: fc.option(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 }), { nil: undefined }),
    labels: someLabels,
    now: fc.oneof(fc.integer(), fc.constantFrom(0, Number.NaN, Number.MAX_SAFE_INTEGER, friday)),
  });

  it('answers every question, and allows exactly what is more than advice', () => {
    fc.assert(
      fc.property(policies, question, (fields, asked) => {
        const decision = decide(aPolicy(fields), asked);

        expect(tiers).toContain(decision.tier);
        expect(decision.allowed).toBe(decision.tier !== 'advice');
        expect(decision.by).not.toBe('');
        expect(decision.reason).not.toMatch(/undefined|NaN|\.$/);
      }),
      { numRuns: 400 },
    );
  });

  it('allows nothing that is paused, denied, or protected', () => {
    fc.assert(
      fc.property(policies, question, (fields, asked) => {
        const denied = fields.namespaces.deny.some((deny) => matchesPattern(deny, asked.namespace ?? ''));
        const isProtected = Object.entries(fields.protected_labels).some(
          ([name, value]) => Object.hasOwn(asked.labels, name) && asked.labels[name] === value,
        );
        fc.pre(fields.paused || denied || isProtected);

        expect(decide(aPolicy(fields), asked).allowed).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it('allows no more when it denies more', () => {
    fc.assert(
      fc.property(policies, question, pattern, (fields, asked, more) => {
        const stricter = { ...fields, namespaces: { ...fields.namespaces, deny: [...fields.namespaces.deny, more] } };
        fc.pre(!decide(aPolicy(fields), asked).allowed);

        expect(decide(aPolicy(stricter), asked).allowed).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('lets nothing act unattended but what a rule names, in a namespace that it names', () => {
    fc.assert(
      fc.property(policies, question, (fields, asked) => {
        const { tier, by } = decide(aPolicy(fields), asked);
        const named = /^rules\[\d\] \(namespaces: .+; actions: .+\)$/.test(by);

        expect(tier !== 'unattended' || (named && unattendedActions.some((known) => known === asked.action))).toBe(
          true,
        );
      }),
      { numRuns: 400 },
    );
  });
});

describe('the default policy', () => {
  it('lets nothing act unattended', () => {
    const tiersOf = healingActions.map(
      (action) => decide(defaultPolicy, { action, namespace: 'shop', labels: {}, now: friday }).tier,
    );

    expect(new Set(tiersOf)).toEqual(new Set(['approve']));
  });
});
