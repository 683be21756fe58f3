import { afterEach, describe, expect, it } from 'vitest';
import { canaryScene } from '../../support/canary-scene.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aBed, aProcess, type Bed } from '../../support/healing-bed.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const web = { object: 'deployment/web', namespace: 'shop' };
const image = { ...web, container: 'app', image: 'registry.example/app:0.9' };
const { canaries, ...scene } = canaryScene();

/** What we wrote down: records in Leases, and Events. What was applied to workloads is theirs. */
const written = ({ server }: Bed): string =>
  server.requests
    .filter(({ method, path }) => method !== 'GET' && /\/(leases|events)/.test(path))
    .map(({ body }) => body)
    .join('\n');

describe('from its plan to its end and back, no canary is in results, records, Events and audit of', {
  timeout: 180_000,
}, () => {
  it.each<[string, object]>([
    ['rollback_workload', web],
    ['set_image', image],
    ['scale_workload', { ...web, replicas: 4 }],
    ['evict_pod', { object: 'pod/web-5d8f-0', namespace: 'shop' }],
    ['cordon_node', { object: 'node/node-2' }],
  ])('%s', async (tool, args) => {
    const bed = await aBed(scene.objects, scene);
    servers.push(bed.server);
    const process = await aProcess(bed);
    const told: object[] = [await process.call(tool, args)];
    const id = await process.plan(tool, args);
    told.push(await process.answer(tool, args, id));
    await process.idle();
    told.push(await process.call('list_actions', { action_id: id, all_namespaces: true }));
    told.push(await process.call('undo_action', { action_id: id }));
    await process.idle();
    const records = written(bed);

    expect(JSON.stringify(told)).toContain(id);
    expect(records).toContain('action-record');
    expect(records).toContain('"kind":"Event"');
    expect(canaries.leaksIn(JSON.stringify(told))).toEqual([]);
    expect(canaries.leaksIn(records)).toEqual([]);
    expect(canaries.leaksIn(JSON.stringify(process.audit))).toEqual([]);
  });
});

it('what a webhook says against a change is told without secrets', async () => {
  const bed = await aBed(scene.objects, scene);
  servers.push(bed.server);
  const process = await aProcess(bed);
  const said = `admission webhook "x" denied the request: password=${canaries.at('webhook')}`;
  bed.server.on(({ method, query }) => method !== 'GET' && query.get('dryRun') === 'All', {
    status: 403,
    message: said,
  });

  const refused = await process.call('scale_workload', { ...web, replicas: 4 });

  expect(JSON.stringify(refused)).toContain('admission webhook');
  expect(canaries.leaksIn(JSON.stringify([refused, process.audit]))).toEqual([]);
});
