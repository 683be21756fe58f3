import { afterEach, describe, expect, it } from 'vitest';
import type { Clusters } from '../../../src/kubernetes/ports.ts';
import { createAdmission } from '../../../src/platform/admission.ts';
import { tools } from '../../../src/tools/index.ts';
import { aPod } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig-file.ts';
import { liveClusters } from '../../support/live-clusters.ts';
import { type AppFixture, anApp, aPost } from './http-fixture.ts';

const settings = { namespace: 'shop', allowSystemNamespaces: false };
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function serving(): Promise<FakeApiServer> {
  const server = await aFakeApiServer({ objects: [aPod('web-1')] });
  open.push(server);
  return server;
}

interface Bed {
  readonly app: AppFixture;
  /** A list of pods, of the default cluster when none is named. */
  readonly list: (cluster?: string) => Promise<Response>;
  readonly good: FakeApiServer;
  readonly broken: FakeApiServer;
}

async function aBed(allowed?: readonly string[]): Promise<Bed> {
  const [good, broken] = [await serving(), await serving()];
  const kubeconfig = await writeKubeconfig([
    { name: 'good', server: good.url },
    { name: 'broken', server: broken.url },
  ]);
  const clusters: Clusters = liveClusters(kubeconfig, { allowed });
  const app = anApp({
    clusters,
    call: { tools, settings, timeoutMs: 2_000, admission: createAdmission({ running: 10 }) },
  });
  open.push(app, clusters);
  const list = (cluster?: string) => app.fetch('/api/v1/tools/list_resources', aPost({ kind: 'pods', cluster }));
  return { app, list, good, broken };
}

describe('a service of several clusters', () => {
  it('answers for one while another hangs and has taken all places that it may', async () => {
    const { list, broken } = await aBed();
    broken.on(() => true, 'hang');
    await list();
    const hanging = Array.from({ length: 12 }, () => list('broken'));

    expect((await list('good')).status).toBe(200);
    const statuses = (await Promise.all(hanging)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 504)).toHaveLength(8);
    expect(statuses.filter((status) => status === 503)).toHaveLength(4);
  });

  it('has only those that are allowed: another looks as if it did not exist', async () => {
    const { app, list, broken } = await aBed(['good']);
    const listed = await app.fetch('/api/v1/tools/list_clusters', aPost({}));
    const refused = await list('broken');

    expect(await listed.json()).toMatchObject({ clusters: [{ name: 'good', default: true }] });
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ error_type: 'not_found', details: { clusters: ['good'] } });
    expect(broken.requests).toEqual([]);
  });
});
