import pLimit from 'p-limit';
import { AppError } from '../../platform/errors.ts';
import type { ResourceType } from '../ports.ts';
import { splitApiVersion } from './builtin-types.ts';
import type { Rest, RestCall } from './rest.ts';
import { type Groups, groupsShape, resourcesShape } from './shapes.ts';

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');
/** Old servers list every group version apart. */
const atOnce = 8;

/** Every kind of the server; each group's preferred version first. */
export async function fetchTypes(rest: Rest, call: RestCall): Promise<readonly ResourceType[]> {
  const ask = (path: string) =>
    rest.json({ asking: { verb: 'get' }, path, accept: aggregated, shape: groupsShape }, call);
  const answers = await Promise.all([ask('/api'), ask('/apis')]);
  if (answers.every(({ kind }) => kind === 'APIGroupDiscoveryList')) return answers.flatMap(typesOfGroups);
  const limit = pLimit(atOnce);
  const versions = answers.flatMap(groupVersionsOf);
  const lists = await Promise.all(versions.map((version) => limit(() => typesOfVersion(rest, version, call))));
  return lists.flat();
}

const typesOfGroups = ({ items }: Groups): readonly ResourceType[] =>
  (items ?? []).flatMap(({ metadata, versions }) =>
    (versions ?? []).flatMap(({ version, resources }) =>
      (resources ?? []).map(({ resource, responseKind, scope, verbs, shortNames }) => ({
        group: metadata?.name ?? '',
        version,
        kind: responseKind?.kind ?? resource,
        resource,
        namespaced: scope === 'Namespaced',
        verbs: verbs ?? [],
        shortNames: shortNames ?? [],
      })),
    ),
  );

function groupVersionsOf({ versions, groups }: Groups): readonly string[] {
  const ofGroups = (groups ?? []).flatMap((group) => [
    ...(group.preferredVersion ? [group.preferredVersion.groupVersion] : []),
    ...(group.versions ?? []).map(({ groupVersion }) => groupVersion),
  ]);
  return [...new Set([...(versions ?? []), ...ofGroups])];
}

/** The kinds of one group version; none when it is not served. One broken aggregated API (a dead metrics server) must not hide all others. */
export async function typesOfVersion(
  rest: Rest,
  groupVersion: string,
  call: RestCall,
): Promise<readonly ResourceType[]> {
  const { group, version } = splitApiVersion(groupVersion);
  const path = group === '' ? `/api/${version}` : `/apis/${groupVersion}`;
  try {
    const { resources } = await rest.json({ asking: { verb: 'get' }, path, shape: resourcesShape }, call);
    return (resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs, shortNames }) => ({
        group,
        version,
        kind,
        resource: name,
        namespaced,
        verbs: verbs ?? [],
        shortNames: shortNames ?? [],
      }));
  } catch (error) {
    if (error instanceof AppError && (error.code === 'api_error' || error.code === 'not_found')) return [];
    throw error;
  }
}
