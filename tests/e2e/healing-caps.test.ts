import { afterAll, describe, expect, it } from 'vitest';
import { apply, kubectl } from './bed.ts';
import { type Healer, healersOf, objectOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('caps');
afterAll(() => healers.end());

const rounds = 4;
const names = ['api', 'web'] as const;

/** Plans for two workloads, and two processes that apply them at the same moment. */
async function race({ namespace, plan, approve, run }: Healer) {
  const generations = () =>
    Promise.all(names.map(async (name) => (await objectOf(`deployment/${name}`, namespace)).metadata.generation ?? 0));
  const before = await generations();
  const plans = await Promise.all(names.map((name) => plan('restart', `deployment/${name}`)));
  const ended = await Promise.all(plans.map((each) => approve(each)));
  const after = await generations();
  const listed = await Promise.all(plans.map(async ({ id }) => (await run('list', id)).stdout));
  return {
    written: after.filter((generation, index) => generation !== before[index]).length,
    lost: ended.filter(({ status }) => status !== 0).map(({ status, stderr }) => `${status} ${stderr}`),
    expired: listed.filter((text) => text.includes('expired: not applied, nothing has changed: ')).length,
  };
}

describe('two processes that heal two workloads at the same moment', () => {
  it('never both write: one workload at a time', async () => {
    const healer = await healers.in('race');
    for (const name of names) await apply(healer.namespace, aWorkload(name, { replicas: 1 }));
    for (const name of names)
      await kubectl('rollout', 'status', `deployment/${name}`, '-n', healer.namespace, '--timeout=60s');

    const races: Awaited<ReturnType<typeof race>>[] = [];
    for (let round = 0; round < rounds; round++) races.push(await race(healer));

    expect(races.map(({ written }) => written)).toEqual(races.map(() => expect.toBeOneOf([0, 1])));
    expect(races.map(({ written, expired }) => written + expired)).toEqual(races.map(() => 2));
    expect(races.flatMap(({ lost }) => lost)).toEqual(
      races.flatMap(({ lost }) =>
        lost.map(() => expect.stringMatching(/^2 .*G27: restart_workload on Deployment\/(?:api|web) is under way/)),
      ),
    );
  });
});
