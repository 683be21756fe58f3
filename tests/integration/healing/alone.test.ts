import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject, Pod } from '../../../src/engines/objects.ts';
import { anObject, aPod, minutesAgo, ownedBy } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment, live } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, writesOf } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const day = 24 * 60;
const { all, replicaSet } = aLiveDeployment();

/** An evicted pod of `Deployment/web` that is left over; the higher its number, the older it is. */
const leftover = (number: number, annotations: Readonly<Record<string, string>> = {}): Pod =>
  aPod(`left-${number}`, {
    metadata: { ...live(), labels: { app: 'web' }, annotations, ...ownedBy(replicaSet) },
    containers: [],
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo((number + 2) * day) }],
    },
  });

async function aShop(leftovers: readonly Pod[]): Promise<Bed> {
  const around: readonly KubernetesObject[] = [anObject('Namespace', 'shop'), anObject('Namespace', 'default')];
  const bed = await aBed([...around, aNode('node-1'), ...all, ...leftovers]);
  servers.push(bed.server);
  return bed;
}

const optedIn = { rules: [{ namespaces: ['shop'], actions: ['evict_pod'], tier: 'unattended' }] };
const eleven = Array.from({ length: 11 }, (_, number) => leftover(number));

describe('a round without a person', { timeout: 60_000 }, () => {
  it('removes one leftover, the oldest first, until so few are left that nobody cares', async () => {
    const bed = await aShop(eleven);
    const process = await aProcess(bed, { policy: optedIn });

    const rounds = [await process.call('attend'), await process.call('attend'), await process.call('attend')];

    expect(rounds).toMatchObject([
      { done: { state: 'healthy', approved_by: 'policy', object: { name: 'left-10' } }, left: [] },
      { done: { state: 'healthy', approved_by: 'policy', object: { name: 'left-9' } }, left: [] },
      { left: [], causes: 0 },
    ]);
    expect(writesOf(bed)).toEqual(['POST left-10/eviction', 'POST left-9/eviction']);
  });

  it.each<[string, object, readonly Pod[], string]>([
    ['nothing has opted in', {}, eleven, 'G15: Neither Pod/left-10, its namespace nor the policy opts in'],
    ['the policy pauses', { ...optedIn, paused: true }, eleven, 'G30: The policy pauses all healing.'],
    [
      'its owner has opted out',
      optedIn,
      [...eleven.slice(0, 10), leftover(10, { 'kubemend.dev/heal': 'false' })],
      'G15: Pod/left-10 says kubemend.dev/heal: false.',
    ],
  ])('leaves it and says why when %s', async (_, policy, leftovers, why) => {
    const bed = await aShop(leftovers);

    const round = await (await aProcess(bed, { policy })).call('attend');

    expect(round).toMatchObject({
      left: [{ summary: expect.stringContaining('has left 11 failed pods behind'), why: expect.stringContaining(why) }],
    });
    expect(round).not.toHaveProperty('done');
    expect(writesOf(bed)).toEqual([]);
  });
});
