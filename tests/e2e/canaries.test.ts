import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCanaries } from '../support/canaries.ts';
import { catalogue } from '../support/catalogue-calls.ts';
import { aPrivateKey, secretLines } from '../support/secret-lines.ts';
import {
  aNamespace,
  apply,
  aService,
  deleteNamespaces,
  eventually,
  kubeconfig,
  kubectl,
  kubemend,
  type Service,
} from './bed.ts';
import { aWorkload } from './workloads.ts';

const canaries = createCanaries();
const folder = mkdtempSync(join(tmpdir(), 'kubemend-canaries-'));
const auditFile = join(folder, 'audit.jsonl');
const flags = ['--heal', '--log-level', 'debug', '--no-rate-limit-enabled', '--audit-file', auditFile];
let namespace: string;
let service: Service;

const log = [
  ...secretLines(canaries, 'log'),
  ...aPrivateKey(canaries.at('key in a log')).split('\n'),
  'fatal: giving up',
];

beforeAll(async () => {
  namespace = await aNamespace('canaries');
  const objects = [
    {
      kind: 'Secret',
      metadata: { name: 'db' },
      stringData: { password: canaries.at('Secret'), plain: canaries.at('plain key') },
    },
    {
      kind: 'ConfigMap',
      metadata: { name: 'lines' },
      data: { log: `${log.join('\n')}\n`, 'db.password': canaries.at('ConfigMap'), '.pgpass': canaries.at('pgpass') },
    },
  ];
  // kubectl writes all of it down in last-applied-configuration.
  for (const object of objects) await apply(namespace, JSON.stringify({ apiVersion: 'v1', ...object }));
  const container = {
    command: ['sh', '-c', `cat /lines/log; echo "password=${canaries.at('command')}" > /dev/termination-log; exit 1`],
    args: ['--password', canaries.at('argument')],
    env: [
      { name: 'DB_PASSWORD', value: canaries.at('env') },
      { name: 'URL', value: `postgres://shop:${canaries.at('URL')}@db/shop` },
    ],
    volumeMounts: [{ name: 'lines', mountPath: '/lines' }],
  };
  const annotations = { 'shop.example/api-key': canaries.at('annotation') };
  const pod = { volumes: [{ name: 'lines', configMap: { name: 'lines' } }] };
  await apply(namespace, aWorkload('web', { replicas: 1 }));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=120s');
  await apply(namespace, aWorkload('web', { replicas: 1, container, pod, annotations }));
  await eventually(async () => {
    const pods = await kubectl('get', 'pods', '-n', namespace);
    if (!/CrashLoopBackOff|Error +[2-9]/.test(pods)) throw new Error(pods);
  });
  service = await aService(flags);
});

afterAll(async () => {
  await service.stop();
  await deleteNamespaces([namespace]);
});

const asked = (tool: string): object => {
  const all: Readonly<Record<string, unknown>> = {
    object: 'deployment/web',
    namespace,
    to: 'service/web',
    verb: 'get',
    resource: 'secrets',
    kind: 'pods',
    replicas: 2,
    container: 'app',
    image: 'busybox:1.37',
    action_id: '0'.repeat(26),
  };
  const { shape } = catalogue.find(({ name }) => name === tool)?.input ?? { shape: {} };
  const one = tool === 'get_resource' ? { kind: 'secret', name: 'db' } : {};
  const names = Object.keys(shape).filter((name) => name in all && !(tool === 'list_actions' && name === 'action_id'));
  return { ...Object.fromEntries(names.map((name) => [name, all[name]])), ...one };
};

/** Every answer of every tool about the Deployment, and whole objects. */
async function toldTo(client: Client): Promise<string> {
  const told: unknown[] = [];
  for (const { name } of catalogue) told.push(await client.callTool({ name, arguments: { ...asked(name) } }));
  const pods = await kubectl('get', 'pods', '-n', namespace, '-o', 'name');
  for (const pod of pods
    .trim()
    .split('\n')
    .map((each) => each.replace('pod/', ''))) {
    told.push(await client.callTool({ name: 'get_resource', arguments: { kind: 'pod', name: pod, namespace } }));
    told.push(await client.callTool({ name: 'check_pod_health', arguments: { pod_name: pod, namespace } }));
  }
  for (const [kind, name] of [
    ['deployment', 'web'],
    ['configmap', 'lines'],
  ])
    told.push(await client.callTool({ name: 'get_resource', arguments: { kind, name, namespace } }));
  told.push(await client.readResource({ uri: `kubemend://reports/${namespace}` }));
  await client.close();
  return JSON.stringify(told);
}

describe('of real Secrets, variables, logs and what kubectl applied, nothing shows', () => {
  it('over HTTP, nor in the audit', async () => {
    const client = new Client({ name: 'e2e', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));
    const told = await toldTo(client);

    expect(told).toContain('giving up');
    expect(told).toContain('approval_required');
    expect(canaries.leaksIn(told)).toEqual([]);
    expect(canaries.leaksIn(readFileSync(auditFile, 'utf8'))).toEqual([]);
  });

  it('over stdio, nor in the log at DEBUG', async () => {
    const client = new Client({ name: 'e2e', version: '1' });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: ['dist/kubemend.js', 'serve', ...flags],
      env: { ...(process.env as Record<string, string>), KUBECONFIG: await kubeconfig(), KUBEMEND_K8S_QPS: '0' },
      stderr: 'pipe',
    });
    const chunks: Buffer[] = [];
    transport.stderr?.on('data', (chunk: Buffer) => void chunks.push(chunk));
    await client.connect(transport);
    const told = await toldTo(client);
    const logged = Buffer.concat(chunks).toString();

    expect(told).toContain('giving up');
    expect(logged).toContain('tool call');
    expect(canaries.leaksIn(`${told}${logged}`)).toEqual([]);
  });

  it('in records, Events and Leases that a plan leaves', async () => {
    const records = await kubectl('get', 'leases,events', '-n', namespace, '-o', 'json');
    const items = (JSON.parse(records) as { items: { kind: string; reportingComponent?: string }[] }).items;
    const ours = JSON.stringify(
      items.filter(({ kind, reportingComponent }) => kind === 'Lease' || reportingComponent === 'kubemend'),
    );

    expect(ours).toContain('kubemend.dev/action-record');
    expect(canaries.leaksIn(ours)).toEqual([]);
  });

  it('on the command line and in a snapshot', async () => {
    const file = join(folder, 'shop.kubemend.gz');
    const printed = await Promise.all([
      ...['tree', 'json', 'yaml', 'markdown'].map((format) => kubemend(['diagnose', '-n', namespace, '-o', format])),
      ...['text', 'json'].map((format) => kubemend(['logs', 'deployment/web', '-n', namespace, '-o', format])),
      kubemend(['heal', 'rollback', 'deployment/web', '-n', namespace]),
      kubemend(['snapshot', '-n', namespace, '-f', file]),
    ]);
    const text = printed.map(({ stdout, stderr }) => `${stdout}${stderr}`).join('\n');
    const archive = gunzipSync(readFileSync(file)).toString();

    expect(text).toContain('Deployment/web');
    expect(archive).toContain('DB_PASSWORD');
    expect(canaries.leaksIn(text)).toEqual([]);
    expect(canaries.leaksIn(archive)).toEqual([]);
  });
});
