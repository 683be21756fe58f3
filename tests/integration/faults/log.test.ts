import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { anObject } from '../../support/builders.ts';
import { aFakeApiServer } from '../../support/fake-api-server.ts';
import { aFaultProxy } from '../../support/fault-proxy.ts';
import { aServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { aPost } from '../transports/http-fixture.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function aService(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
  const service = await aServiceProcess('src/main.ts', flags, { RATE_LIMIT_ENABLED: 'false', ...env });
  ending.push(() => service.process.kill('SIGKILL'));
  return service;
}
const call = async ({ url }: Pick<ServiceProcess, 'url'>, tool: string, args: object) => {
  const response = await fetch(`${url}/api/v1/tools/${tool}`, aPost(args));
  return { status: response.status, body: (await response.json()) as object };
};

const restart = { object: 'deployment/web', namespace: 'shop' };

describe('a log that nobody reads', { timeout: 120_000 }, () => {
  it('keeps no call waiting and no memory, and nothing is changed that it would not tell of', async () => {
    const server = await aFakeApiServer({ objects: [anObject('Namespace', 'shop')] });
    ending.push(() => server.close());
    const kubeconfig = await server.kubeconfig();
    const service = await aService(['--kubeconfig', kubeconfig, '--heal'], {
      KUBEMEND_SIGNING_KEY: 'k'.repeat(32),
      LOG_LEVEL: 'DEBUG',
    });
    await call(service, 'list_clusters', {});
    const before = await service.metric('process_resident_memory_bytes');
    service.process.stderr?.pause();

    const statuses = new Set<number>();
    while ((await service.metric('mcp_audit_events_total{result="failed"}')) === 0)
      for (let calls = 0; calls < 100; calls++) statuses.add((await call(service, 'list_clusters', {})).status);

    expect([...statuses]).toEqual([200]);
    expect((await service.metric('process_resident_memory_bytes')) - before).toBeLessThan(150e6);
    expect(await call(service, 'restart_workload', restart)).toMatchObject({
      status: 503,
      body: { error_type: 'unavailable', error: 'The audit cannot be written, so nothing is changed.' },
    });
    service.process.stderr?.resume();
    await expect
      .poll(async () => (await call(service, 'restart_workload', restart)).body, { timeout: 10_000 })
      .toMatchObject({ error_type: 'not_found' });
  });

  it('may be closed: calls are answered, and nothing is changed any more', async () => {
    const service = await aService(['--demo', '--heal'], { KUBEMEND_SIGNING_KEY: 'k'.repeat(32) });
    service.process.stderr?.destroy();

    for (let calls = 0; calls < 20; calls++) expect((await call(service, 'list_clusters', {})).status).toBe(200);
    expect((await call(service, 'restart_workload', restart)).body).toMatchObject({
      error: 'The audit cannot be written, so nothing is changed.',
    });
    expect(await service.stop()).toBe(0);
  });
});

describe('a log of which little is wanted', { timeout: 30_000 }, () => {
  it('still tells who did what', async () => {
    const { port, [Symbol.asyncDispose]: free } = await aFaultProxy();
    await free();
    const words = ['--port', String(port), '--metrics-port', '0', '--demo', '--log-level', 'error'];
    const child = spawn(process.execPath, ['src/main.ts', 'serve', '--http', ...words]);
    ending.push(() => child.kill('SIGKILL'));
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += String(chunk);
    });
    const asked = () => call({ url: `http://127.0.0.1:${port}` }, 'list_clusters', {}).catch(() => ({ status: 0 }));
    await expect.poll(asked, { timeout: 20_000 }).toMatchObject({ status: 200 });

    await expect.poll(() => log).toMatch(/^\{"level":"info".*"tool":"list_clusters".*"msg":"audit"\}\n$/);
  });
});
