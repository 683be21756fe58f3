import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, kubectl } from './bed.ts';
import { faultOf, provoke } from './fault.ts';
import { addressFor, inCluster, loaded, posted, readersOf, serviceIn, startOf, usageOf } from './image/pod.ts';

const mebibyte = 2 ** 20;
const fault = faultOf('config-key-missing.yaml');
let home: string;
let shop: string;
let address: string;
let token: string;
let started: Awaited<ReturnType<typeof startOf>>;

beforeAll(async () => {
  [home, shop] = await Promise.all([aNamespace('image'), aNamespace('image-shop')]);
  await kubectl('label', 'namespace', home, 'pod-security.kubernetes.io/enforce=restricted');
  address = await addressFor(home);
  await provoke(shop, fault);
  await apply(shop, readersOf(shop, home));
  await apply(home, serviceIn(home, ['--allowed-hosts', address, '--no-rate-limit-enabled']));
  started = await startOf(home);
  token = (await kubectl('create', 'token', 'caller', '-n', home, '--audience=kubemend')).trim();
  await kubectl('wait', '--for=condition=Ready', 'pod/kubemend', '-n', home, '--timeout=60s');
});
afterAll(async () => {
  await kubectl('delete', 'clusterrolebinding', `kubemend-${home}`, '--ignore-not-found');
  await deleteNamespaces([home, shop]);
});

const podField = (path: string) => kubectl('get', 'pod', 'kubemend', '-n', home, '-o', `jsonpath=${path}`);
const report = (what: string, value: string) => console.log(`image in a pod: ${what} ${value}`);

// Figures are told, and stand in docs/image.md; how fast a busy machine is fails no test. In this order: each shows what the
// one before it has left.
describe('the image in a pod of 512Mi and half a processor', () => {
  it('is ready soon after its start', async () => {
    const container = '{.status.containerStatuses[0].state.running.startedAt}';
    const [startedAt, readyAt] = await Promise.all([
      podField(container),
      podField('{.status.conditions[?(@.type=="Ready")].lastTransitionTime}'),
    ]);
    report('answers that it is ready after', `${started.readyMs} ms`);

    expect(started.readyMs).toBeLessThan(15_000);
    expect(Date.parse(readyAt) - Date.parse(startedAt)).toBeLessThanOrEqual(15_000);
  });

  it('finds a fault for a caller who may look there', async () => {
    await expect
      .poll(() => posted(`http://${address}:8080/api/v1/tools/diagnose`, token, { namespace: shop }), {
        timeout: 90_000,
        interval: 2_000,
      })
      .toMatchObject({
        success: true,
        causes: [{ rule: fault.rule, object: { name: 'key-missing', namespace: shop } }],
      });
  });

  it('says in its metrics which version it is', async () => {
    const { stdout: metrics } = await inCluster('curl', '-sS', `http://${address}:9090/metrics`);
    const image = await podField('{.spec.containers[0].image}');

    expect(metrics).toContain(`mcp_server_info{version="${image.split(':')[1]}",node_version="v24.`);
  });

  it('takes at most 90 MiB and hardly any processor while nobody calls', async () => {
    // By then nothing of a call is left to compile or to collect.
    await pause(30_000);
    const before = await usageOf(home);
    const seconds = 30;
    await pause(seconds * 1_000);
    const after = await usageOf(home);

    const millicores = (after.cpuMs - before.cpuMs) / seconds;
    report('idles with', `${(after.memoryBytes / mebibyte).toFixed(0)} MiB and ${millicores.toFixed(1)}m`);
    expect(after.memoryBytes).toBeLessThan(90 * mebibyte);
    expect(millicores).toBeLessThan(25);
  });

  it('stays within its memory while eight callers never wait', async () => {
    const { statuses, errors, p99 } = await loaded(`http://${address}:8080`, '30', shop, 'key-missing', token);

    const { mostBytes } = await usageOf(home);
    report(
      'under load takes',
      `${(mostBytes / mebibyte).toFixed(0)} MiB at most; ${JSON.stringify(statuses)}, p99 ${p99} ms`,
    );
    expect(statuses['200']).toBeGreaterThan(100);
    expect(Object.keys(statuses).filter((status) => status >= '500')).toEqual([]);
    expect(errors).toBe(0);
    expect(mostBytes).toBeLessThan(512 * mebibyte);
    expect(await podField('{.status.containerStatuses[0].restartCount}')).toBe('0');
  });
});
