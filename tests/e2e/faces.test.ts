import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  aNamespace,
  apply,
  aService,
  cluster,
  deleteNamespaces,
  eventually,
  kubeconfig,
  kubectl,
  kubemend,
  type Service,
} from './bed.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubemend-e2e-'));
let namespace: string;
let broken: string;
let service: Service;
let url: string;

beforeAll(async () => {
  namespace = await aNamespace('healthy');
  broken = await aNamespace('broken');
  await apply(namespace, readFileSync('tests/e2e/healthy.yaml', 'utf8'));
  await apply(broken, readFileSync('tests/e2e/faults/config-key-missing.yaml', 'utf8'));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=120s');
  await kubectl('rollout', 'status', 'statefulset/store', '-n', namespace, '--timeout=120s');
  await kubectl('wait', '--for=condition=complete', 'job/once', '-n', namespace, '--timeout=120s');
  await eventually(async () => {
    const pods = await kubectl('get', 'pods', '-n', broken);
    if (!pods.includes('CreateContainerConfigError')) throw new Error(pods);
  });
  service = await aService();
  ({ url } = service);
});

afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
  await deleteNamespaces([namespace, broken]);
});

const eras = ['modern', 'legacy'] as const;
const clientOf = (era: (typeof eras)[number]): Client =>
  new Client({ name: 'e2e', version: '1' }, era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {});

interface Structured {
  readonly success: boolean;
  readonly verdict?: string;
  readonly causes?: readonly { readonly rule: string }[];
}
const structured = (result: object): Structured => (result as { structuredContent: Structured }).structuredContent;

describe.each(eras)('a %s MCP client', (era) => {
  it('gets the root cause over stdio', async () => {
    const client = clientOf(era);
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: ['dist/kubemend.js', 'serve'],
        env: { ...(process.env as Record<string, string>), KUBECONFIG: await kubeconfig() },
      }),
    );

    const result = await client.callTool({ name: 'diagnose', arguments: { namespace: broken } });

    expect(client.getProtocolEra()).toBe(era);
    expect(structured(result).causes?.map(({ rule }) => rule)).toEqual(['config-key-missing']);
    await client.close();
  });

  it('gets the root cause over HTTP', async () => {
    const client = clientOf(era);
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));

    const result = await client.callTool({ name: 'diagnose', arguments: { namespace: broken } });

    expect(structured(result).causes?.map(({ rule }) => rule)).toEqual(['config-key-missing']);
    await client.close();
  });
});

describe('the command line', () => {
  it('calls a healthy namespace healthy, with status 0', async () => {
    const { status, stdout } = await kubemend(['diagnose', '-n', namespace]);

    expect(stdout).toContain(`${namespace}: 4 pods`);
    expect(status).toBe(0);
  });

  it('prints the cause as a tree, with status 1', async () => {
    const { status, stdout } = await kubemend(['diagnose', '-n', broken]);

    expect(stdout).toMatch(/✖ Deployment\/\S+ cannot start: ConfigMap\/\S+ has no key/);
    expect(status).toBe(1);
  });

  it('answers about one object', async () => {
    const { status, stdout } = await kubemend(['diagnose', 'service/web', '-n', namespace, '-o', 'json']);

    expect(JSON.parse(stdout)).toMatchObject({ success: true, verdict: 'healthy' });
    expect(status).toBe(0);
  });

  it('suggests the nearest namespace for one that does not exist', async () => {
    const { status, stderr } = await kubemend(['diagnose', '-n', `${namespace}x`]);

    expect(stderr).toContain(namespace);
    expect(status).toBe(2);
  });

  it('gives the same answer from a snapshot as from the cluster', async () => {
    const file = join(folder, 'snapshot.gz');
    expect(await kubemend(['snapshot', '-n', broken, '-f', file])).toMatchObject({ status: 0 });

    const { stdout } = await kubemend(['diagnose', '--from', file, '-n', broken, '-o', 'json'], {
      KUBECONFIG: '/nowhere',
    });

    expect((JSON.parse(stdout) as Structured).causes?.map(({ rule }) => rule)).toEqual(['config-key-missing']);
  });

  it('finds nothing wrong with an administrator’s access', async () => {
    const { status, stdout } = await kubemend(['doctor']);

    expect(stdout).toContain('✔');
    expect(status).toBe(0);
  });
});

describe('a caller who may not read everything', () => {
  it('is told what could not be seen', async () => {
    await kubectl('create', 'serviceaccount', 'viewer', '-n', broken);
    await kubectl(
      'create',
      'role',
      'pods-only',
      '-n',
      broken,
      '--verb=get,list',
      '--resource=pods,events,deployments.apps,replicasets.apps',
    );
    await kubectl(
      'create',
      'rolebinding',
      'viewer',
      '-n',
      broken,
      '--role=pods-only',
      `--serviceaccount=${broken}:viewer`,
    );
    const token = (await kubectl('create', 'token', 'viewer', '-n', broken)).trim();
    const limited = join(folder, 'viewer.kubeconfig');
    await writeKubeconfigOf(token, limited);

    const { stdout } = await kubemend(['diagnose', '-n', broken, '-o', 'json'], { KUBECONFIG: limited });

    const answer = JSON.parse(stdout) as Structured & { blind_spots: readonly { what: string; why: string }[] };
    expect(answer.causes?.[0]?.rule).toBe('config-key-missing');
    expect(answer.blind_spots.map(({ what }) => what).join()).toContain('Service');
  });
});

describe('readiness', () => {
  const ready = async (): Promise<number> => (await fetch(`${url}/ready`)).status;

  it('follows the API server, and health does not', async () => {
    expect(await ready()).toBe(200);

    try {
      await cluster('stop-apiserver');
      await eventually(async () => expect(await ready()).toBe(503));
      expect((await fetch(`${url}/health`)).status).toBe(200);
      const { status, stderr } = await kubemend(['diagnose', '-n', broken]);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/API server at .* (broke|cannot be reached)|Nothing listens/),
      ]);
    } finally {
      await cluster('start-apiserver');
    }
    await eventually(async () => expect(await ready()).toBe(200));
  });
});

/** Writes the host's kubeconfig with a token instead of the administrator's certificate. */
async function writeKubeconfigOf(token: string, file: string): Promise<void> {
  const config = parse(readFileSync(await kubeconfig(), 'utf8')) as { users: { user: object }[] };
  for (const entry of config.users) entry.user = { token };
  writeFileSync(file, stringify(config), { mode: 0o600 });
}
