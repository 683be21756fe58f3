import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl, run, script } from './bed.ts';
import { aRelease, type Release } from './release.ts';
import { aWorkload } from './workloads.ts';

let home: string;
let shop: string;
let release: Release;

/** Its ServiceAccount may do everything by RBAC: what it may not is the ValidatingAdmissionPolicy's word. */
beforeAll(async () => {
  [home, shop] = (await Promise.all(['admit-home', 'admit-shop'].map(aNamespace))) as [string, string];
  release = await aRelease(home, { heal: { namespaces: [shop] } });
  await kubectl(
    'create',
    'clusterrolebinding',
    `all-${home}`,
    '--clusterrole=cluster-admin',
    `--serviceaccount=${home}:${release.name}`,
  );
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
    const name = kind.toLowerCase();
    await apply(shop, aWorkload(name, { kind, annotations: { owner: 'shop' }, labels: { team: 'shop' } }));
    // Where the API server was away a moment ago, controllers come back late.
    await kubectl('rollout', 'status', `${kind}/${name}`, '-n', shop, '--timeout=120s');
  }
  // The policy holds some moments after it is there.
  await eventually(async () => {
    const { status } = await asRelease('create', 'configmap', 'some', '-n', shop, '--dry-run=server');
    if (status === 0) throw new Error('the policy does not hold yet');
  });
});

afterAll(async () => {
  await kubectl('delete', 'clusterrolebinding', `all-${home}`);
  await release.uninstall();
  await deleteNamespaces([home, shop]);
});

/** kubectl in the name of the ServiceAccount. */
const asRelease = (...args: readonly string[]) =>
  run(script, ['exec', '--', 'kubectl', '--as', release.account, ...args]);

type Step = [op: 'add' | 'replace' | 'remove', path: string, value?: unknown];
const signed: Step = ['add', '/metadata/annotations/kubemend.dev~1action', '1rwv4mmzmw3bqzag32v62ysv4j'];

async function patched(object: string, ...steps: readonly Step[]): Promise<string> {
  const patch = JSON.stringify(steps.map(([op, path, value]) => ({ op, path, value })));
  const place = object.startsWith('node/') ? [] : ['-n', shop];
  const { stdout, stderr } = await asRelease('patch', object, ...place, '--type=json', '-p', patch);
  return stdout === '' ? stderr : 'patched';
}

const template = '/spec/template';
const app = `${template}/spec/containers/0`;

describe.each([
  ['deployment/deployment', 'strategy', 'Recreate'],
  ['statefulset/statefulset', 'updateStrategy', 'OnDelete'],
  ['daemonset/daemonset', 'updateStrategy', 'OnDelete'],
])('of %s', (object, strategy, other) => {
  it.each<Step>([
    ['replace', `${app}/image`, 'nginx:1.27'],
    ['add', `${app}/resources/requests/memory`, '5Mi'],
    ['add', `${template}/metadata/annotations`, { 'kubectl.kubernetes.io/restartedAt': '2026-11-27T12:00:00Z' }],
  ])('the release may %s %s', async (...step) => {
    expect(await patched(object, signed, step)).toBe('patched');
  });

  it.each<Step>([
    ['add', '/spec/minReadySeconds', 30],
    ['add', '/spec/revisionHistoryLimit', 1],
    ['replace', `/spec/${strategy}`, { type: other }],
  ])('the release may not %s %s', async (...step) => {
    expect(await patched(object, signed, step)).toContain('kubemend changes only replicas and the pod template');
  });

  it.each<Step>([
    ['add', '/metadata/labels/team', 'other'],
    ['add', '/metadata/labels/more', 'x'],
    ['remove', '/metadata/labels/team'],
    ['add', '/metadata/annotations/owner', 'other'],
    ['remove', '/metadata/annotations/owner'],
    ['add', '/metadata/finalizers', ['example.com/never']],
    ['add', '/metadata/ownerReferences', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' }]],
  ])('the release may not %s %s', async (...step) => {
    expect(await patched(object, signed, step)).toContain(
      'kubemend changes no labels, owners and finalizers, and no annotation but its own',
    );
  });
});

describe('the release', () => {
  it('may change replicas where there are some, and signs what it changes', async () => {
    await apply(shop, aWorkload('unsigned'));

    expect(await patched('deployment/unsigned', ['replace', '/spec/replicas', 1])).toContain(
      'kubemend signs each change with the action that it belongs to',
    );
    expect(await patched('deployment/deployment', signed, ['replace', '/spec/replicas', 1])).toBe('patched');
  });

  it('may cordon a node, and change nothing else of it', async () => {
    const taint = { key: 'x', effect: 'NoSchedule' };

    expect(await patched('node/node-1', signed, ['add', '/spec/unschedulable', true])).toBe('patched');
    expect(await patched('node/node-1', signed, ['add', '/spec/taints', [taint]])).toContain('kubemend changes only');
    expect(await patched('node/node-1', signed, ['add', '/metadata/labels/x', 'y'])).toContain('changes no labels');
    await kubectl('uncordon', 'node-1');
    await kubectl('annotate', 'node', 'node-1', 'kubemend.dev/action-');
  });

  it.each([
    ['delete deployment', ['delete', 'deployment', 'deployment']],
    ['make ConfigMaps', ['create', 'configmap', 'some']],
    ['make Secrets', ['create', 'secret', 'generic', 'some']],
    ['make tokens', ['create', 'token', 'default']],
    ['give itself roles', ['create', 'rolebinding', 'some', '--clusterrole=admin', '--user=x']],
    ['evict by deletion', ['delete', 'pods', '--all']],
  ])('may not %s, whatever RBAC says', async (_, args) => {
    expect((await asRelease(...args, '-n', shop)).stderr).toContain('kubemend does only what its actions are made of');
  });

  it('runs no command in a pod', async () => {
    await kubectl('rollout', 'status', 'deployment/deployment', '-n', shop, '--timeout=60s');

    expect((await asRelease('exec', 'deployment/deployment', '-n', shop, '--', 'id')).stderr).toContain(
      'kubemend does only what its actions are made of',
    );
  });

  it('tries pods, and makes none', async () => {
    const pod = ['run', 'some', '--image=busybox:1.36', '-n', shop];

    expect((await asRelease(...pod, '--dry-run=server')).status).toBe(0);
    expect((await asRelease(...pod)).stderr).toContain('kubemend tries pods and makes none');
  });

  it('keeps its records in Leases of its own', async () => {
    const lease = (name: string, namespace: string) =>
      run(script, ['exec', '--', 'kubectl', '--as', release.account, 'create', '-n', namespace, '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name } }),
      });

    expect((await lease('kubemend-1', home)).status).toBe(0);
    for (const [name, namespace] of [
      ['other', home],
      ['kubemend-1', shop],
      ['kubemend-1', 'kube-system'],
    ] as const)
      expect((await lease(name, namespace)).stderr).toContain('kubemend keeps its records in Leases');
    expect((await asRelease('delete', 'lease', 'kubemend-1', '-n', home)).status).toBe(0);
  });

  it('keeps nobody else from anything', async () => {
    await kubectl('label', 'deployment', 'deployment', '-n', shop, 'team=other', '--overwrite');

    const policy = `validatingadmissionpolicy/${home}-${release.name}`;
    expect(await kubectl('get', policy, '-o', 'jsonpath={.status.typeChecking}')).toBe('{}');
  });
});
