/** The service as teams run it: its image, installed by its chart, with people of an identity provider. */
import { anOidcServer, inSeconds, type OidcServer } from '../support/oidc-server.ts';
import { selfSigned } from '../support/self-signed.ts';
import {
  aNamespace,
  apply,
  cluster,
  deleteNamespaces,
  type Ended,
  eventually,
  kubeconfig,
  kubectl,
  run,
  script,
} from './bed.ts';
import { version } from './image/image.ts';
import { intoCluster, outOfCluster, type Passage } from './passage.ts';
import { chart, helmFolder } from './release.ts';
import { called } from './rest-call.ts';

const imageScript = 'tests/e2e/image/image.sh';
/** In the registry of the cluster. */
export const image = `127.0.0.1:5000/kubemend/kubemend:${version}`;
/** Of the node, in the network of the cluster. */
const node = '172.30.0.1';

export interface RunningRelease {
  readonly namespace: string;
  /** Of its Service, on this side. */
  readonly url: string;
  readonly issuer: string;
  /** On this side, where pods reach it by the name that the issuer has. */
  readonly issuerPort: number;
  /** Of a person, for an hour. */
  token(person: string, scope?: string): Promise<string>;
  /** Runs helm on it: `upgrade`, `rollback`, `uninstall`. */
  helm(verb: string, ...args: readonly string[]): Promise<Ended>;
  /** `helm upgrade` to these values besides those of the installation; waits until its pods are ready. */
  upgrade(values: object): Promise<Ended>;
  /** Calls a tool by REST. */
  call(tool: string, args: object, token?: string): ReturnType<typeof called>;
  get(path: string): Promise<number>;
  /** A process of this machine becomes a Service of the namespace, reached at a port that it returns. */
  reach(service: string, port: number, here: number): Promise<number>;
  close(): Promise<void>;
}

/** What every release here has: the labels of the namespace enforce that pods are restricted. */
export async function aRunningRelease(
  name: string,
  values: (issuer: string) => object = () => ({}),
): Promise<RunningRelease> {
  const [namespace, tools, digest] = await Promise.all([aNamespace(name), helmFolder(), anImage()]);
  await kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
  const passages: Passage[] = [];
  const reach: RunningRelease['reach'] = async (service, port, here) => {
    const passage = await outOfCluster({ host: node, port: 0 }, here);
    passages.push(passage);
    await apply(namespace, aServiceOutside(service, port, passage.port));
    return passage.port;
  };

  const host = `login.${namespace}.svc.cluster.local`;
  const provider = await aProvider(host);
  const providerPort = await reach('login', 443, provider.server.port);
  await apply(namespace, aConfigMap('authorities', { 'ca.crt': provider.authority }));

  const usual = {
    // A tag may be another image that the node has from before.
    image: { digest },
    settings: { auth: 'oidc', oidcIssuers: [provider.server.issuer], oidcAudiences: ['kubemend'] },
    trust: { configMap: 'authorities' },
    networkPolicy: { identityProvider: { ports: [providerPort] } },
  };
  const environment = { KUBECONFIG: await kubeconfig(), HELM_DRIVER: 'secret' };
  const helm: RunningRelease['helm'] = (verb, ...args) =>
    run(`${tools}/helm`, [verb, 'kubemend', ...args, '--namespace', namespace], { env: environment });
  const withValues = async (verb: string, ...each: readonly object[]): Promise<Ended> => {
    const flags = each.flatMap((one) => ['--set-json', ...setting(one)]);
    return helm(verb, chart, '--wait', '--timeout', '180s', ...flags);
  };
  const close = async (): Promise<void> => {
    await helm('uninstall', '--ignore-not-found');
    await Promise.all([...passages.map((each) => each.close()), provider.server.stop(), deleteNamespaces([namespace])]);
  };
  const installed = await withValues('install', usual, values(provider.server.issuer));
  if (installed.status !== 0) {
    const seen = await troubles(namespace);
    await close();
    throw new Error(`${installed.stderr}\n${seen}`);
  }
  const address = await kubectl('get', 'service', 'kubemend', '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}');
  const entrance = await intoCluster({ host: address, port: 8080 });
  passages.push(entrance);
  const url = `http://127.0.0.1:${entrance.port}`;

  return {
    namespace,
    url,
    issuer: provider.server.issuer,
    issuerPort: provider.server.port,
    token: (person, scope = 'k8s:read k8s:logs') => provider.server.sign({ sub: person, scope, exp: inSeconds(3600) }),
    helm,
    upgrade: (more) => withValues('upgrade', usual, values(provider.server.issuer), more),
    call: (tool, args, token) => called(url, tool, args, token),
    get: async (path) => (await fetch(`${url}${path}`)).status,
    reach,
    close,
  };
}

