import { type Layout, partsOfPath, typeNamed } from './layout.ts';

/** The lists of a namespace (k8s.io/kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go, v1.36). */
const lists = new Set([
  'events',
  'replication-controllers',
  'services',
  'daemonsets',
  'deployments',
  'replicasets',
  'pods',
]);

/**
 * The folder of `kubectl cluster-info dump --output-directory`: `nodes.json`, `NAMESPACE/LIST.json` and
 * `NAMESPACE/POD/logs.txt`, `.yaml` with `-o yaml`. Items have no kind, only their list has; an empty list is null. What
 * it prints without a folder is the same as one stream, which `manifests` reads.
 */
export const clusterInfoDump: Layout = {
  name: 'kubectl cluster-info dump',
  meaningOf(path) {
    const { folders, name, ending } = partsOfPath(path);
    const namespace = folders.at(-1);
    if (namespace === undefined) return undefined;
    if (name === 'logs' && ending === 'txt') {
      const above = folders.at(-2);
      return above === undefined ? undefined : { as: 'framed logs', namespace: above, pod: namespace };
    }
    if (!lists.has(name) || (ending !== 'json' && ending !== 'yaml')) return undefined;
    return { as: 'objects', type: typeNamed(name), namespace, trust: 'sure' };
  },
};
