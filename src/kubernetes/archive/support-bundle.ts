import { after, type Layout, type Meaning, nothing, partsOfPath, typeNamed } from './layout.ts';

/** Lists that are no lists of objects (pkg/constants/constants.go of replicatedhq/troubleshoot). */
const noObjects = new Set(['auth-cani-list', 'image-pull-secrets', 'groups', 'resources', 'groups-resources']);
/** Where troubleshoot writes ReplicaSets by mistake (pkg/collect/cluster_resources.go). */
const misplaced: Readonly<Record<string, string>> = { 'statefulsets-errors.json': 'replicasets' };

/**
 * A support bundle of troubleshoot.sh: `cluster-resources/KIND/NAMESPACE.json`, `cluster-resources/KIND.json` for what
 * has no namespace, `cluster-resources/pods/logs/NAMESPACE/POD/CONTAINER[-previous].log`, `cluster-resources/KIND-errors.json`,
 * `cluster-info/cluster_version.json` (pkg/collect/cluster_resources.go, logs.go, cluster_info.go). Older ones hold bare
 * arrays whose items have no kind. Links beside the logs point to the same files.
 */
export const supportBundle: Layout = {
  name: 'support bundle',
  meaningOf(path) {
    const { folders, name, ending } = partsOfPath(path);
    if (folders.at(-1) === 'cluster-info' && name === 'cluster_version') return { as: 'version' };
    const within = after('cluster-resources', folders);
    if (within === undefined) return undefined;
    if (within[0] === 'pods' && within[1] === 'logs') return logOf(within.slice(2), name, ending);
    return listOf(within, name, ending);
  },
};

function logOf([namespace, pod, ...more]: readonly string[], name: string, ending: string): Meaning {
  if (namespace === undefined || pod === undefined || more.length > 0 || ending !== 'log') return nothing;
  if (name.endsWith('-logs-errors')) return nothing;
  const previous = name.endsWith('-previous');
  return { as: 'log', namespace, pod, container: previous ? name.slice(0, -'-previous'.length) : name, previous };
}

function listOf([folder, ...deeper]: readonly string[], name: string, ending: string): Meaning {
  if (noObjects.has(folder ?? name)) return nothing;
  // Files of custom resources name their kinds themselves.
  if (folder === 'custom-resources') return { as: 'objects', trust: 'sure' };
  if (deeper.length > 0 || (ending !== 'json' && ending !== '')) return nothing;
  if (folder !== undefined) {
    const type = typeNamed(Object.hasOwn(misplaced, folder) ? (misplaced[folder] ?? folder) : folder);
    return type === undefined ? nothing : { as: 'objects', type, namespace: name, holds: 'list', trust: 'sure' };
  }
  const failed = typeNamed(name.replace(/-errors$/, ''));
  if (name.endsWith('-errors')) return failed === undefined ? nothing : { as: 'errors', type: failed };
  const type = typeNamed(name);
  // A bundle of some namespaces holds only these.
  if (type?.kind === 'Namespace') return { as: 'objects', type, trust: 'sure' };
  return type === undefined ? nothing : { as: 'objects', type, holds: 'list', trust: 'sure' };
}
