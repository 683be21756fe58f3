import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { leaseOf } from '../../src/kubernetes/live/action-lease.ts';
import { loadSigningKeys } from '../../src/kubernetes/live/signing-key.ts';
import { aRecord } from '../support/action-records.ts';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl, type Service } from './bed.ts';
import { makeCustomKinds, removeCustomKinds } from './custom-kinds.ts';
import { podsOf, unlimited } from './healer.ts';
import { type Asked, aRelease, askedBy, type Manifest, type Release, tokenOf } from './release.ts';
import { aServiceOf, aWorkload } from './workloads.ts';

let home: string;
let shop: string;
let other: string;
let release: Release;
let service: Service;
let boss: { readonly token: string; readonly client: Client };

/** Kinds that are read one by one alone. */
const onlyRead = [
  ['Application', 'argoproj.io/v1alpha1'],
  ['HelmRelease', 'helm.toolkit.fluxcd.io/v2'],
  ['Kustomization', 'kustomize.toolkit.fluxcd.io/v1'],
  ['Lease', 'coordination.k8s.io/v1'],
] as const;

/** In `other` nothing is healed, though the policy would let it: RBAC alone says so. */
beforeAll(async () => {
  [home, shop, other] = (await Promise.all(['rbac-home', 'rbac-shop', 'rbac-other'].map(aNamespace))) as [
    string,
    string,
    string,
  ];
  await makeCustomKinds();
  const policy = parse(unlimited) as object;
  release = await aRelease(home, {
    // A call says how an action ended as far as its time allows.
    settings: { rateLimitRequests: 1000, timeout: 240 },
    heal: { namespaces: [shop], nodes: true, policy },
  });
  await kubectl('create', 'serviceaccount', 'boss', '-n', other);
  await kubectl(
    'create',
    'clusterrolebinding',
    `boss-${other}`,
    '--clusterrole=cluster-admin',
    `--serviceaccount=${other}:boss`,
  );
  await Promise.all([fill(shop), fill(other)]);
  // Of what is not there the names that are like it are looked for, which takes a list.
  for (const [kind, apiVersion] of onlyRead)
    await apply(shop, JSON.stringify({ apiVersion, kind, metadata: { name: 'some' } }));
  service = await release.serve();
  const token = await tokenOf(other, 'boss', 'kubemend');
  boss = { token, client: await anAssistant(token) };
});

afterAll(async () => {
  await boss.client.close();
  await service.stop();
  await release.uninstall();
  await removeCustomKinds();
  await kubectl('delete', 'clusterrolebinding', `boss-${other}`);
  await kubectl('uncordon', 'node-1');
  await deleteNamespaces([home, shop, other]);
});

/** Workloads of each kind that have a revision to go back to. */
async function fill(namespace: string): Promise<void> {
  const surge = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
  const resources = { requests: { cpu: '2m', memory: '8Mi' }, limits: { memory: '16Mi' } };
  const all = (image: string) => [
    aWorkload('web', { image, container: { resources }, labels: { 'app.kubernetes.io/instance': 'web' } }),
    aWorkload('store', { kind: 'StatefulSet', replicas: 1, image }),
    aWorkload('agent', { kind: 'DaemonSet', spec: surge, image }),
  ];
  const rolledOut = (object: string) => kubectl('rollout', 'status', object, '-n', namespace, '--timeout=120s');
  for (const image of ['busybox:1.36', 'nginx:1.27']) {
    for (const workload of all(image)) await apply(namespace, workload);
    await Promise.all(['deployment/web', 'statefulset/store', 'daemonset/agent'].map(rolledOut));
  }
  await apply(namespace, aServiceOf('web'));
}

