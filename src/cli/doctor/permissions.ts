import type { Reader } from '../../kubernetes/ports.ts';
import type { Check, Examined } from './checks.ts';

/** What a diagnosis loses without a resource. */
const costs: Readonly<Record<string, string>> = {
  pods: 'Nothing can be said about pods.',
  'pods/log': 'Crashes are explained without the log.',
  events: 'What the scheduler, quotas and registries said is not seen.',
  nodes: 'It cannot be computed why a pod finds no node.',
  configmaps: 'Missing keys and changed configuration are not found.',
  services: 'Services without endpoints are not found.',
  'discovery.k8s.io/endpointslices': 'Services without endpoints are not found.',
  'networking.k8s.io/ingresses': 'It is not known which routes fail.',
  persistentvolumeclaims: 'Pods that wait for storage are not explained.',
  'apps/replicasets': 'Pods cannot be traced to their Deployment, nor to its revisions.',
  namespaces: 'The cluster cannot be looked at as a whole.',
};

/** What single questions lose. */
const lesserCosts: Readonly<Record<string, string>> = {
  'apps/controllerrevisions': 'Rollouts of StatefulSets and DaemonSets are not in the timeline.',
  'metrics.k8s.io/pods': 'Usage of pods cannot be compared with requests and limits.',
  'metrics.k8s.io/nodes': 'Usage of nodes is not shown.',
  'rbac.authorization.k8s.io/roles': 'check_access does not say which rule grants something.',
  'rbac.authorization.k8s.io/rolebindings': 'check_access does not say which rule grants something.',
  'rbac.authorization.k8s.io/clusterroles': 'check_access does not say which rule grants something.',
  'rbac.authorization.k8s.io/clusterrolebindings': 'check_access does not say which rule grants something.',
  'authorization.k8s.io/subjectaccessreviews': 'check_access answers about ServiceAccounts from roles alone.',
};

/** Whether everything that reading needs is allowed: in the whole cluster, or at least in one namespace. */
export async function permissionChecks(
  reader: Reader,
  { permissions, namespace, signal }: Examined,
): Promise<readonly Check[]> {
  if (reader.can === undefined) return [{ name: 'permissions', state: 'ok', message: 'an archive needs none' }];
  const everywhere = (await reader.can(permissions, undefined, signal)).filter(({ allowed }) => !allowed);
  if (everywhere.length === 0) {
    return [{ name: 'permissions', state: 'ok', message: `all ${permissions.length} that reading needs` }];
  }
  const asked = everywhere.map(({ permission }) => permission);
  const inside = await reader.can(asked, namespace, signal);
  const denied = inside.filter(({ allowed }) => !allowed).map(({ permission }) => permission);
  const only = asked.length - denied.length;
  return [...(only > 0 ? [onlyInside(only, permissions.length, namespace)] : []), ...deniedChecks(denied)];
}

const onlyInside = (only: number, all: number, namespace: string): Check => ({
  name: 'permissions',
  state: 'limited',
  message: `${only} of ${all} hold in namespace ${namespace} and not in the whole cluster`,
  cost: 'Diagnose one namespace at a time (-n).',
});

/** Of what has no line of its own. */
const rareCost = 'The rarer causes that lie there are not found.';

/** One check a cost: `may not get, list configmaps`, `may not read persistentvolumes, csinodes`. */
function deniedChecks(denied: readonly string[]): readonly Check[] {
  const byResource = Map.groupBy(denied, resourceOf);
  const byCost = Map.groupBy(byResource.keys(), (resource) => costs[resource] ?? lesserCosts[resource] ?? rareCost);
  return [...byCost].map(([cost, resources]) => {
    const [first = ''] = resources;
    const verbs = (byResource.get(first) ?? []).map((permission) => permission.split(' ')[0]).join(', ');
    return {
      name: 'permissions',
      state: costs[first] === undefined ? 'limited' : 'failed',
      message: `may not ${resources.length === 1 ? verbs : 'read'} ${resources.join(', ')}`,
      cost,
    };
  });
}

const resourceOf = (permission: string): string => permission.slice(permission.indexOf(' ') + 1);
