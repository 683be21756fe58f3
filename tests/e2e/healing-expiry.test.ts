import { createHmac } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { apply, kubectl } from './bed.ts';
import { aHealer, type Healer, healersOf, type Plan, specOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('expiry');
afterAll(() => healers.end());

const web = 'deployment/web';
const minute = 60_000;
const shiftedClock = new URL('./shifted-clock.ts', import.meta.url).href;

async function running(name: string): Promise<Healer> {
  const healer = await healers.in(name);
  await apply(healer.namespace, aWorkload('web', { replicas: 1 }));
  await kubectl('rollout', 'status', web, '-n', healer.namespace, '--timeout=60s');
  return healer;
}

/** The same person with the same key, at a machine whose clock is off. */
const elsewhere = ({ namespace, env }: Healer, minutes: number): Healer =>
  aHealer(namespace, {
    env: { ...env, NODE_OPTIONS: `--import=${shiftedClock}`, SHIFT_MINUTES: String(minutes) },
  });

/** Signs a plan anew with another end, as if it had been made earlier: nobody waits ten minutes for a test. */
async function ageTo({ namespace, env }: Healer, { id }: Plan, expiresAt: string): Promise<void> {
  const name = `kubemend-${id}`;
  const lease = JSON.parse(await kubectl('get', 'lease', name, '-n', namespace, '-o', 'json')) as {
    metadata: { annotations: Record<string, string> };
  };
  const record = JSON.parse(lease.metadata.annotations['kubemend.dev/action-record'] ?? '') as object;
  const text = JSON.stringify({ ...record, expiresAt });
  const key = Buffer.from(env['KUBEMEND_SIGNING_KEY'] ?? '', 'hex');
  const signature = createHmac('sha256', key).update(`${namespace}\n${name}\n${text}`).digest('hex');
  const annotations = { 'kubemend.dev/action-record': text, 'kubemend.dev/signature': signature };
  await kubectl(
    'patch',
    'lease',
    name,
    '-n',
    namespace,
    '--type=merge',
    '-p',
    JSON.stringify({ metadata: { annotations } }),
  );
}

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * minute).toISOString();

describe.concurrent('a plan', () => {
  it.each([-11, -5, 0, 5, 11])(
    'that has expired is not applied by a clock that is off by %d minutes',
    async (minutes) => {
      const healer = await running(`late-${minutes}`.replace('-', 'm'));
      const planned = await healer.plan('scale', web, '--replicas', '2');
      const before = await specOf(web, healer.namespace);
      await ageTo(healer, planned, inMinutes(-0.1));

      const { status, stderr } = await elsewhere(healer, minutes).approve(planned);

      expect([status, stderr]).toEqual([2, expect.stringMatching(/The plan \w+ expired at .*\nPlan it again/)]);
      expect((await healer.run('list', planned.id)).stdout).toContain('expired before it was approved');
      expect(await specOf(web, healer.namespace)).toEqual(before);
    },
  );

  it.each([-11, -5, 5, 11])('that has not is applied by a clock that is off by %d minutes', async (minutes) => {
    const healer = await running(`due-${minutes}`.replace('-', 'm'));
    const planned = await healer.plan('scale', web, '--replicas', '2');
    await ageTo(healer, planned, inMinutes(1));

    expect(await elsewhere(healer, minutes).approve(planned)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/ healthy: verified: /),
    });
  });

  it.each([-11, 11])(
    'that is made by a clock that is off by %d minutes ends ten minutes after the cluster made it',
    async (minutes) => {
      const healer = await running(`made-${minutes}`.replace('-', 'm'));

      const { text } = await elsewhere(healer, minutes).plan('scale', web, '--replicas', '2');

      const [, end = ''] = /, until (\S+)/.exec(text) ?? [];
      expect(Math.abs(Date.parse(end) - Date.now() - 10 * minute)).toBeLessThan(minute);
    },
  );
});