/** `--set-json` takes one value for one key at a time. */
const setting = (values: object): readonly string[] => [
  Object.entries(values)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(','),
];

/** Its digest. CI pushes it before; by hand it may not be there yet. */
async function anImage(): Promise<string> {
  const there = ['exec', '--', 'crane', 'digest', image];
  const { status, stdout } = await run(script, there);
  if (status === 0) return stdout.trim();
  for (const command of ['build', 'push']) {
    const ended = await run(imageScript, [command]);
    if (ended.status !== 0) throw new Error(ended.stderr);
  }
  return (await cluster(...there)).trim();
}

async function aProvider(host: string): Promise<{ readonly server: OidcServer; readonly authority: string }> {
  const tls = selfSigned({ names: [host] });
  return { server: await anOidcServer({ issuer: `https://${host}`, tls, withPage: true }), authority: tls.cert };
}

const aConfigMap = (name: string, data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

/** A Service whose only endpoint is a port of the node. */
const aServiceOutside = (name: string, port: number, targetPort: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port, targetPort }] } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [node], conditions: { ready: true } }],
        ports: [{ port: targetPort, protocol: 'TCP' }],
      },
    ],
  });

/** Why it is not ready, for whoever reads a failed test. */
async function troubles(namespace: string): Promise<string> {
  const of = ['-n', namespace];
  const told = [
    ['get', 'pods', ...of],
    ['get', 'events', ...of],
    ['logs', '-l', 'app.kubernetes.io/name=kubemend', '--tail=20', ...of],
  ];
  return (await Promise.all(told.map((words) => kubectl(...words).catch(String)))).join('\n');
}

/** Pods of the release, those that end included. */
export const podsOf = (namespace: string): Promise<readonly string[]> => ofPods(namespace, '.metadata.name');
const addressesOf = (namespace: string): Promise<readonly string[]> => ofPods(namespace, '.status.podIP');

async function ofPods(namespace: string, field: string): Promise<readonly string[]> {
  const of = ['-n', namespace, '-l', 'app.kubernetes.io/name=kubemend', '-o', `jsonpath={.items[*]${field}}`];
  return (await kubectl('get', 'pods', ...of)).split(' ').filter((value) => value !== '');
}

/** Waits until so many replicas are ready, nothing of others is left, and the node leads callers of the Service to just these. */
export const replicas = (namespace: string, count: number, seconds = 120): Promise<void> =>
  eventually(
    async () => {
      const path = 'jsonpath={.status.readyReplicas}';
      const ready = await kubectl('get', 'deployment', 'kubemend', '-n', namespace, '-o', path);
      // One that waits to be started has no address yet.
      const [pods, addresses, targets] = await Promise.all([
        podsOf(namespace),
        addressesOf(namespace),
        targetsOf(namespace),
      ]);
      if (Number(ready) !== count || pods.length !== count)
        throw new Error(`${ready} replicas are ready of ${pods.length} pods, not ${count}`);
      if (addresses.toSorted().join() !== targets.toSorted().join())
        throw new Error(`the Service leads to ${targets.join()}, and not to ${addresses.join()}`);
    },
    { seconds },
  );

/** Where the node's rules lead a connection to the Service, as kube-proxy says in their comments. */
async function targetsOf(namespace: string): Promise<readonly string[]> {
  const rules = await cluster('exec', '--', 'iptables-save', '-t', 'nat');
  const target = new RegExp(`-A KUBE-SVC-.* "${namespace}/kubemend:http -> ([\\d.]+):\\d+"`, 'g');
  return [...rules.matchAll(target)].map(([, address = '']) => address);
}
