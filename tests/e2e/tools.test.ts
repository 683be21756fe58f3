import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, aService, deleteNamespaces, eventually, kubectl, type Service } from './bed.ts';

let healthy: string;
let broken: string;
let service: Service;

beforeAll(async () => {
  healthy = await aNamespace('tools-healthy');
  broken = await aNamespace('tools-broken');
  await apply(healthy, readFileSync('tests/e2e/healthy.yaml', 'utf8'));
  await apply(broken, readFileSync('tests/e2e/faults/crash-app-error.yaml', 'utf8'));
  await kubectl('rollout', 'status', 'deployment/web', '-n', healthy, '--timeout=120s');
  service = await aService();
});

afterAll(async () => {
  await service.stop();
  await deleteNamespaces([healthy, broken]);
});

async function call(tool: string, input: object): Promise<object> {
  const response = await fetch(`${service.url}/api/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return (await response.json()) as object;
}

describe('a tool on a real cluster', () => {
  it('follows an Ingress to a pod', async () => {
    expect(await call('trace_route', { namespace: healthy, to: 'ingress/web' })).toMatchObject({
      success: true,
      ways: [
        {
          hops: expect.arrayContaining([
            expect.objectContaining({ object: expect.objectContaining({ kind: 'Service', name: 'web' }) }),
          ]),
        },
      ],
    });
  });

  it('says where a connection from a pod ends', async () => {
    expect(await call('trace_route', { namespace: healthy, from: 'deployment/web', to: 'service/web' })).toMatchObject({
      success: true,
      verdict: 'open',
    });
  });

  it('finds in a log what is worth reading', async () => {
    await eventually(async () => {
      const found = JSON.stringify(
        await call('analyze_logs', { namespace: broken, object: 'deployment/crash-app-error' }),
      );
      expect(found).toContain('the price list of tenant 42 is empty');
    });
  });

  it('tells what happened, newest first', async () => {
    await eventually(async () => {
      const found = JSON.stringify(await call('get_timeline', { namespace: broken }));
      expect(found).toContain('ended with code 1');
    });
  });

  it('shows usage beside requests', async () => {
    await eventually(
      async () => {
        expect(await call('get_usage', { namespace: healthy })).toMatchObject({
          success: true,
          pods: expect.arrayContaining([
            expect.objectContaining({
              memory: expect.objectContaining({ used: expect.any(Number), request: 8 * 2 ** 20 }),
            }),
          ]),
        });
      },
      { seconds: 90 },
    );
  });

  it('names the binding that allows something', async () => {
    expect(await call('check_access', { namespace: healthy, verb: 'get', resource: 'pods/log' })).toMatchObject({
      success: true,
      verdict: 'allowed',
      grants: [{ binding: { name: 'cluster-admin' } }],
    });
  });
});
