import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { aNamespace, deleteNamespaces, eventually, kubectl, run, script } from './bed.ts';
import { makeCustomKinds, removeCustomKinds } from './custom-kinds.ts';
import { aRelease, chart, helm, kustomized, type Manifest } from './release.ts';

let restricted: string;
let home: string;

beforeAll(async () => {
  [restricted, home] = (await Promise.all(['objects', 'objects-home'].map(aNamespace))) as [string, string];
  await kubectl('label', 'namespace', restricted, 'pod-security.kubernetes.io/enforce=restricted');
  await makeCustomKinds();
});

afterAll(async () => {
  await removeCustomKinds();
  await deleteNamespaces([restricted, home]);
});

/** Kinds of the Prometheus operator, which is not there, belong to others. */
const known = (text: string): readonly Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest)
    .filter(({ kind }) => !/^(?:ServiceMonitor|PodMonitor|PrometheusRule)$/.test(kind));

/** In one namespace, whatever they name: those of examples are not there. */
const moved = (manifests: readonly Manifest[]): readonly object[] =>
  manifests
    .filter(({ kind }) => kind !== 'Namespace')
    .map((manifest) => ({
      ...manifest,
      metadata: { ...manifest.metadata, ...(manifest.metadata.namespace !== undefined && { namespace: restricted }) },
    }));

/** What the API server says to each object; it keeps none. */
async function tried(manifests: readonly Manifest[]) {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: moved(manifests) });
  const args = ['exec', '--', 'kubectl', 'create', '--dry-run=server', '--validate=strict', '-f', '-'];
  const { status, stdout, stderr } = await run(script, args, { input: list });
  return { status, stderr, accepted: stdout.trim().split('\n').length };
}

/** The pods that the objects ask for, by themselves: Pod Security refuses pods, not their templates. */
const podsOf = (manifests: readonly Manifest[]): readonly Manifest[] =>
  manifests.flatMap((manifest): readonly Manifest[] => {
    if (manifest.kind === 'Pod') return [manifest];
    if (manifest.kind !== 'Deployment') return [];
    const { template } = manifest['spec'] as { template: Manifest };
    const metadata = { ...template.metadata, name: 'some', namespace: restricted };
    const { priorityClassName: _, ...spec } = template['spec'] as { priorityClassName?: string };
    const serviceAccountName = 'default';
    return [{ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, serviceAccountName } }];
  });

describe('the API server', () => {
  it.each(readdirSync(`${chart}/ci`))('takes every object and every pod that the chart makes of %s', async (file) => {
    const values = ['--namespace', restricted, '--values', `${chart}/ci/${file}`];
    const manifests = known(await helm('template', 'kubemend', chart, ...values));

    expect(await tried(manifests)).toEqual({ status: 0, stderr: '', accepted: manifests.length });
    expect(await tried(podsOf(manifests))).toEqual({ status: 0, stderr: '', accepted: 2 });
  });

  it.each(readdirSync('k8s/overlays'))('takes every object and every pod of the overlay %s', async (overlay) => {
    const manifests = known(await kustomized(`k8s/overlays/${overlay}`));

    expect(await tried(manifests)).toMatchObject({ status: 0, stderr: '' });
    expect(await tried(podsOf(manifests))).toEqual({ status: 0, stderr: '', accepted: 1 });
  });

  it('would refuse a pod that asks for more', async () => {
    const [pod] = podsOf(known(await helm('template', 'kubemend', chart)));
    const text = JSON.stringify(pod).replace('"allowPrivilegeEscalation":false', '"allowPrivilegeEscalation":true');

    const { status, stderr } = await tried([JSON.parse(text) as Manifest]);

    expect([status, stderr]).toEqual([1, expect.stringContaining('violates PodSecurity "restricted:latest"')]);
  });
});

/** Kind, namespace and name of all that there is, but what comes and goes by itself. */
async function everything(): Promise<readonly string[]> {
  const listed = await kubectl('api-resources', '--verbs=list', '--output=name');
  const kinds = listed
    .split('\n')
    .filter((kind) => !/^(?:events|leases|endpointslices|endpoints|$|.*metrics\.k8s)/.test(kind));
  const names = await kubectl(
    'get',
    kinds.join(),
    '-A',
    '--ignore-not-found',
    '-o',
    'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}{"\\n"}{end}',
  );
  return names
    .split('\n')
    .filter((name) => name !== '' && !name.includes('/kube-'))
    .toSorted();
}

describe('a release', () => {
  it('leaves nothing behind when it is uninstalled', async () => {
    const before = await everything();
    // What other tests have left may go meanwhile.
    const passing = (name: string) => /^PersistentVolume\/|\/e2e-/.test(name) && !name.includes(`/${home}/`);
    const changed = async () => {
      const now = await everything();
      const gone = before.filter((name) => !now.includes(name) && !passing(name));
      return [...now.filter((name) => !before.includes(name)), ...gone];
    };
    const release = await aRelease(home, { heal: { namespaces: [restricted], nodes: true } });
    const meanwhile = await changed();

    await release.uninstall();

    expect(meanwhile.length).toBeGreaterThan(15);
    await eventually(async () => expect(await changed()).toEqual([]));
  });

  it('makes a key at its first install, and keeps it', async () => {
    const release = await aRelease(home, { heal: { namespaces: [restricted] } });
    const keyOf = async () =>
      (parse(await kubectl('get', 'secret', release.name, '-n', home, '-o', 'yaml')) as { data: object }).data;
    const first = await keyOf();

    await release.install({ heal: { namespaces: [restricted] }, settings: { logLevel: 'DEBUG' } });

    expect(await keyOf()).toEqual(first);
    await release.uninstall();
    await expect(keyOf()).rejects.toThrow('NotFound');
  });

  it('says in its notes how to reach it, and what it may change', async () => {
    const notes = await helm(
      'install',
      'kubemend',
      chart,
      '--namespace',
      home,
      '--dry-run=server',
      '--set',
      `heal.namespaces={${restricted}}`,
    );

    expect(notes).toContain(`kubectl port-forward -n ${home} service/kubemend 8080`);
    expect(notes).toContain(`It may change things in ${restricted}; a person approves each change.`);
  });
});
