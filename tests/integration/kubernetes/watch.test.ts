import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRest, type Rest } from '../../../src/kubernetes/live/rest.ts';
import { watchTypes } from '../../../src/kubernetes/live/watch.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import {
  aFakeApiServer,
  closeServers,
  type FakeApiServer,
  type RecordedRequest,
} from '../../support/fake-api-server.ts';
import { aType } from '../../support/resource-types.ts';

const servers: FakeApiServer[] = [];
const rests: Rest[] = [];
let stop = new AbortController();

afterEach(async () => {
  stop.abort();
  stop = new AbortController();
  await Promise.all(rests.splice(0).map((rest) => rest.close()));
  await closeServers(servers.splice(0));
});

const path = '/api/v1/namespaces/shop/pods';
const isWatch = ({ path: asked, query }: RecordedRequest) => asked === path && query.has('watch');
const line = (type: string, resourceVersion: string) =>
  `${JSON.stringify({ type, object: { metadata: { resourceVersion } } })}\n`;

/** A server whose watches are answered by these, one each; further ones stay open and silent. */
async function watching(...answers: readonly ((response: ServerResponse) => void)[]) {
  const server = await aFakeApiServer({ denied: ['list secrets', 'watch configmaps'] });
  servers.push(server);
  let next = 0;
  server.on(isWatch, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    answers[next]?.(response);
    next += 1;
  });
  const rest = createRest({
    credentials: async () => ({ server: server.url, headers: {}, tls: {}, proxy: undefined }),
    metrics: noMetrics,
    requestId: () => undefined,
  });
  rests.push(rest);
  const changed = vi.fn<() => void>();
  const waits: number[] = [];
  const begin = (kinds = ['Pod']) =>
    watchTypes(
      rest,
      {
        types: kinds.map((kind) => aType(kind)),
        namespace: 'shop',
        changed,
        random: () => 0,
        wait: async (ms) => {
          waits.push(ms);
          await sleep(1);
        },
      },
      stop.signal,
    );
  const versions = () => server.requests.filter(isWatch).map(({ query }) => query.get('resourceVersion'));
  return { server, changed, waits, begin, versions };
}

describe('a watch', () => {
  it('tells of every change, and of no bookmark', async () => {
    const { changed, begin } = await watching((response) => {
      response.write(line('BOOKMARK', '1001'));
      response.write(line('ADDED', '1002') + line('MODIFIED', '1003').slice(0, 20));
      response.write(line('MODIFIED', '1003').slice(20));
    });

    expect(await begin()).toEqual({ unwatched: [] });

    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
  });

  it('asks for metadata and bookmarks, from the version that was listed', async () => {
    const { server, begin, versions } = await watching();

    await begin();

    await vi.waitFor(() => expect(versions()).toEqual(['1000']));
    const asked = server.requests.find(isWatch);
    expect(asked?.query.get('allowWatchBookmarks')).toBe('true');
    expect(asked?.headers.accept).toContain('as=PartialObjectMetadata;');
  });

  it('goes on from the last bookmark when the server ends it', async () => {
    const { changed, begin, versions, waits } = await watching((response) => response.end(line('BOOKMARK', '2000')));

    await begin();

    await vi.waitFor(() => expect(versions()).toEqual(['1000', '2000']));
    expect(changed).not.toHaveBeenCalled();
    expect(waits).toEqual([100]);
  });

  it('goes on from the same version when the connection breaks', async () => {
    const { begin, versions } = await watching((response) => response.destroy());

    await begin();

    await vi.waitFor(() => expect(versions()).toEqual(['1000', '1000']));
  });

  it('begins anew when its version is gone before it starts', async () => {
    const { server, changed, begin, versions } = await watching();
    server.on(isWatch, { status: 410, reason: 'Expired' }, 1);

    await begin();

    await vi.waitFor(() => expect(versions()).toEqual(['1000', '1000']));
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('takes a lost past for a change', async () => {
    const { changed, begin, server } = await watching((response) =>
      response.end('{"type":"ERROR","object":{"code":410,"reason":"Expired"}}\n'),
    );

    await begin();

    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
    expect(server.requests.filter((request) => request.path === path && !isWatch(request))).toHaveLength(2);
  });

  it('takes a server that is away, and back, for a change each', async () => {
    const { changed, begin, versions } = await watching(
      (response) => response.destroy(),
      (response) => response.destroy(),
    );

    await begin();

    await vi.waitFor(() => expect(versions()).toHaveLength(3));
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('leaves out what may not be listed, or not watched', async () => {
    const { begin } = await watching();

    expect(await begin(['Pod', 'Secret', 'ConfigMap'])).toEqual({ unwatched: ['Secret', 'ConfigMap'] });
  });

  it('fails when nothing may be watched', async () => {
    const { begin } = await watching();

    await expect(begin(['Secret'])).rejects.toMatchObject({ code: 'permission_denied' });
  });

  it('ends with its signal', async () => {
    const { begin, versions } = await watching((response) => response.write(line('ADDED', '1')));
    await begin();
    await vi.waitFor(() => expect(versions()).toHaveLength(1));

    stop.abort();
    await sleep(20);

    expect(versions()).toHaveLength(1);
  });
});
