import { describe, expect, it } from 'vitest';
import { register } from '../../../../src/cli/policy.ts';
import { runCommand } from '../../../support/command.ts';
import { policyFile } from '../../../support/policies.ts';

const text = `
namespaces: { deny: [bank] }
rules:
  - { labels: { app.kubernetes.io/component: database }, tier: advice }
  - { namespaces: [shop], actions: [restart_workload, evict_pod], tier: unattended }
protected_labels: { tier: critical }
windows: [{ days: [Fri], from: 09:00, to: 17:00 }]
`;

/** On a Friday at 10:00, unless told otherwise. */
const explain = async (...argv: readonly string[]) => {
  const policy = await policyFile(text);
  const time = argv.includes('--at') ? [] : ['--at', '2026-11-27T10:00:00Z'];
  const { status, out } = await runCommand(register, ['policy', 'explain', ...argv, ...time], { flags: { policy } });
  return { status, out: out.replaceAll(policy, 'policy.yaml') };
};

describe('kubemend policy explain', () => {
  it('says that something is allowed, by which rule, and which labels would change that', async () => {
    const { status, out } = await explain('restart_workload', 'deployment/web', '-n', 'shop');

    expect(status).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "restart_workload on deployment/web in shop: allowed, without asking.
      Decided by rules[1] (namespaces: shop; actions: restart_workload, evict_pod): it may be done without asking.
      Policy: policy.yaml; time: 2026-11-27T10:00:00Z.
      Labels matter here, and none were given (--label name=value):
        with tier=critical: not allowed, by protected_labels (tier=critical)
        with kubemend.dev/protected=true: not allowed, by protected_labels (kubemend.dev/protected=true)
        with app.kubernetes.io/component=database: not allowed, by rules[0] (labels: app.kubernetes.io/component=database)
      "
    `);
  });

  it('says that something is not allowed, and ends with 1', async () => {
    const { status, out } = await explain('restart_workload', 'deployment/web', '-n', 'bank');

    expect(status).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "restart_workload on deployment/web in bank: not allowed.
      Decided by namespaces.deny[0] (bank): nothing is done in namespace bank.
      Policy: policy.yaml; time: 2026-11-27T10:00:00Z.
      "
    `);
  });

  it('looks at the labels that are given, however they are', async () => {
    const labels = ['--label', 'app=web,team=a', '--label', 'tier=critical'];

    const { status, out } = await explain('scale_workload', 'sts/db', ...labels);

    expect(status).toBe(1);
    expect(out).toContain(
      'scale_workload on sts/db in default: not allowed.\nDecided by protected_labels (tier=critical)',
    );
    expect(out).not.toContain('Labels matter');
  });

  it('does not ask for labels once they are known', async () => {
    const { status, out } = await explain('scale_workload', 'deployment/web', '--label', 'app=web');

    expect(status).toBe(0);
    expect(out).toContain('allowed, once a person has approved it.\nDecided by default_tier');
    expect(out).not.toContain('Labels matter');
  });

  it('looks at another time', async () => {
    const { status, out } = await explain('evict_pod', 'pod/web-0', '-n', 'shop', '--at', '2026-11-27T19:00:00+01:00');

    expect(status).toBe(1);
    expect(out).toContain('Decided by windows: no maintenance window is open; the next one opens Fri 09:00 (UTC).');
    expect(out).toContain('time: 2026-11-27T18:00:00Z');
  });

  it('knows nodes, which are in no namespace', async () => {
    const { status, out } = await explain('drain_node', 'node/worker-1', '-n', 'shop');

    expect(status).toBe(1);
    expect(out).toMatch(/^drain_node on node\/worker-1: not allowed\.\nDecided by namespaces: nodes are left alone/);
    expect((await explain('undo_action', 'Node/worker-1')).out).toMatch(/^undo_action on Node\/worker-1: not allowed/);
  });

  it('explains the defaults as long as there is no policy', async () => {
    const { status, out } = await runCommand(register, ['policy', 'explain', 'drain_node', 'node/a']);

    expect(status).toBe(0);
    expect(out).toContain('Policy: none is set, so the defaults; time: 2');
  });

  it('says the same to programs', async () => {
    const { status, out } = await explain('restart_workload', 'deployment/web', '-n', 'shop', '-o', 'json');

    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      action: 'restart_workload',
      object: 'deployment/web',
      namespace: 'shop',
      at: '2026-11-27T10:00:00.000Z',
      policy: 'policy.yaml',
      tier: 'unattended',
      allowed: true,
      by: 'rules[1] (namespaces: shop; actions: restart_workload, evict_pod)',
      with_labels: [
        { labels: 'tier=critical', tier: 'advice' },
        { labels: 'kubemend.dev/protected=true', tier: 'advice' },
        { labels: 'app.kubernetes.io/component=database', tier: 'advice' },
      ],
    });
  });

  it.each([
    [['restart', 'deployment/web'], 'There is no action "restart".', 'Did you mean restart_workload?'],
    [['fly', 'deployment/web'], 'There is no action "fly".', /^There are restart_workload, /],
    [['drain_node', 'pod/web'], 'drain_node is not for pod.', 'Its target is a node.'],
    [['evict_pod', 'deployment/web'], 'evict_pod is not for deployment.', 'Its target is a pod.'],
    [['scale_workload', 'node/a'], 'scale_workload is not for node.', 'Its target is a workload.'],
    [['evict_pod', 'web'], 'web is no kind/name.', 'Write it as deployment/web.'],
    [['evict_pod', 'pod/a/b'], 'pod/a/b is no kind/name.', 'Write it as deployment/web.'],
    [['evict_pod', '/a'], '/a is no kind/name.', 'Write it as deployment/web.'],
    [['evict_pod', 'pod/a', '-n', '../x'], 'The namespace contains "..".', /./],
    [['evict_pod', 'pod/a', '-n', ''], 'The namespace is empty.', /./],
    [['evict_pod', 'pod/a b'], 'The object contains a character that no name has.', /./],
  ])('refuses %j', async (argv, message, hint) => {
    await expect(explain(...argv)).rejects.toMatchObject({
      code: 'validation_error',
      message,
      hint: expect.stringMatching(hint),
    });
  });

  it.each([
    [['evict_pod'], /missing required argument 'object'/],
    [['evict_pod', 'pod/a', '--label', 'app'], /It is name=value: app=web\./],
    [['evict_pod', 'pod/a', '--label', '=x'], /It is name=value: app=web\./],
    [['evict_pod', 'pod/a', '--at', 'tomorrow'], /It is a time with its zone/],
    [['evict_pod', 'pod/a', '--at', '2026-11-27T10:00:00'], /It is a time with its zone/],
    [['evict_pod', 'pod/a', '--at', '2026-13-27T10:00:00Z'], /It is a time with its zone/],
  ])('does not understand %j', async (argv, message) => {
    await expect(runCommand(register, ['policy', 'explain', ...argv])).rejects.toThrow(message);
  });

  it('does not decide by a policy that is wrong', async () => {
    const policy = await policyFile('paused: maybe');

    await expect(
      runCommand(register, ['policy', 'explain', 'evict_pod', 'pod/a'], { flags: { policy } }),
    ).rejects.toThrow(/^Bad policy .*\n {2}line 1: paused: "maybe" must be true or false$/);
  });
});
