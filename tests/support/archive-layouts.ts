/** Writes one recorded state in the layouts of other programs, as their sources say (see the layouts in src/kubernetes/archive). */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../src/engines/objects.ts';
import type { LogExcerpt } from '../../src/engines/snapshot-data.ts';
import { builtinTypes } from '../../src/kubernetes/live/builtin-types.ts';

export interface RecordedState {
  readonly objects: readonly KubernetesObject[];
  readonly logs: readonly LogExcerpt[];
}

/** Contents of files by their path. */
export type Files = Readonly<Record<string, string>>;

export async function writeFiles(folder: string, files: Files): Promise<string> {
  for (const [path, contents] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, contents);
  }
  return folder;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`;

const namespacesOf = ({ objects }: RecordedState): readonly string[] => [
  ...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? [])),
];

const listOf = (
  { objects }: RecordedState,
  kind: string,
  namespace?: string,
): { kind: string; apiVersion: string; metadata: object; items: readonly KubernetesObject[] } => {
  const items = objects.filter(
    (object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
  );
  const type = builtinTypes.find((each) => each.kind === kind);
  const apiVersion = items[0]?.apiVersion ?? (type?.group ? `${type.group}/${type.version}` : 'v1');
  return { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: '1' }, items };
};

const logText = ({ lines }: LogExcerpt, stamped: boolean): string =>
  lines.map(({ at, text }) => `${stamped && at !== undefined ? `${at} ` : ''}${text}\n`).join('');

const bundleFolders: Readonly<Record<string, string>> = {
  pods: 'Pod',
  services: 'Service',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  // As it is written by mistake.
  'statefulsets-errors.json': 'ReplicaSet',
  jobs: 'Job',
  cronjobs: 'CronJob',
  ingress: 'Ingress',
  'network-policy': 'NetworkPolicy',
  'resource-quota': 'ResourceQuota',
  'pod-disruption-budgets': 'PodDisruptionBudget',
  limitranges: 'LimitRange',
  endpointslices: 'EndpointSlice',
  events: 'Event',
  pvcs: 'PersistentVolumeClaim',
};

/** A support bundle of troubleshoot.sh. */
export function supportBundleFiles(state: RecordedState, version = 'v1.36.3'): Files {
  const root = 'support-bundle-2026-01-02T03_04_05';
  const at = (path: string) => `${root}/cluster-resources/${path}`;
  const lists = namespacesOf(state).flatMap((namespace) =>
    Object.entries(bundleFolders).map(([folder, kind]) => [
      at(`${folder}/${namespace}.json`),
      json(listOf(state, kind, namespace)),
    ]),
  );
  const logs = state.logs.map((log) => [
    at(`pods/logs/${log.namespace}/${log.pod}/${log.container}${log.previous ? '-previous' : ''}.log`),
    logText(log, false),
  ]);
  return {
    [`${root}/version.yaml`]:
      'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.100.0\n',
    [`${root}/cluster-info/cluster_version.json`]: json({ info: { gitVersion: version }, string: version }),
    [at('nodes.json')]: json(listOf(state, 'Node')),
    [at('namespaces.json')]: json(listOf(state, 'Namespace')),
    [at('storage-classes.json')]: json(listOf(state, 'StorageClass')),
    [at('pods-errors.json')]: 'null\n',
    [at('auth-cani-list/default.json')]: '[{"verbs":["*"]}]\n',
    ...Object.fromEntries(lists),
    ...Object.fromEntries(logs),
  };
}

const gathered = [
  'Pod',
  'Service',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'ConfigMap',
  'Secret',
  'Event',
  'EndpointSlice',
  'PersistentVolumeClaim',
  'PodDisruptionBudget',
];

const gatherPath = (kind: string): string => {
  const type = builtinTypes.find((each) => each.kind === kind);
  return `${type?.group || 'core'}/${type?.resource}`;
};

/** A must-gather of OpenShift. */
export function mustGatherFiles(state: RecordedState, collectedAt?: string): Files {
  const root = 'must-gather.local.1/quay-io-openshift-must-gather-sha256-1';
  const files: Record<string, string> = { [`${root}/version`]: 'openshift/must-gather\n4.20.0\n' };
  if (collectedAt !== undefined) {
    const [day = '', time = ''] = collectedAt.replace(/\.\d+Z$|Z$/, '').split('T');
    files['must-gather.local.1/timestamp'] = `${day} ${time}.123456789 +0000 UTC m=+0.05\n`;
  }
  for (const namespace of namespacesOf(state)) {
    const within = `${root}/namespaces/${namespace}`;
    for (const kind of gathered)
      files[`${within}/${gatherPath(kind)}.yaml`] = `---\n${stringify(listOf(state, kind, namespace))}`;
    for (const quota of listOf(state, 'ResourceQuota', namespace).items)
      files[`${within}/core/resourcequotas/${quota.metadata.name}.yaml`] = stringify(quota);
  }
  for (const object of state.objects) {
    const { kind, metadata } = object;
    if (kind === 'Namespace') files[`${root}/namespaces/${metadata.name}/${metadata.name}.yaml`] = stringify(object);
    if (kind === 'Node' || kind === 'StorageClass')
      files[`${root}/cluster-scoped-resources/${gatherPath(kind)}/${metadata.name}.yaml`] = stringify(object);
  }
  for (const log of state.logs) {
    const of = `${root}/namespaces/${log.namespace}/pods/${log.pod}/${log.container}/${log.container}/logs`;
    files[`${of}/${log.previous ? 'previous' : 'current'}.log`] = logText(log, true);
  }
  return files;
}

const dumped: Readonly<Record<string, string>> = {
  events: 'Event',
  'replication-controllers': 'ReplicationController',
  services: 'Service',
  daemonsets: 'DaemonSet',
  deployments: 'Deployment',
  replicasets: 'ReplicaSet',
  pods: 'Pod',
};

/** Items as they are typed in Go: without kind, an empty list null, and no managed fields. */
const untyped = (list: ReturnType<typeof listOf>): string =>
  json({
    ...list,
    items:
      list.items.length === 0
        ? null
        : list.items.map((item) => ({
            ...item,
            apiVersion: undefined,
            kind: undefined,
            metadata: { ...item.metadata, managedFields: undefined },
          })),
  });

/** One log a container: of one that waits, the kubelet gives the log of its last instance. */
const dumpedLogs = ({ objects, logs }: RecordedState, namespace: string, pod: string): string => {
  const found = objects.find(({ kind, metadata }) => kind === 'Pod' && metadata.name === pod) as
    | { spec?: { containers?: readonly { name: string }[] } }
    | undefined;
  return (found?.spec?.containers ?? [])
    .map(({ name }) => {
      const of = logs.filter((log) => log.namespace === namespace && log.pod === pod && log.container === name);
      const log = of.find(({ previous }) => !previous) ?? of[0];
      const framed = `for container ${name} of pod ${namespace}/${pod} ====\n`;
      return `==== START logs ${framed}${log === undefined ? '' : logText(log, false)}==== END logs ${framed}`;
    })
    .join('');
};

const podsOf = (state: RecordedState, namespace: string): readonly string[] =>
  listOf(state, 'Pod', namespace).items.map(({ metadata }) => metadata.name);

/** The folder of `kubectl cluster-info dump --output-directory`. */
export function clusterInfoDumpFiles(state: RecordedState): Files {
  const files: Record<string, string> = { 'nodes.json': untyped(listOf(state, 'Node')) };
  for (const namespace of namespacesOf(state)) {
    for (const [name, kind] of Object.entries(dumped))
      files[`${namespace}/${name}.json`] = untyped(listOf(state, kind, namespace));
    for (const pod of podsOf(state, namespace))
      files[`${namespace}/${pod}/logs.txt`] = dumpedLogs(state, namespace, pod);
  }
  return files;
}

/** What `kubectl cluster-info dump` prints. */
export const clusterInfoDumpStream = (state: RecordedState): string =>
  [
    untyped(listOf(state, 'Node')),
    ...namespacesOf(state).flatMap((namespace) => [
      ...Object.values(dumped).map((kind) => untyped(listOf(state, kind, namespace))),
      ...podsOf(state, namespace).map((pod) => dumpedLogs(state, namespace, pod)),
    ]),
  ].join('');

/** What `kubectl get KINDS -n NAMESPACE -o json|yaml` prints, a file a namespace, and one a kind without a namespace. */
export function kubectlGetFiles(state: RecordedState, format: 'json' | 'yaml'): Files {
  const text = (items: readonly KubernetesObject[]): string => {
    const list = { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
    return format === 'json' ? json(list) : stringify(list);
  };
  const shared = Map.groupBy(
    state.objects.filter(({ metadata }) => metadata.namespace === undefined),
    ({ kind }) => kind,
  );
  return {
    ...Object.fromEntries([...shared].map(([kind, items]) => [`cluster/${kind}.${format}`, text(items)])),
    ...Object.fromEntries(
      namespacesOf(state).map((namespace) => [
        `everything in ${namespace}.${format}`,
        text(state.objects.filter(({ metadata }) => metadata.namespace === namespace)),
      ]),
    ),
  };
}
