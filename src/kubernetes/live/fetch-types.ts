import pLimit from 'p-limit';
import { AppError } from '../../platform/errors.ts';
import type { ResourceType } from '../ports.ts';
import { splitApiVersion } from './builtin-types.ts';
import type { Rest, RestCall } from './rest.ts';

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');
/** Old servers list every group version apart. */
const atOnce = 8;

/** Every kind of the server that can be listed or read; each group's preferred version first. */
export async function fetchTypes(rest: Rest, call: RestCall): Promise<readonly ResourceType[]> {
  const [core, groups] = await Promise.all(
    ['/api', '/apis'].map((path) => rest.json({ asking: { verb: 'get' }, path, accept: aggregated }, call)),
  );
  const answers = [core, groups] as readonly Discovered[];
  if (answers.every(({ kind }) => kind === 'APIGroupDiscoveryList')) return answers.flatMap(typesOfGroups);
  const limit = pLimit(atOnce);
  const versions = answers.flatMap(groupVersionsOf);
  const lists = await Promise.all(versions.map((version) => limit(() => typesOfVersion(rest, version, call))));
  return lists.flat();
}

interface Discovered {
  readonly kind?: string;
  readonly items?: readonly AggregatedGroup[];
  /** Of the core group, before aggregation. */
  readonly versions?: readonly string[];
  readonly groups?: readonly {
    readonly versions?: readonly { readonly groupVersion: string }[];
    readonly preferredVersion?: { readonly groupVersion: string };
  }[];
}

interface AggregatedGroup {
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly {
    readonly version: string;
    readonly resources?: readonly {
      readonly resource: string;
      readonly responseKind?: { readonly kind?: string };
      readonly scope?: string;
      readonly verbs?: readonly string[];
      readonly shortNames?: readonly string[];
    }[];
  }[];
}

const typesOfGroups = ({ items = [] }: Discovered): readonly ResourceType[] =>
  items.flatMap(({ metadata, versions = [] }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, responseKind, scope, verbs = [], shortNames = [] }) => ({
        group: metadata?.name ?? '',
        version,
        kind: responseKind?.kind ?? resource,
        resource,
        namespaced: scope === 'Namespaced',
        verbs,
        shortNames,
      })),
    ),
  );

function groupVersionsOf({ versions = [], groups = [] }: Discovered): readonly string[] {
  const ofGroups = groups.flatMap((group) => [
    ...(group.preferredVersion === undefined ? [] : [group.preferredVersion.groupVersion]),
    ...(group.versions ?? []).map(({ groupVersion }) => groupVersion),
  ]);
  return [...new Set([...versions, ...ofGroups])];
}

/** One broken aggregated API (a dead metrics server) must not hide all others. */
async function typesOfVersion(rest: Rest, groupVersion: string, call: RestCall): Promise<readonly ResourceType[]> {
  const { group, version } = splitApiVersion(groupVersion);
  const path = group === '' ? `/api/${version}` : `/apis/${groupVersion}`;
  try {
    const { resources = [] } = (await rest.json({ asking: { verb: 'get' }, path }, call)) as {
      resources?: readonly LegacyResource[];
    };
    return resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs = [], shortNames = [] }) => ({
        group,
        version,
        kind,
        resource: name,
        namespaced,
        verbs,
        shortNames,
      }));
  } catch (error) {
    if (error instanceof AppError && (error.code === 'api_error' || error.code === 'not_found')) return [];
    throw error;
  }
}

interface LegacyResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
}