/** A client behind which a person says yes to every plan. */
async function anAssistant(token: string): Promise<Client> {
  const client = new Client(
    { name: 'e2e', version: '1' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { apply: true } }));
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`), { requestInit: { headers } }));
  return client;
}

async function call(name: string, args: object): Promise<Record<string, unknown>> {
  const { structuredContent } = await boss.client.callTool({ name, arguments: { ...args } }, { timeout: 280_000 });
  return structuredContent as Record<string, unknown>;
}

/** Does an action; says how it ended. */
async function healed(name: string, object: string, args: object = {}): Promise<unknown> {
  const place = object.startsWith('node/') ? {} : { namespace: shop };
  const { state, error } = await call(name, { object, ...place, ...args });
  return state ?? error;
}

interface Granted {
  /** Absent: in all. */
  readonly namespace: string | undefined;
  readonly permission: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const grantedBy = (manifests: readonly Manifest[]): readonly Granted[] =>
  manifests
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
    .flatMap(({ metadata: { namespace }, ...role }) =>
      (role['rules'] as readonly Rule[]).flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.map((verb) => ({
              namespace,
              permission: `${verb} ${group === '' ? '' : `${group}/`}${resource}`,
            })),
          ),
        ),
      ),
    );

/** `apps/deployments` as tools take it: `deployments.apps`. */
function kindIn(permission: string): string {
  const [group = '', resource] = permission.split(' ')[1]?.split('/') ?? [];
  return resource === undefined ? group : `${resource}.${group}`;
}

const uses =
  ({ namespace, permission }: Granted) =>
  (asked: Asked) =>
    asked.allowed && asked.permission === permission && (namespace === undefined || asked.namespace === namespace);

describe('the ServiceAccount of a release', () => {
  it('may read what every tool that reads asks for', async () => {
    const granted = grantedBy(await release.manifests());
    const here = granted.filter(({ namespace }) => namespace !== home);
    const of = (verb: string) =>
      here.filter(({ permission }) => permission.startsWith(`${verb} `) && !permission.includes('/log'));
    const [pod = ''] = await podsOf('web', shop);

    for (const { permission } of of('list'))
      expect(await call('list_resources', { kind: kindIn(permission), namespace: shop })).toMatchObject({
        success: true,
      });
    for (const { permission } of of('get'))
      expect(await call('get_resource', { kind: kindIn(permission), name: 'some', namespace: shop })).not.toMatchObject(
        {
          error_type: 'permission_denied',
        },
      );
    for (const [tool, args] of [
      ['list_clusters', {}],
      ['diagnose', { all_namespaces: true }],
      ['diagnose', { namespace: shop }],
      ['check_pod_health', { namespace: shop, pod_name: pod }],
      ['analyze_logs', { namespace: shop, object: 'deployment/web' }],
      ['get_timeline', { namespace: shop }],
      ['trace_route', { namespace: shop, to: 'service/web' }],
      ['get_usage', { all_namespaces: true }],
      ['check_access', { namespace: shop, verb: 'get', resource: 'pods', service_account: 'default' }],
    ] as const)
      expect(await call(tool, args)).toMatchObject({ success: true });
  });

  it('may do every action in the namespaces that are listed', async () => {
    const [pod = ''] = await podsOf('web', shop);

    const ended = [
      await healed('resize_workload', `pod/${pod}`, { container: 'app', memory_limit: '24Mi' }),
      await healed('evict_pod', `pod/${pod}`),
      await healed('set_image', 'deployment/web', { container: 'app', image: 'busybox:1.36' }),
      await healed('scale_workload', 'deployment/web', { replicas: 3 }),
      await healed('restart_workload', 'daemonset/agent'),
      await healed('rollback_workload', 'statefulset/store', { revision: 1 }),
      await healed('cordon_node', 'node/node-1'),
      await healed('cordon_node', 'node/node-1', { uncordon: true }),
    ];

    expect(ended).toEqual(ended.map(() => 'healthy'));
  });

  it('is refused by the API server itself in another namespace', async () => {
    const before = await kubectl('get', 'deployment', 'web', '-n', other, '-o', 'jsonpath={.metadata.resourceVersion}');

    const refused = await call('restart_workload', { object: 'deployment/web', namespace: other });

    expect(refused).toMatchObject({
      error_type: 'refused',
      error: expect.stringContaining(
        `User "${release.account}" cannot patch resource "deployments" in API group "apps"`,
      ),
    });
    expect(await askedBy(release.account)).toContainEqual(
      expect.objectContaining({ permission: 'patch apps/deployments', namespace: other, allowed: false }),
    );
    expect(await kubectl('get', 'deployment', 'web', '-n', other, '-o', 'jsonpath={.metadata.resourceVersion}')).toBe(
      before,
    );
  });

  it('may evict in all namespaces where it may drain nodes', async () => {
    const [pod = ''] = await podsOf('web', other);

    expect(await call('evict_pod', { object: `pod/${pod}`, namespace: other })).toMatchObject({ state: 'healthy' });
  });

  it('lists actions, and removes what is old', async () => {
    const { data } = JSON.parse(await kubectl('get', 'secret', release.name, '-n', home, '-o', 'json')) as {
      data: { KUBEMEND_SIGNING_KEY: string };
    };
    const record = aRecord({ createdAt: '2020-01-01T00:00:00.000Z', expiresAt: '2020-01-01T00:10:00.000Z' });
    const name = `kubemend-${record.id}`;
    const setting = Buffer.from(data.KUBEMEND_SIGNING_KEY, 'base64').toString();
    const [key = Buffer.alloc(0)] = await loadSigningKeys({ setting, environment: {} });
    await apply(home, JSON.stringify(leaseOf({ record, namespace: home, name, key })));

    expect(await call('list_actions', { all_namespaces: true })).toMatchObject({ success: true, unreadable: 0 });

    await expect(kubectl('get', 'lease', name, '-n', home)).rejects.toThrow('NotFound');
  });

  it('has asked for nothing that it may not, but Secrets, and may do nothing that it has not done', async () => {
    const asked = await askedBy(release.account);
    const granted = grantedBy(await release.manifests());

    const denied = asked.filter(
      ({ allowed, namespace, permission }) => !allowed && namespace !== other && !permission.endsWith(' secrets'),
    );
    expect(denied).toEqual([]);
    expect(granted.filter((each) => !asked.some(uses(each)))).toEqual([]);
    expect(asked.filter(({ permission }) => permission === 'create pods').every(({ dryRun }) => dryRun)).toBe(true);
    expect(granted.length).toBeGreaterThan(100);
  });

  it('leaves no record of an action when it is uninstalled', async () => {
    const records = () => kubectl('get', 'leases', '-n', home, '-o', 'name');
    const before = await records();

    await release.uninstall();

    expect(before.trim().split('\n').length).toBeGreaterThan(5);
    await eventually(async () => expect(await records()).toBe(''));
  });
});
