import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRedisServer, type RedisServer } from '../support/redis-server.ts';
import { apply, aService, kubectl, kubemend } from './bed.ts';
import { type Healer, healersOf, objectOf, type Plan } from './healer.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('redis');
let redis: RedisServer;
let healer: Healer;
let namespace: string;

beforeAll(async () => {
  redis = await aRedisServer(['--requirepass', 'right-Horse']);
  const url = redis.url.replace('//', '//:right-Horse@');
  healer = await healers.in('heal', { env: { REDIS_URL: url } });
  ({ namespace } = healer);
  await apply(namespace, aWorkload('web'));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  await healers.end();
});

const generation = async () => (await objectOf('deployment/web', namespace)).metadata.generation ?? 0;
const restart = (): Promise<Plan> => healer.plan('restart', 'deployment/web');
const recordOf = async ({ id }: Plan): Promise<string> => (await healer.run('list', id)).stdout;

describe('with a Redis that replicas share, a plan', () => {
  it('is applied by one of several that approve it at the same time', async () => {
    const [plan, before] = [await restart(), await generation()];

    const ended = await Promise.all([1, 2, 3, 4].map(() => healer.approve(plan)));

    expect(ended.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([0, 2, 2, 2]);
    expect(await generation()).toBe(before + 1);
  });

  it.each([
    ['was killed', 'SIGKILL', 'Redis does not answer (ECONNREFUSED).', () => redis.start()],
    ['hangs', 'SIGSTOP', 'Redis does not answer in time.', () => redis.signal('SIGCONT')],
  ] as const)('stays as it is while that Redis %s, and is approved once it is back', async (_, signal, why, back) => {
    const [plan, before] = [await restart(), await generation()];
    await redis.signal(signal);

    const closed = await healer.approve(plan);

    expect([closed.status, closed.stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(closed.stderr).toContain('The plan stays as it is: approve it again once Redis answers.');
    expect(closed.stderr).not.toContain('right-Horse');
    expect(await recordOf(plan)).toContain('(planned)');
    expect(await generation()).toBe(before);

    await back();
    expect((await healer.approve(plan)).stdout).toContain(' healthy: verified: ');
    expect(await generation()).toBe(before + 1);
  });

  it('is made and listed without it, and the doctor tells', async () => {
    await redis.signal('SIGKILL');
    const plan = await restart();
    const { status, stdout } = await kubemend(['doctor', '-n', namespace], healer.env);
    await redis.start();

    expect(await recordOf(plan)).toContain('(planned)');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/! Redis +does not answer \(ECONNREFUSED\)/)]);
    expect((await kubemend(['doctor', '-n', namespace], healer.env)).stdout).toMatch(/✔ Redis +answers/);
  });
});

describe('a service whose Redis comes and goes', () => {
  it('applies what the person behind a client approves while it answers, and lives on while it does not', async () => {
    const service = await aService(['--heal'], healer.env);
    const client = new Client({ name: 'e2e', version: '1' }, { capabilities: { elicitation: { form: {} } } });
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { apply: true } }));
    await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));
    const call = { name: 'restart_workload', arguments: { object: 'deployment/web', namespace } };
    const answer = async () => (await client.callTool(call)).structuredContent;

    expect(await answer()).toMatchObject({ success: true, state: 'healthy' });
    await redis.signal('SIGKILL');
    expect(await answer()).toMatchObject({ success: false, error_type: 'unavailable' });
    await redis.start();
    expect(await answer()).toMatchObject({ success: true, state: 'healthy' });
    await redis.signal('SIGSTOP');
    expect(await answer()).toMatchObject({ success: false, error_type: 'unavailable' });
    await redis.signal('SIGCONT');
    expect(await answer()).toMatchObject({ success: true, state: 'healthy' });

    await client.close();
    await service.stop();
  });
});
