import { once } from 'node:events';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, FaultProxy } from '../support/fault-proxy.ts';
import { apply, aService, eventually, kubectl, type Service } from './bed.ts';
import { aDetour } from './detour.ts';
import { type Healer, healersOf, objectOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('service-faults');
let healer: Healer;
let namespace: string;
let proxy: FaultProxy;
/** The cluster's own, but for the way, which leads through the proxy. */
let detour: string;
const ending: (() => unknown)[] = [];

beforeAll(async () => {
  healer = await healers.in('heal');
  ({ namespace } = healer);
  // A restart takes half a minute at least.
  await apply(namespace, aWorkload('web', { replicas: 1, spec: { minReadySeconds: 15 } }));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=120s');
  ({ proxy, kubeconfig: detour } = await aDetour());
});

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await healers.end();
});

async function aReplica(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Service> {
  const service = await aService(flags, env);
  ending.push(() => service.process.kill('SIGKILL'));
  return service;
}

/** Of all actions; whoever looks goes on with what a process that ended has left. */
async function states(): Promise<readonly string[]> {
  const { stdout } = await healer.run('list', '-o', 'json');
  return (JSON.parse(stdout) as { readonly actions: readonly { readonly state: string }[] }).actions.map(
    ({ state }) => state,
  );
}

async function diagnosed({ url }: Service) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ namespace });
  const response = await fetch(`${url}/api/v1/tools/diagnose`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as { readonly error_type?: string } };
}

describe('a network between the service and its API server', () => {
  it.each<readonly [string, Fault, readonly number[]]>([
    ['closes connections', 'close', [503]],
    ['loses everything', 'hang', [504]],
    ['stops in the middle of an answer', { hangAfter: 2_000 }, [503, 504]],
    ['resets in the middle of an answer', { resetAfter: 2_000 }, [503]],
    ['is another server', { says: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, [503]],
  ])('%s: callers and probes are told so, until it is over', async (_what, fault, statuses) => {
    const service = await aReplica(['--timeout', '12', '--k8s-cache-ttl', '0'], { KUBECONFIG: detour });
    expect((await diagnosed(service)).status).toBe(200);
    proxy.fault = fault;
    const answer = await diagnosed(service);
    const probes = [(await fetch(`${service.url}/health`)).status, (await fetch(`${service.url}/ready`)).status];
    proxy.fault = undefined;

    expect(statuses).toContain(answer.status);
    expect(answer.body.error_type).toMatch(/^(?:unavailable|timeout)$/);
    expect(probes).toEqual([200, 503]);
    await eventually(async () => {
      expect((await diagnosed(service)).status).toBe(200);
      expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    });
  });

  it.each<readonly [string, Fault]>([
    ['brings a byte at a time', { piece: 16, everyMs: 0 }],
    ['is slow', { lateMs: 100 }],
  ])('%s: callers see nothing of it', async (_what, fault) => {
    const service = await aReplica([], { KUBECONFIG: detour });
    proxy.fault = fault;
    const { status } = await diagnosed(service);
    proxy.fault = undefined;

    expect(status).toBe(200);
  });
});

describe('a service that is ended in the middle of an action', () => {
  it.each([
    ['by SIGTERM says how far it came, and another one finishes it', 'SIGTERM', 0],
    ['by SIGKILL loses nothing: another one finishes it', 'SIGKILL', null],
  ] as const)('%s', async (_what, signal, status) => {
    const service = await aReplica(['--heal', '--drain-delay', '1'], healer.env);
    const client = new Client({ name: 'e2e', version: '1' }, { capabilities: { elicitation: { form: {} } } });
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { apply: true } }));
    await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));
    const before = (await objectOf('deployment/web', namespace)).metadata.generation ?? 0;
    const answer = client
      .callTool({ name: 'restart_workload', arguments: { object: 'deployment/web', namespace } })
      .then(({ structuredContent }) => structuredContent)
      .catch((error: unknown) => error);
    await eventually(async () => expect(await states()).toContain('verifying'), { pause: 500 });
    const exited = once(service.process, 'exit');

    service.process.kill(signal);

    expect((await exited)[0]).toBe(status);
    const said = await answer;
    expect(signal === 'SIGKILL' ? said instanceof Error : said).toMatchObject(
      signal === 'SIGKILL' ? {} : { success: expect.any(Boolean) },
    );
    await eventually(
      async () => {
        const known = await states();
        expect(known).not.toContain('verifying');
        expect(known).toContain('healthy');
      },
      { seconds: 240 },
    );
    expect((await objectOf('deployment/web', namespace)).metadata.generation).toBe(before + 1);
  });
});
