import { describe, expect, it } from 'vitest';
import type { ActionName } from '../../../src/engines/healing/action.ts';
import { defaultPolicy, healingActions, policySchema } from '../../../src/platform/healing-policy.ts';

const issuesOf = (policy: object): readonly string[] =>
  (policySchema.safeParse(policy).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the schema of a policy', () => {
  it('has safe defaults', () => {
    expect(defaultPolicy).toEqual({
      version: 1,
      paused: false,
      namespaces: { allow: ['*'], deny: [] },
      rules: [],
      default_tier: 'approve',
      protected_labels: { 'kubemend.dev/protected': 'true' },
      caps: {
        per_workload_hour: 2,
        per_workload_day: 4,
        per_namespace_hour: 3,
        per_cluster_hour: 10,
        resizes_per_workload_day: 2,
        nodes_cordoned: 1,
        max_replicas: 100,
        max_memory: '64Gi',
        max_cpu: '32',
      },
      cooldown: { after_success_minutes: 15, after_failure_minutes: 60 },
      windows: [],
    });
  });

  it('names every action that there is, and no other', () => {
    const actions = {
      restart_workload: true,
      scale_workload: true,
      rollback_workload: true,
      resize_workload: true,
      set_image: true,
      evict_pod: true,
      cordon_node: true,
      drain_node: true,
      undo_action: true,
    } satisfies Record<ActionName, true>;

    expect(healingActions).toEqual(Object.keys(actions));
  });

  it('keeps the own label of protection beside others', () => {
    expect(policySchema.parse({ protected_labels: { tier: 'critical' } }).protected_labels).toEqual({
      tier: 'critical',
      'kubemend.dev/protected': 'true',
    });
  });

  it('does not let the own label of protection mean something else', () => {
    expect(issuesOf({ protected_labels: { 'kubemend.dev/protected': 'false' } })).toEqual([
      'protected_labels: cannot give kubemend.dev/protected another meaning than "true"',
    ]);
    expect(issuesOf({ protected_labels: { 'kubemend.dev/protected': 'true' } })).toEqual([]);
  });

  it.each(['evict_pod', 'restart_workload', 'rollback_workload'])(
    'lets a namespace opt in to unattended %s',
    (action) => {
      expect(issuesOf({ rules: [{ tier: 'unattended', namespaces: ['shop'], actions: [action] }] })).toEqual([]);
    },
  );

  it.each(['scale_workload', 'resize_workload', 'set_image', 'cordon_node', 'drain_node', 'undo_action'])(
    'lets nobody opt in to unattended %s',
    (action) => {
      expect(
        issuesOf({ rules: [{ tier: 'unattended', namespaces: ['shop'], actions: ['evict_pod', action] }] }),
      ).toEqual([
        'rules.0.actions.1: always needs a person; unattended may be restart_workload, rollback_workload, evict_pod',
      ]);
    },
  );

  it('wants unattended rules to name their namespaces and actions', () => {
    expect(issuesOf({ rules: [{ tier: 'unattended' }] })).toEqual([
      'rules.0.namespaces: is missing: a namespace has to opt in to unattended by name',
      'rules.0.actions: is missing: unattended rules name their actions, of restart_workload, rollback_workload, evict_pod',
    ]);
  });

  it('says what is missing beside what is misspelt', () => {
    const rule = { tier: 'unattended', actions: ['evict_pod'], namespace: 'shop' };
    const window = { from: '08:00', to: '08:00', tz: 'UTC' };

    expect(issuesOf({ rules: [rule], windows: [window] })).toEqual([
      'rules.0: Unrecognized key: "namespace"',
      'rules.0.namespaces: is missing: a namespace has to opt in to unattended by name',
      'windows.0: Unrecognized key: "tz"',
      'windows.0.to: is when the window begins; a whole day is from "00:00" to "24:00"',
    ]);
    expect(issuesOf({ rules: [null, 5, [], { tier: 'unattended', actions: 5 }], windows: ['x', {}] })).toHaveLength(7);
  });

  it('does not let a default act unattended', () => {
    expect(issuesOf({ default_tier: 'unattended' })).toEqual(['default_tier: must be one of advice, approve']);
  });

  it('wants a window to last, and takes one of a whole day', () => {
    expect(issuesOf({ windows: [{ from: '08:00', to: '08:00' }] })).toEqual([
      'windows.0.to: is when the window begins; a whole day is from "00:00" to "24:00"',
    ]);
    expect(issuesOf({ windows: [{ from: '00:00', to: '24:00' }] })).toEqual([]);
  });

  it('does not take a rule of nothing for one of everything', () => {
    expect(issuesOf({ rules: [{ tier: 'approve', namespaces: [], actions: [], labels: {} }] })).toEqual([
      'rules.0.namespaces: names nothing; leave it out to mean everything',
      'rules.0.actions: names nothing; leave it out to mean everything',
      'rules.0.labels: names nothing; leave it out to mean everything',
    ]);
  });
});
