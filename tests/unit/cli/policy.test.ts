import { describe, expect, it } from 'vitest';
import { register } from '../../../src/cli/policy.ts';
import { policyJsonSchema } from '../../../src/platform/policy-schema.ts';
import { runCommand } from '../../support/command.ts';
import { policyFile } from '../../support/policies.ts';

const check = async (text: string, ...more: readonly string[]) => {
  const path = await policyFile(text);
  const { status, out, err } = await runCommand(register, ['policy', 'check', path, ...more]);
  return { status, out: out.replaceAll(path, 'policy.yaml'), err };
};

describe('kubemend policy', () => {
  it.each(['check', 'explain', 'schema'])('teaches %s: what it is for, and its exit statuses', async (name) => {
    const { out } = await runCommand(register, ['policy', name, '--help']);

    expect(out).toMatch(/^Usage: kubemend policy \w+ .*\n\n[A-Z][^.]+\.\n/);
    expect(out).toMatch(/Exit status: 0/);
  });

  it('shows examples', async () => {
    const { out, status } = await runCommand(register, ['policy', '--help']);

    expect(out).toContain('Examples:\n  kubemend policy check policy.yaml');
    expect(status).toBe(0);
  });

  it('prints the JSON Schema', async () => {
    const { out, status } = await runCommand(register, ['policy', 'schema']);

    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual(policyJsonSchema());
  });
});

describe('kubemend policy check', () => {
  it('says what an empty policy allows', async () => {
    const { status, out } = await check('');

    expect(status).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "policy.yaml is valid.

        namespaces  every one; never kube-*
        nodes       as the rules say
        everything  approve
        windows     at any time
        protected   kubemend.dev/protected=true
        caps        2 an hour and 4 a day per workload, 3 an hour per namespace, 10 an hour in all
      "
    `);
  });

  it('says what a policy allows, and what in it is hardly meant', async () => {
    const text = [
      'paused: true',
      'namespaces: { allow: [shop, "shop-*"], deny: [shop-test] }',
      'rules:',
      '  - { namespaces: [shop], actions: [evict_pod], tier: unattended }',
      '  - { labels: { tier: db }, tier: advice }',
      '  - { actions: [drain_node], tier: approve }',
      'windows: [{ days: [Sat, Sun], from: 22:00, to: 04:00, time_zone: Europe/Berlin }, { from: 12:00, to: 13:00 }]',
      'protected_labels: { tier: critical }',
    ].join('\n');

    const { status, out } = await check(text);

    expect(status).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "policy.yaml is valid.

        paused      every action is refused
        namespaces  shop, shop-* without shop-test; never kube-*
        nodes       left alone, because namespaces are restricted
        rules[0]    unattended  namespaces: shop; actions: evict_pod
        rules[1]    advice      labels: tier=db
        rules[2]    approve     actions: drain_node
        otherwise   approve
        windows     Sat, Sun 22:00–04:00 (Europe/Berlin); daily 12:00–13:00 (UTC)
        protected   tier=critical, kubemend.dev/protected=true
        caps        2 an hour and 4 a day per workload, 3 an hour per namespace, 10 an hour in all

      Is this meant?
        paused: every action is refused
        rules[2]: never matches: nodes are left alone where namespaces are restricted
      "
    `);
  });

  it('lists what is wrong, on stdout, and ends with 1', async () => {
    expect(await check('paused: maybe\nrule: []\n')).toEqual({
      status: 1,
      out: 'policy.yaml is not valid:\n  line 1: paused: "maybe" must be true or false\n  line 2: rule: there is no such field; did you mean rules?\n',
      err: '',
    });
  });

  it('says the same to programs', async () => {
    const bad = await check('paused: maybe', '-o', 'json');
    const good = await check('paused: true', '-o', 'json');

    expect(JSON.parse(bad.out)).toEqual({
      valid: false,
      problems: [{ path: 'paused', line: 1, message: '"maybe" must be true or false' }],
      warnings: [],
    });
    expect(JSON.parse(good.out)).toMatchObject({
      valid: true,
      problems: [],
      warnings: [{ path: 'paused', message: 'every action is refused' }],
      policy: { paused: true, default_tier: 'approve' },
    });
    expect([bad.status, good.status]).toEqual([1, 0]);
  });

  it('checks the policy of the settings when none is named', async () => {
    const policy = await policyFile('paused: 1');

    const { status, out } = await runCommand(register, ['policy', 'check'], { flags: { policy } });

    expect(status).toBe(1);
    expect(out).toContain(`${policy} is not valid:`);
  });

  it('wants one policy', async () => {
    await expect(runCommand(register, ['policy', 'check'])).rejects.toThrow('No policy is named.');
    await expect(runCommand(register, ['policy', 'check', 'a', 'b'])).rejects.toThrow(/too many arguments/);
  });

  it('lets a file that is not there surface', async () => {
    await expect(runCommand(register, ['policy', 'check', '/nowhere/policy.yaml'])).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
