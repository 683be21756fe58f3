import { apiVersionOf } from '../../src/kubernetes/live/builtin-types.ts';
import type { ResourceType } from '../../src/kubernetes/ports.ts';
import type { RecordedRequest } from './fake-api-server.ts';

/** The answer to a discovery request, aggregated or old; undefined when the request is something else. */
export function discoveryOf(
  types: readonly ResourceType[],
  { path, headers }: RecordedRequest,
  aggregated: boolean,
): object | undefined {
  if (path === '/api' || path === '/apis') {
    const within = types.filter(({ group }) => (group === '') === (path === '/api'));
    if (aggregated && headers.accept?.includes('as=APIGroupDiscoveryList')) return aggregatedList(within);
    return path === '/api' ? { kind: 'APIVersions', versions: ['v1'] } : groupList(within);
  }
  const [, core, group = '', version] = /^\/(?:(api\/v1)|apis\/([^/]+)\/([^/]+))$/.exec(path) ?? [];
  if (core === undefined && version === undefined) return undefined;
  const served = types.filter((type) => apiVersionOf(type) === (core === undefined ? `${group}/${version}` : 'v1'));
  return served.length === 0 ? undefined : resourceList(served);
}

const aggregatedList = (types: readonly ResourceType[]): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: [...Map.groupBy(types, ({ group }) => group)].map(([group, members]) => ({
    metadata: group === '' ? {} : { name: group },
    versions: [...Map.groupBy(members, ({ version }) => version)].map(([version, resources]) => ({
      version,
      resources: resources.map((type) => ({
        resource: type.resource,
        responseKind: { group, version, kind: type.kind },
        scope: type.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: type.kind.toLowerCase(),
        verbs: type.verbs,
        shortNames: type.shortNames,
        subresources: [{ subresource: 'status', responseKind: { group, version, kind: type.kind }, verbs: ['get'] }],
      })),
    })),
  })),
});

const groupList = (types: readonly ResourceType[]): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...Map.groupBy(types, ({ group }) => group)].map(([name, members]) => {
    const versions = [...new Set(members.map(({ version }) => version))];
    const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: entries, preferredVersion: entries[0] };
  }),
});

const resourceList = (types: readonly ResourceType[]): object => ({
  kind: 'APIResourceList',
  groupVersion: types[0] === undefined ? '' : apiVersionOf(types[0]),
  resources: types.flatMap((type) => [
    {
      name: type.resource,
      singularName: type.kind.toLowerCase(),
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: type.verbs,
      shortNames: type.shortNames,
    },
    { name: `${type.resource}/status`, singularName: '', namespaced: type.namespaced, kind: type.kind, verbs: ['get'] },
  ]),
});
