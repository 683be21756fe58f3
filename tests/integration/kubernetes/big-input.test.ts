import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/engines/diagnosis/diagnose.ts';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { nextReads } from '../../../src/engines/reads.ts';
import type { Scope, SnapshotData } from '../../../src/engines/snapshot-data.ts';
import { openArchive } from '../../../src/kubernetes/archive/open.ts';
import { digest } from '../../../src/tools/report/digest.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPendingPod,
  minutesAgo,
  waiting,
} from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { clustersOf } from '../../support/live-clusters.ts';

const now = Date.parse(minutesAgo(0));
const missingTag = waiting('ImagePullBackOff', 'failed to resolve reference "registry.example/app:1.0": not found');
const node = anObject('Node', 'node-1', { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'other'), node];
const password = 'hunter2hunter2';
const annotations = { notes: `password=${password} `.repeat(200_000) };
const broken = { containers: [aContainer('app', missingTag)] };
const web = aDeployment('web', { replicas: 2, pod: broken });
const shop: Scope = { namespace: 'shop' };
const servers: FakeApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function collected(objects: readonly KubernetesObject[], scope: Scope): Promise<SnapshotData> {
  const server = await aFakeApiServer({ objects: [...around, ...objects], clock: now });
  servers.push(server);
  const clusters = await clustersOf(server, { nextReads, now: () => now });
  const reader = await clusters.reader(undefined);
  return reader.collect(scope, AbortSignal.timeout(60_000));
}

function answerOf(data: SnapshotData) {
  const explanation = diagnose(data);
  const answer = digest(explanation, { limit: 5 });
  return { answer, bytes: Buffer.byteLength(JSON.stringify(answer)), causes: answer.causes.map(({ rule }) => rule) };
}

const variables = Array.from({ length: 10_000 }, (_, index) => ({ name: `V${index}`, value: `http://svc-${index}/` }));
const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`label-${index}`, 'x']));
const inputs: Readonly<Record<string, readonly KubernetesObject[]>> = {
  'an annotation of 5 MB on a pod': aDeployment('web', { pod: { ...broken, metadata: { annotations } } }).all,
  'an annotation of 5 MB on a Deployment': aDeployment('web', { pod: broken, metadata: { annotations } }).all,
  '10,000 labels': aDeployment('web', { pod: { ...broken, metadata: { labels } } }).all,
  '10,000 variables': aDeployment('web', {
    pod: { containers: [aContainer('app', { ...missingTag, env: variables })] },
  }).all,
  '10,000 events on one pod': [
    ...web.all,
    ...Array.from({ length: 10_000 }, (_, index) =>
      anEvent(web.pods[0] ?? node, 'Failed', 'x'.repeat(index % 500)),
    ).map((event, index) => ({ ...event, metadata: { ...event.metadata, name: `web.${index}` } })),
  ],
};

describe('with much to read', { timeout: 60_000 }, () => {
  it.each(Object.entries(inputs))('the cause is named in a short answer: %s', async (_, objects) => {
    const { answer, bytes, causes } = answerOf(await collected(objects, shop));

    expect(causes).toEqual(['image-tag-not-found']);
    expect(bytes).toBeLessThanOrEqual(6_000);
    expect(JSON.stringify(answer)).not.toContain(password);
  });

  it('nothing is kept of a text that nobody reads to its end', async () => {
    const { objects } = await collected(inputs['an annotation of 5 MB on a pod'] ?? [], shop);

    expect(JSON.stringify(objects).length).toBeLessThan(2_000_000);
    expect(JSON.stringify(objects)).not.toContain(password);
  });

  it.each(['an annotation of 5 MB on a pod', 'an annotation of 5 MB on a Deployment'])(
    'an archive with %s is read as well',
    async (name) => {
      const path = join(await mkdtemp(join(tmpdir(), 'kubemend-')), 'shop.json');
      await writeFile(
        path,
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...around, ...(inputs[name] ?? [])] }),
      );

      const { data } = await openArchive(path);

      expect(answerOf({ ...data, scope: shop }).causes).toContain('image-tag-not-found');
      expect(JSON.stringify(data)).not.toContain(password);
    },
  );

  const crowd = Array.from({ length: 2000 }, (_, index) =>
    aPendingPod(`waits-${index}`, '0/1 nodes are available: 1 Insufficient cpu.', { metadata: { namespace: 'other' } }),
  );

  it('pods that wait in another namespace cost nothing', async () => {
    const alone = await collected(web.all, shop);
    const beside = await collected([...web.all, ...crowd], shop);

    expect(answerOf(beside).causes).toEqual(['image-tag-not-found']);
    expect(beside.cost).toMatchObject({ requests: alone.cost.requests, bytes: alone.cost.bytes });
  });

  it('of many pods that wait a few are looked at', async () => {
    const data = await collected([...web.all, ...crowd], {});
    const { bytes, causes } = answerOf(data);

    expect(causes[0]).toBe('image-tag-not-found');
    expect(bytes).toBeLessThanOrEqual(6_000);
    expect(data.cost.requests).toBeLessThan(150);
  });
});

describe('a cluster whose clock differs', () => {
  it.each([5, -5])('by %i minutes tells its own time', async (minutes) => {
    const server = await aFakeApiServer({ objects: [...around, ...web.all], clock: now });
    servers.push(server);
    const clusters = await clustersOf(server, { nextReads, now: () => now - minutes * 60_000 });
    const reader = await clusters.reader(undefined);

    const { takenAt } = await reader.collect(shop, AbortSignal.timeout(20_000));

    expect(takenAt).toBe(new Date(now).toISOString());
  });

  it('is taken to agree when the difference is that of its answers', async () => {
    const server = await aFakeApiServer({ objects: around, clock: now });
    servers.push(server);
    const clusters = await clustersOf(server, { nextReads, now: () => now + 900 });
    const reader = await clusters.reader(undefined);

    const { takenAt } = await reader.collect(shop, AbortSignal.timeout(20_000));

    expect(takenAt).toBe(new Date(now + 900).toISOString());
  });

  it.each([5, -5])('by %i minutes in an archive, has the same cause', (minutes) => {
    const data: SnapshotData = {
      takenAt: minutesAgo(minutes),
      source: 'shop.json',
      cluster: 'shop',
      scope: shop,
      objects: [...around, ...web.all],
      heads: [],
      podRows: [],
      logs: [],
      reads: [],
      cost: { requests: 0, bytes: 0, durationMs: 0 },
    };

    const { answer, causes } = answerOf(data);

    expect(causes).toEqual(['image-tag-not-found']);
    expect(JSON.stringify(answer)).not.toMatch(/for -|NaN|Invalid/);
  });
});
