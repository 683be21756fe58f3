/** The chart as it is installed on the real cluster, and what its ServiceAccount does there. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { writeKubeconfig } from '../support/kubeconfig-file.ts';
import { aService, kubeconfig, kubectl, run, type Service } from './bed.ts';

export const chart = 'k8s/helm/kubemend';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** Where helm and kubectl are. */
export async function helmFolder(): Promise<string> {
  const { status, stdout, stderr } = await run('tests/deployment/tools.sh', []);
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** Runs helm on the cluster; what goes wrong is thrown. */
export async function helm(...args: readonly string[]): Promise<string> {
  const tools = await helmFolder();
  const { status, stdout, stderr } = await run(`${tools}/helm`, args, { env: { KUBECONFIG: await kubeconfig() } });
  if (status !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** What `kubectl apply -k` sends. */
export async function kustomized(folder: string): Promise<string> {
  const tools = await helmFolder();
  return (await run(`${tools}/kubectl`, ['kustomize', folder])).stdout;
}

export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** Its user in the cluster. */
  readonly account: string;
  readonly manifests: () => Promise<readonly Manifest[]>;
  /** The program with the settings of the release and the rights of its ServiceAccount, run from here. */
  readonly serve: (flags?: readonly string[]) => Promise<Service>;
  readonly install: (values: object) => Promise<void>;
  readonly uninstall: () => Promise<string>;
}

/** Without pods: what they would run, {@link Release.serve} runs. */
export async function aRelease(namespace: string, values: object): Promise<Release> {
  const name = `kubemend-${namespace.split('-')[1] ?? ''}`;
  const get = async (kind: string, object: string) =>
    JSON.parse(await kubectl('get', kind, object, '-n', namespace, '-o', 'json')) as { data: Record<string, string> };
  const release: Release = {
    name,
    namespace,
    account: `system:serviceaccount:${namespace}:${name}`,
    async install(wanted) {
      const file = join(mkdtempSync(join(tmpdir(), 'kubemend-values-')), 'values.json');
      writeFileSync(file, JSON.stringify({ autoscaling: { enabled: false }, replicas: 0, ...wanted }));
      await helm('upgrade', '--install', name, chart, '--namespace', namespace, '--values', file);
    },
    uninstall: () => helm('uninstall', name, '--namespace', namespace, '--wait', '--ignore-not-found'),
    manifests: async () =>
      parseAllDocuments(await helm('get', 'manifest', name, '--namespace', namespace)).map(
        (document) => document.toJS() as Manifest,
      ),
    async serve(flags = []) {
      const { data: settings } = await get('configmap', name);
      const heals = settings['KUBEMEND_HEAL'] === 'true';
      const folder = mkdtempSync(join(tmpdir(), 'kubemend-release-'));
      if (heals) {
        const { data } = await get('configmap', `${name}-policy`);
        writeFileSync(join(folder, 'policy.yaml'), data['policy.yaml'] ?? '');
      }
      const { data: secret } = heals ? await get('secret', name) : { data: {} };
      const secrets = Object.entries(secret).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
      const env = {
        ...settings,
        ...(Object.fromEntries(secrets) as Record<string, string>),
        ...(heals && { KUBEMEND_POLICY: join(folder, 'policy.yaml') }),
        KUBECONFIG: await kubeconfigOf(namespace, name),
        POD_NAMESPACE: namespace,
      };
      return aService(['--host', '127.0.0.1', ...flags], env);
    },
  };
  await release.install(values);
  return release;
}

/** The host's way to the cluster, as a ServiceAccount. */
async function kubeconfigOf(namespace: string, account: string): Promise<string> {
  const { clusters } = parse(readFileSync(await kubeconfig(), 'utf8')) as {
    clusters: { cluster: { server: string } }[];
  };
  const [{ cluster } = { cluster: { server: '' } }] = clusters;
  return writeKubeconfig([
    { name: 'release', server: cluster.server, cluster, user: { token: await tokenOf(namespace, account) } },
  ]);
}

/** A token of a ServiceAccount; without an audience one for the API server. */
export const tokenOf = async (namespace: string, account: string, audience?: string): Promise<string> =>
  (
    await kubectl(
      'create',
      'token',
      account,
      '-n',
      namespace,
      '--duration=2h',
      ...(audience === undefined ? [] : [`--audience=${audience}`]),
    )
  ).trim();

/** One request, as the API server wrote it down. */
export interface Asked {
  /** As tools state it: `patch apps/deployments`. */
  readonly permission: string;
  readonly namespace: string | undefined;
  readonly allowed: boolean;
  /** Which binding allowed it. */
  readonly reason: string;
  readonly impersonated: boolean;
  readonly dryRun: boolean;
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: object;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** All that a user has asked for of resources so far. */
export async function askedBy(user: string): Promise<readonly Asked[]> {
  const log = readFileSync(join(dirname(await kubeconfig()), 'log/audit.log'), 'utf8');
  return log
    .split('\n')
    .filter((line) => line.includes(`"${user}"`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .flatMap(({ verb, requestURI, user: who, impersonatedUser, objectRef, annotations = {} }) => {
      if (who.username !== user || objectRef === undefined) return [];
      const { apiGroup = '', resource, subresource, namespace } = objectRef;
      const target = [apiGroup, resource, subresource].filter((part) => part !== undefined && part !== '').join('/');
      return [
        {
          permission: `${verb} ${target}`,
          namespace,
          allowed: annotations['authorization.k8s.io/decision'] === 'allow',
          reason: annotations['authorization.k8s.io/reason'] ?? '',
          impersonated: impersonatedUser !== undefined,
          dryRun: requestURI.includes('dryRun=All'),
        },
      ];
    });
}
