import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createHealing } from '../../../src/cli/healing-service.ts';
import type { ObjectRef } from '../../../src/engines/objects.ts';
import { silentLogger } from '../../../src/platform/logging.ts';
import { anAudit } from '../../support/audits.ts';
import { policyFile } from '../../support/policies.ts';

const service = (fields: Partial<Parameters<typeof createHealing>[0]> = {}) =>
  createHealing({
    policy: undefined,
    ownNamespace: 'mend',
    log: silentLogger,
    audit: anAudit(),
    signal: new AbortController().signal,
    ...fields,
  });

const aPrecondition = { apiVersion: 'apps/v1', uid: 'u1', resourceVersion: '1' };

describe('what actions need of a process', () => {
  it('names the process, another one each time', async () => {
    const [one, two] = [await (await service()).options(), await (await service()).options()];

    expect(one.holder).toContain(String(process.pid));
    expect(one.holder).not.toBe(two.holder);
    expect(one.ownNamespace).toBe('mend');
  });

  it('says how a person approves elsewhere', async () => {
    const { approveElsewhere } = await (await service()).options();

    const plan = (cluster: string, object: ObjectRef, caller = 'local') => ({
      id: 'a1',
      cluster,
      caller,
      target: { ...aPrecondition, object },
    });
    expect(approveElsewhere(plan('prod', { kind: 'Deployment', namespace: 'shop', name: 'api' }))).toBe(
      'kubemend heal approve a1 -n shop --context prod',
    );
    expect(approveElsewhere(plan("o'neil; reboot", { kind: 'Node', name: 'n1' }))).toBe(
      String.raw`kubemend heal approve a1 --context 'o'\''neil; reboot'`,
    );
    expect(approveElsewhere(plan('in-cluster', { kind: 'Node', name: 'n1' }))).toBe('kubemend heal approve a1');
    expect(approveElsewhere(plan('prod', { kind: 'Node', name: 'n1' }, 'https://id.example#jane'))).toContain(
      'the same user, in an MCP client',
    );
  });

  it('says where in a browser, where people sign in', async () => {
    const { approveElsewhere } = await (await service({ console: 'https://mend.example/ui' })).options();
    const object = { kind: 'Deployment', namespace: 'shop', name: 'api' };
    const plan = { id: 'a1', cluster: 'prod', target: { ...aPrecondition, object } };

    expect(approveElsewhere({ ...plan, caller: 'https://id.example#jane' })).toBe(
      'the same user, at https://mend.example/ui?view=actions&action=a1&namespace=shop&cluster=prod, or in an MCP client that can ask them (elicitation)',
    );
    expect(approveElsewhere({ ...plan, caller: 'local' })).toBe('kubemend heal approve a1 -n shop --context prod');
  });

  it('has time, and waits no longer than it is told to', async () => {
    const { clock } = await (await service()).options();
    const stop = new AbortController();
    const waiting = clock.pause(60_000, stop.signal);
    stop.abort();

    await expect(waiting).rejects.toThrow('aborted');
    await expect(clock.pause(1, new AbortController().signal)).resolves.toBeUndefined();
    expect(clock.now()).toBeGreaterThan(1.7e12);
  });

  it('reads the policy at each call, and pauses when it can no longer be read', async () => {
    const policy = await policyFile('default_tier: advice');
    const { options } = await service({ policy });

    expect((await options()).policy).toMatchObject({ default_tier: 'advice', paused: false });
    await writeFile(policy, 'paused: true');
    expect((await options()).policy).toMatchObject({ default_tier: 'approve', paused: true });
    await writeFile(policy, 'paused: {');
    expect((await options()).policy.paused).toBe(true);
  });

  it('does not begin with a policy that is bad', async () => {
    await expect(service({ policy: await policyFile('tiers: 1') })).rejects.toMatchObject({ code: 'validation_error' });
  });

  it('is told what was decided', async () => {
    const lines: object[] = [];
    const { audit } = await (await service({ audit: anAudit((facts) => lines.push(facts)) })).options();
    const event = {
      action: 'restart_workload',
      object: 'shop/Deployment/web',
      outcome: 'planned',
      text: 'planned',
    } as const;
    audit(event);

    expect(lines).toEqual([event]);
  });

  it('counts what was decided, and what became of approvals', async () => {
    const counted: string[] = [];
    const metrics = {
      healAction: (action: string, outcome: string) => void counted.push(`${action} ${outcome}`),
      approval: (outcome: string) => void counted.push(outcome),
    };
    const { audit } = await (await service({ metrics })).options();
    const decided = { action: 'restart_workload', object: 'shop/Deployment/web', text: '' } as const;

    for (const outcome of ['planned', 'applying', 'healthy', 'declined', 'expired'] as const)
      audit({ ...decided, outcome });
    audit({ actionId: 'a1', object: '', outcome: 'written', verb: 'patch', resourceVersion: { before: '1' } });

    expect(counted).toEqual([
      'restart_workload planned',
      'restart_workload applying',
      'approved',
      'restart_workload healthy',
      'restart_workload declined',
      'declined',
      'restart_workload expired',
      'expired',
    ]);
  });
});

describe('work in the background', () => {
  it('is waited for', async () => {
    const made = await service();
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended: string[] = [];
    const { background } = await made.options();
    background(() => promise.then(() => void ended.push('work')));
    const idle = made.idle().then(() => ended.push('idle'));
    resolve();
    await idle;

    expect(ended).toEqual(['work', 'idle']);
  });

  it.each(['the process', 'the service'])('is told when %s ends', async (who) => {
    const stop = new AbortController();
    const made = await service({ signal: stop.signal });
    const { background } = await made.options();
    background((signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
    if (who === 'the process') stop.abort();
    else await made.stop();

    await expect(made.idle()).resolves.toBeUndefined();
  });

  it('that fails is logged, and keeps nobody', async () => {
    const problems: string[] = [];
    const made = await service({ log: { ...silentLogger, error: (_, message) => problems.push(message) } });
    (await made.options()).background(async () => Promise.reject(new Error('a slip')));
    await made.idle();

    expect(problems).toEqual(['work in the background failed']);
  });
});
