import { afterEach, describe, expect, it } from 'vitest';
import { anObject } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aBed, aProcess, writesOf } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const node = { object: 'node/node-1' };
const isDryRun = ({ method, query }: { method: string; query: URLSearchParams }): boolean =>
  method === 'PATCH' && query.get('dryRun') === 'All';

/** A node whose status moves so often between the look at it and the dry-run. */
async function restless(times: number) {
  const bed = await aBed([anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')]);
  servers.push(bed.server);
  bed.server.on(isDryRun, { status: 409, reason: 'Conflict' }, times);
  return { bed, process: await aProcess(bed) };
}

describe('a node that says every few seconds that it lives', { timeout: 30_000 }, () => {
  it('is looked at again, and cordoned', async () => {
    const { bed, process } = await restless(2);
    const id = await process.plan('cordon_node', node);

    expect(await process.answer('cordon_node', node, id)).toMatchObject({ state: 'healthy' });
    expect(writesOf(bed)).toEqual(['PATCH nodes/node-1']);
  });

  it('is a conflict in the end when it never rests', async () => {
    const { bed, process } = await restless(99);

    expect(await process.call('cordon_node', node)).toMatchObject({ error_type: 'conflict' });
    expect(writesOf(bed)).toEqual([]);
  });
});
