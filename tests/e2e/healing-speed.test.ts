import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, aService, kubectl, type Service } from './bed.ts';
import { type Healer, healersOf } from './healer.ts';
import { aServiceOf, aWorkload } from './workloads.ts';

const replicas = 50;
const web = 'deployment/web';
const healers = healersOf('speed');
let healer: Healer;
let service: Service;

beforeAll(async () => {
  healer = await healers.in('many');
  const { namespace } = healer;
  await apply(namespace, aWorkload('web', { replicas }));
  await apply(namespace, aServiceOf('web'));
  await rolledOut();
  service = await aService(['--heal'], healer.env);
});

afterAll(async () => {
  await service.stop();
  await healers.end();
});

const rolledOut = (): Promise<string> => kubectl('rollout', 'status', web, '-n', healer.namespace, '--timeout=120s');

/** How long it takes, in ms. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
}

async function planned(): Promise<void> {
  const response = await fetch(`${service.url}/api/v1/tools/restart_workload`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ object: web, namespace: healer.namespace }),
  });
  expect(await response.json()).toMatchObject({ details: { state: 'planned', blast_radius: { pods: replicas } } });
}

describe(`a workload of ${replicas} replicas`, () => {
  it('is planned for within a second', async () => {
    await planned();

    const times = [await timed(planned), await timed(planned), await timed(planned)];

    console.log(`plan: ${times.join(', ')} ms`);
    expect(Math.min(...times)).toBeLessThan(1_000);
  });

  it('is called healthy within five seconds of being so', async () => {
    const plan = await healer.plan('scale', web, `--replicas=${replicas + 10}`);
    let ready = 0;
    const changed = kubectl('wait', web, '-n', healer.namespace, `--for=jsonpath={.metadata.generation}=2`);
    const watching = changed.then(rolledOut).then(() => (ready = performance.now()));

    const { status } = await healer.approve(plan);
    const verified = performance.now();
    await watching;

    console.log(`verified ${Math.round(verified - ready)} ms after the cluster was ready`);
    expect(status).toBe(0);
    expect(verified - ready).toBeLessThan(5_000);
  });
});
