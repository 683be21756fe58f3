import { afterEach, describe, expect, it } from 'vitest';
import type { ClustersOptions } from '../../../src/kubernetes/live/clusters.ts';
import type { Clusters } from '../../../src/kubernetes/ports.ts';
import { aFakeApiServer, closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { clustersOf } from '../../support/live-clusters.ts';

const signal = new AbortController().signal;
const names = Array.from({ length: 10 }, (_, each) => `web-${each}`);
const servers: FakeApiServer[] = [];

afterEach(() => closeServers(servers.splice(0)));

async function paced(options: Partial<ClustersOptions>): Promise<Clusters> {
  const objects = names.map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' } }));
  const server = await aFakeApiServer({ objects });
  servers.push(server);
  return clustersOf(server, { cacheTtlMs: 0, ...options });
}

/** Reads of the first so many pods. */
async function reads(clusters: Clusters, count: number, ending = signal): Promise<readonly Promise<unknown>[]> {
  const reader = await clusters.reader(undefined);
  return names.slice(0, count).map((name) => reader.get({ kind: 'Pod', namespace: 'shop', name }, ending));
}

const seenBy = (clusters: Clusters, user: string): Clusters =>
  clusters.as({ user: { user, groups: [] }, by: 'impersonation', logs: true });

describe('an API server', () => {
  it('is asked no faster than was said, by all callers together', async () => {
    const clusters = await paced({ pace: { perSecond: 40, burst: 3 } });
    const startedAt = performance.now();

    const [ada, bob] = await Promise.all(['ada', 'bob'].map((user) => reads(seenBy(clusters, user), 5)));
    await Promise.all([...(ada ?? []), ...(bob ?? [])]);

    // Seven of the ten waited, 25 ms one after another; a timer may end a millisecond early.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(7 * 24);
  });

  it('is found well while reads wait for their turn', async () => {
    const clusters = await paced({ pace: { perSecond: 1, burst: 1 } });
    const stop = new AbortController();
    const waiting = await reads(clusters, 9, stop.signal);
    const startedAt = performance.now();

    await clusters.ping(signal);

    expect(performance.now() - startedAt).toBeLessThan(900);
    stop.abort();
    await Promise.allSettled(waiting);
  });

  it('is not asked by reads that would have to wait past their time, and these say why', async () => {
    const clusters = await paced({ pace: { perSecond: 1, burst: 1 }, rest: { timeouts: { totalMs: 1500 } } });

    const ended = await Promise.allSettled(await reads(clusters, 4));

    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(ended[3]).toMatchObject({ reason: { code: 'unavailable', hint: expect.stringContaining('--k8s-qps') } });
  });
});
