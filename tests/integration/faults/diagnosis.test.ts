import { execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { aContainer, aDeployment, anEvent, anObject, aPod, crashed, waiting } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import type { Fault } from '../../support/fault-proxy.ts';
import { aServiceBed, type ServiceBed } from './service-bed.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

const missingTag = waiting('ImagePullBackOff', 'failed to resolve reference "registry.example/app:1.0": not found');
const web = aDeployment('web', { replicas: 2, pod: { containers: [aContainer('app', missingTag)] } });
const around = [
  anObject('Namespace', 'shop'),
  anObject('Node', 'node-1', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
];

async function aShop(
  objects: readonly KubernetesObject[] = web.all,
  options: Parameters<typeof aServiceBed>[1] = {},
): Promise<{ readonly server: FakeApiServer; readonly bed: ServiceBed }> {
  const server = await aFakeApiServer({ objects: [...around, ...objects] });
  ending.push(() => server.close());
  const bed = await aServiceBed(server, options);
  ending.push(() => bed.close());
  return { server, bed };
}
const shop = { namespace: 'shop' };

describe('a diagnosis', { timeout: 30_000 }, () => {
  it('names the cause, and what it could not see while lists of a kind expire over and over', async () => {
    const events = Array.from({ length: 700 }, (_, index) => anEvent(web.deployment, `Reason${index}`, 'again'));
    const { server, bed } = await aShop([...web.all, ...events], { patient: true });
    server.on(({ query }) => query.has('continue'), { status: 410, reason: 'Expired' });

    const { status, body } = await bed.rest('diagnose', shop);

    expect([status, body]).toMatchObject([
      200,
      { causes: [{ rule: 'image-tag-not-found' }], blind_spots: [{ why: 'Only the first 500 were read.' }] },
    ]);
    expect(server.requests.filter(({ query }) => query.has('continue')).length).toBeLessThanOrEqual(2);
    expect(await bed.mcp('diagnose', shop)).toMatchObject({ causes: [{ rule: 'image-tag-not-found' }] });
  });

  it('names the cause, and what it could not see while a kind is never answered', async () => {
    const { server, bed } = await aShop();
    server.on(({ path }) => path.endsWith('/services'), 'hang');

    const { status, body } = await bed.rest('diagnose', shop);

    expect([status, body]).toMatchObject([200, { causes: [{ rule: 'image-tag-not-found' }] }]);
    expect(JSON.stringify(body)).toMatch(/"what":"Service in shop"/);
  });

  it.each<readonly [string, Fault, number, string]>([
    ['closes connections', 'close', 503, 'unavailable'],
    ['says nothing', 'hang', 504, 'timeout'],
  ])('says what is wrong when the API server %s, and no cause', async (_what, fault, status, type) => {
    const { bed } = await aShop();
    bed.proxy.fault = fault;

    expect(await bed.rest('diagnose', shop)).toMatchObject({ status, body: { success: false, error_type: type } });
    expect(await bed.mcp('diagnose', shop)).toMatchObject({ success: false, error_type: type });
    expect((await fetch(`${bed.url}/ready`)).status).toBe(503);
  });
});

describe('fifty thousand pods', { timeout: 120_000 }, () => {
  const many = Array.from({ length: 50_000 }, (_, index) =>
    aPod(`checkout-7d9f8b6c5d-${index}`, { metadata: { namespace: 'crowd' } }),
  );

  it('are listed page by page, and hide no cause', async () => {
    const { server, bed } = await aShop([anObject('Namespace', 'crowd'), ...web.all, ...many]);
    const { status, body } = await bed.rest('list_resources', { kind: 'pods', namespace: 'crowd' });
    const listed = server.requests.length;

    expect([status, body]).toMatchObject([200, { cursor: expect.any(String) }]);
    expect(JSON.stringify(body).length).toBeLessThan(256 * 1024);
    expect(listed).toBeLessThanOrEqual(3);
    expect(await bed.rest('diagnose', shop)).toMatchObject({
      status: 200,
      body: { causes: [{ rule: 'image-tag-not-found' }] },
    });
    const paged = server.requests.slice(listed).filter(({ path }) => path.includes('/namespaces/crowd/'));
    expect(paged).toEqual([]);
  });
});

/** Sends lines for as long as they are taken, up to a gigabyte; how many bytes that were. */
function aGigabyte(): { readonly sent: () => number; readonly send: (_: unknown, response: ServerResponse) => void } {
  const lines = '2026-11-01T00:00:00.000000000Z ERROR cannot reach db:5432: connection refused\n'.repeat(1_000);
  let sent = 0;
  return {
    sent: () => sent,
    send(_, response) {
      const more = () => {
        while (!response.destroyed && sent < 1e9) {
          sent += lines.length;
          if (response.write(lines)) continue;
          response.once('drain', more);
          return;
        }
        response.end();
      };
      response.writeHead(200, { 'content-type': 'text/plain' });
      more();
    },
  };
}

describe('a log of a gigabyte, of a server that knows no limits', { timeout: 30_000 }, () => {
  const pod = aPod('db-0', { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] });

  it.each([
    ['analyze_logs', { object: 'pod/db-0', namespace: 'shop' }],
    ['check_pod_health', { pod_name: 'db-0', namespace: 'shop' }],
  ])('is read by %s as far as it is wanted', async (tool, args) => {
    const { server, bed } = await aShop([pod], { patient: tool === 'check_pod_health' });
    const log = aGigabyte();
    server.on(({ path }) => path.endsWith('/log'), log.send);

    const { status, body } = await bed.rest(tool, args);

    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('connection refused');
    expect(JSON.stringify(body).length).toBeLessThan(256 * 1024);
    // How far that is before its time is over depends on the machine.
    expect(log.sent()).toBeLessThan(1e9);
  });
});

describe('whoever asks at a terminal', { timeout: 60_000 }, () => {
  const diagnosed = (kubeconfig: string) =>
    new Promise<{ readonly status: unknown; readonly stdout: string; readonly stderr: string }>((resolve) => {
      const args = ['src/main.ts', 'diagnose', '-n', 'shop', '--kubeconfig', kubeconfig, '--timeout', '12'];
      execFile(process.execPath, args, (error, stdout, stderr) =>
        resolve({ status: error?.code ?? 0, stdout, stderr }),
      );
    });

  it.each<readonly [string, Fault, RegExp]>([
    ['closes connections', 'close', /The connection to the API server at [\d.:]+ broke\.\n.*Try again/],
    ['says nothing', 'hang', /Nothing was answered in [\d.]+ s|took too long/],
    ['speaks another language', { says: 'SSH-2.0-x\r\n' }, /does not speak HTTP as an API server does\./],
  ])('is told by status 2 and a sentence that the API server %s', async (_what, fault, says) => {
    const { bed } = await aShop();
    bed.proxy.fault = fault;

    expect(await diagnosed(bed.kubeconfig)).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(says) });
  });
});
