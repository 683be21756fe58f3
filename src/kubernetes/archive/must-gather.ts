import { builtinTypes } from '../live/builtin-types.ts';
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

/**
 * What `oc adm inspect` writes, which a must-gather is made of: `namespaces/NS/GROUP/RESOURCE.yaml` (lists),
 * `namespaces/NS/GROUP/RESOURCE/NAME.yaml` and `cluster-scoped-resources/GROUP/RESOURCE/NAME.yaml` (single objects),
 * `namespaces/NS/NS.yaml`, `namespaces/NS/pods/POD/POD.yaml` and
 * `namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/{current,previous}[.insecure].log`; the core group is `core`; beside
 * them a file `timestamp` (enhancements/oc/inspect.md of openshift/enhancements; pkg/cli/admin/inspect of openshift/oc).
 */
export const mustGather: Layout = {
  name: 'must-gather',
  meaningOf(path) {
    const { folders, name, ending } = partsOfPath(path);
    if (name === 'timestamp' && ending === '') return { as: 'timestamp' };
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
const single: Meaning = { as: 'objects', trust: 'sure' };

function objectsOf(
  [group = '', resource, ...deeper]: readonly string[],
  name: string,
  ending: string,
  namespace: string | undefined,
): Meaning | undefined {
  if (!isYaml(ending)) return nothing;
  if (passedOver.has(resource ?? name)) return nothing;
  if (resource !== undefined) return deeper.length === 0 ? single : nothing;
  const type = builtinTypes.find((each) => each.resource === name && each.group === (group === 'core' ? '' : group));
  if (type === undefined) return single;
  return { as: 'objects', type, namespace, holds: 'list', trust: 'sure' };
}

function ofPod(namespace: string, [pod, ...within]: readonly string[], name: string, ending: string): Meaning {
  if (pod === undefined) return nothing;
  if (within.length === 0) return name === pod && isYaml(ending) ? single : nothing;
  const [container, , logs, ...deeper] = within;
  const [, which] = /^(current|previous)(?:\.insecure)?$/.exec(name) ?? [];
  if (container === undefined || logs !== 'logs' || deeper.length > 0 || which === undefined) return nothing;
  return { as: 'log', namespace, pod, container, previous: which === 'previous' };
}
