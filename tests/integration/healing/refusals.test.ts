import { afterEach, describe, expect, it } from 'vitest';
import { anObject } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, type Bed } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

async function aShop(options: Parameters<typeof aBed>[1] = {}): Promise<Bed> {
  const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1')];
  const bed = await aBed([...around, ...aLiveDeployment().all], options);
  servers.push(bed.server);
  return bed;
}

const eventsOf = ({ server }: Bed): readonly unknown[] =>
  server.requests
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/events'))
    .map(({ body }) => JSON.parse(body) as unknown);

describe('a plan', { timeout: 30_000 }, () => {
  it('is made where no pod may be tried, and says so', async () => {
    const bed = await aShop({ denied: ['create pods'] });
    const process = await aProcess(bed);
    const image = `registry.example/app@sha256:${'a'.repeat(64)}`;

    expect(await process.call('set_image', { object: 'deployment/web', container: 'app', image })).toMatchObject({
      error_type: 'approval_required',
      details: { guards: expect.arrayContaining([expect.objectContaining({ guard: 'G8', decision: 'approve' })]) },
    });
  });
});

describe('a refusal', { timeout: 30_000 }, () => {
  it.each<[string, object, string]>([
    ['of a guard', { replicas: 5000 }, 'G23: 5000 replicas'],
    ['of what is so already', { replicas: 3 }, 'has 3 replicas already'],
  ])('%s is told in the audit and by an Event', async (_, input, said) => {
    const bed = await aShop();
    const process = await aProcess(bed);

    const result = await process.call('scale_workload', { object: 'deployment/web', ...input });

    expect(result).toMatchObject({ error_type: 'refused', hint: expect.any(String) });
    expect(process.audit).toMatchObject([{ outcome: 'refused', text: expect.stringContaining(said) }]);
    expect(eventsOf(bed)).toMatchObject([
      { reason: 'MendRefused', involvedObject: { name: 'web' }, message: expect.stringContaining(said) },
    ]);
  });
});
