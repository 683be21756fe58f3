import { createSharing } from '../../platform/sharing.ts';
import { matcherOf, unknownKind } from '../kind-names.ts';
import type { ResourceType } from '../ports.ts';
import { builtinTypes, splitApiVersion } from './builtin-types.ts';
import { fetchTypes, typesOfVersion } from './fetch-types.ts';
import type { ClusterMetrics, Rest, RestCall } from './rest.ts';

/** Knows which kinds an API server serves. */
export interface Discovery {
  /** The kind that people mean. Throws `not_found` with the nearest kinds. */
  resolve(written: string, call: RestCall): Promise<ResourceType>;
  /** An exact kind; undefined when the server does not serve it. */
  find(kind: string, apiVersion: string | undefined, call: RestCall): Promise<ResourceType | undefined>;
}

/** Kinds change when somebody installs a CRD: an unknown kind asks again, unless that was just done. */
const freshMs = 600_000;
const justNowMs = 10_000;

export function createDiscovery(rest: Rest, metrics: ClusterMetrics): Discovery {
  const share = createSharing<readonly ResourceType[]>();
  const versions = new Map<string, { types: readonly ResourceType[]; loadedAt: number }>();
  let known: { types: readonly ResourceType[]; loadedAt: number } | undefined;

  async function typesNotOlderThan(maximumAge: number, call: RestCall): Promise<readonly ResourceType[]> {
    if (known !== undefined && performance.now() - known.loadedAt < maximumAge) {
      metrics.cacheRequest('discovery', 'hit');
      return known.types;
    }
    metrics.cacheRequest('discovery', 'miss');
    return share('types', call.signal, async (signal) => {
      const types = await fetchTypes(rest, { ...call, signal });
      known = { types, loadedAt: performance.now() };
      return types;
    });
  }

  /** Built-in kinds cost nothing; then what is known, then what the server says now. */
  async function search(matches: (type: ResourceType) => boolean, call: RestCall): Promise<ResourceType | undefined> {
    const builtin = builtinTypes.find(matches);
    if (builtin !== undefined) return builtin;
    const type = (await typesNotOlderThan(freshMs, call)).find(matches);
    return type ?? (await typesNotOlderThan(justNowMs, call)).find(matches);
  }

  /** What one group version serves: a few kilobytes, where all that a server serves may be megabytes. */
  async function typesOf(apiVersion: string, call: RestCall): Promise<readonly ResourceType[]> {
    const asked = versions.get(apiVersion);
    const maximumAge = asked === undefined || asked.types.length > 0 ? freshMs : justNowMs;
    if (asked !== undefined && performance.now() - asked.loadedAt < maximumAge) {
      metrics.cacheRequest('discovery', 'hit');
      return asked.types;
    }
    metrics.cacheRequest('discovery', 'miss');
    return share(apiVersion, call.signal, async (signal) => {
      const types = await typesOfVersion(rest, apiVersion, { ...call, signal });
      versions.set(apiVersion, { types, loadedAt: performance.now() });
      return types;
    });
  }

  return {
    async resolve(written, call) {
      const type = await search(matcherOf(written), call);
      if (type !== undefined) return type;
      throw unknownKind(written, await typesNotOlderThan(freshMs, call));
    },
    async find(kind, apiVersion, call) {
      if (apiVersion === undefined) return search((type) => type.kind === kind, call);
      const { group, version } = splitApiVersion(apiVersion);
      const isIt = (type: ResourceType) => type.kind === kind && type.group === group && type.version === version;
      return builtinTypes.find(isIt) ?? (await typesOf(apiVersion, call)).find(isIt);
    },
  };
}
