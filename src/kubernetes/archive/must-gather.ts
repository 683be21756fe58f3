import { builtinTypes } from '../live/builtin-types.ts';
import type { ResourceType } from '../ports.ts';
import { after, type Layout, type Meaning, nothing, partsOfPath } from './layout.ts';

/** Large, many, and read by no rule; parsing YAML is what takes the time. */
const passedOver = new Set([
  'customresourcedefinitions',
  'packagemanifests',
  'imagestreams',
  'imagestreamtags',
  'images',
  'apirequestcounts',
  'machineconfigs',
  'operators',
  'consoleplugins',
]);

/** Of these the gather script asks for all (collection-scripts/gather of openshift/must-gather). */
const wholeKinds = new Set([
  'nodes',
  'storageclasses',
  'persistentvolumes',
  'volumeattachments',
  'csidrivers',
  'csinodes',
  'apiservices',
  'certificatesigningrequests',
]);

/**
 * What `oc adm inspect` writes, which a must-gather is made of: `namespaces/NS/GROUP/RESOURCE.yaml` (lists),
 * `namespaces/NS/GROUP/RESOURCE/NAME.yaml` and `cluster-scoped-resources/GROUP/RESOURCE/NAME.yaml` (single objects),
 * `namespaces/NS/NS.yaml`, `namespaces/NS/pods/POD/POD.yaml` and
 * `namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/{current,previous}[.insecure].log`; the core group is `core`; beside
 * them the files `timestamp` and `version` (enhancements/oc/inspect.md of openshift/enhancements; pkg/cli/admin/inspect of openshift/oc).
 */
export const mustGather: Layout = {
  name: 'must-gather',
  meaningOf(path) {
    const { folders, name, ending } = partsOfPath(path);
    if (name === 'timestamp' && ending === '') return { as: 'timestamp' };
    if (name === 'version' && ending === '') return { as: 'collector' };
    const shared = after('cluster-scoped-resources', folders);
    if (shared !== undefined) return shared.length > 0 ? objectsOf(shared, name, ending, undefined) : nothing;
    const [namespace, ...within] = after('namespaces', folders) ?? [];
    if (namespace === undefined) return undefined;
    if (within[0] === 'pods') return ofPod(namespace, within.slice(1), name, ending);
    if (within.length === 0) return name === namespace && isYaml(ending) ? single : undefined;
    return objectsOf(within, name, ending, namespace);
  },
};

const isYaml = (ending: string): boolean => ending === 'yaml' || ending === 'yml' || ending === 'json';
const single = { as: 'objects', trust: 'sure' } as const;

function objectsOf(
  [group = '', resource, ...deeper]: readonly string[],
  name: string,
  ending: string,
  namespace: string | undefined,
): Meaning | undefined {
  if (!isYaml(ending)) return nothing;
  if (passedOver.has(resource ?? name)) return nothing;
  if (deeper.length > 0) return nothing;
  const type = typeIn(group, resource ?? name);
  if (resource !== undefined) {
    const whole = namespace === undefined && wholeKinds.has(resource);
    return whole ? { ...single, type, holds: 'gathered' } : single;
  }
  if (type === undefined) return single;
  return { as: 'objects', type, namespace, holds: 'list', trust: 'sure' };
}

const typeIn = (group: string, resource: string): ResourceType | undefined =>
  builtinTypes.find((each) => each.resource === resource && each.group === (group === 'core' ? '' : group));

function ofPod(namespace: string, [pod, ...within]: readonly string[], name: string, ending: string): Meaning {
  if (pod === undefined) return nothing;
  if (within.length === 0) return name === pod && isYaml(ending) ? single : nothing;
  const [container, , logs, ...deeper] = within;
  const [, which] = /^(current|previous)(?:\.insecure)?$/.exec(name) ?? [];
  if (container === undefined || logs !== 'logs' || deeper.length > 0 || which === undefined) return nothing;
  return { as: 'log', namespace, pod, container, previous: which === 'previous' };
}
