import { keyOf } from '../objects.ts';
import { isBlind, type Read, type ReadResult, type SnapshotData } from '../snapshot-data.ts';
import type { BlindSpot } from './explanation.ts';

/** Without these nobody can say that a namespace is healthy. */
const essential = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Service',
  'EndpointSlice',
  'Namespace',
]);

const consequences: Readonly<Record<string, string>> = {
  Pod: 'pods that are broken may be missing here',
  Event: 'causes that only events tell (scheduling, volumes, probes) may be missing',
  Secret: 'a missing Secret or key is known only from what the kubelet says',
  ConfigMap: 'a missing ConfigMap or key is known only from what the kubelet says',
  Node: 'scheduling and node faults cannot be recomputed',
  Service: 'Services without endpoints are not seen',
  EndpointSlice: 'Services without endpoints are not seen',
  Ingress: 'the routes that are affected are not known',
  HTTPRoute: 'routes of the Gateway API that lead nowhere are not seen',
  GRPCRoute: 'routes of the Gateway API that lead nowhere are not seen',
  Gateway: 'whether the Gateways of routes work is not known',
  IngressClass: 'an Ingress whose class does not exist is not seen',
  PersistentVolume: 'what keeps a claim from its volume, or a volume from a node, is not seen',
  StorageClass: 'a claim that waits for its class cannot be explained',
  NetworkPolicy: 'what policies let through is not known',
  PodMetrics: 'whether a container is held back by its CPU limit is not known',
  Logs: 'failures that only logs tell may be missing',
  ResourceQuota: 'a full quota is known only from events',
};

/** A search for names in all namespaces, when the one in question has none of that name: what it hides is a hint, not a fault. */
const isSearch = (read: Read): boolean =>
  read.verb === 'list' &&
  read.as === 'metadata' &&
  read.namespace === undefined &&
  (soughtElsewhere.has(read.kind) || (read.kind === 'Pod' && read.labelSelector !== undefined));
const soughtElsewhere = new Set(['ConfigMap', 'Secret', 'Service']);

/** What an archive calls a kind may be "constructor". */
function consequenceOf(read: Read): string | undefined {
  if (isSearch(read)) return 'whether what is missing lies in another namespace is not known';
  const subject = subjectOf(read);
  return Object.hasOwn(consequences, subject) ? consequences[subject] : undefined;
}

/**
 * Everything that could not be read: one line per namespace, outcome and consequence, or one for many namespaces; what
 * hides most first. Lines of several kinds say in general why; a line of one kind quotes the API server.
 */
export function blindSpotsOf(reads: readonly ReadResult[]): readonly BlindSpot[] {
  const failed = reads.filter(({ outcome }) => isBlind(outcome));
  const groups = Map.groupBy(
    failed,
    ({ read, outcome, message }) =>
      // What failed for another reason is another line; lists are few, objects may be many.
      `${read.namespace ?? ''}/${outcome}/${consequenceOf(read) ?? ''}/${read.verb === 'list' && outcome === 'failed' ? message : ''}`,
  );
  return alike([...groups.values()])
    .toSorted((a, b) => weightOf(b) - weightOf(a))
    .flatMap(blindSpotOf);
}

/** Namespaces that are told one by one. */
const namedNamespaces = 3;

/** What is wrong in one namespace is often wrong in all: one line then, not one for each. */
function alike(groups: readonly (readonly ReadResult[])[]): readonly (readonly ReadResult[])[] {
  const same = Map.groupBy(groups, (group) =>
    group[0]?.read.namespace === undefined ? group : `${group[0].outcome}/${kindsOf(group).join()}`,
  );
  return [...same.values()].flatMap((each) => (each.length > namedNamespaces ? [each.flat()] : each));
}

const kindsOf = (group: readonly ReadResult[]): readonly string[] => [
  ...new Set(group.map(({ read }) => subjectOf(read))),
];

function placeOf(group: readonly ReadResult[]): string {
  const namespaces = [...new Set(group.flatMap(({ read }) => read.namespace ?? []))];
  const named = namespaces.slice(0, namedNamespaces).join(', ');
  if (namespaces.length === 0) return '';
  return namespaces.length <= namedNamespaces ? ` in ${named}` : ` in ${namespaces.length} namespaces (${named}, …)`;
}

/** An archive names the files that it could not read; no kind has such a name. */
const isFile = (read: Read): boolean => read.verb === 'list' && /[. /]/.test(read.kind);

const weightOf = (group: readonly ReadResult[]): number =>
  Math.max(
    ...group.map(({ read }) =>
      isFile(read) ? 4 : (consequenceOf(read) === undefined ? 0 : 1) + (essential.has(subjectOf(read)) ? 2 : 0),
    ),
  );

function blindSpotOf(group: readonly ReadResult[]): readonly BlindSpot[] {
  const [first] = group;
  if (first === undefined) return [];
  const { read, outcome, message } = first;
  const kinds = kindsOf(group);
  const where = placeOf(group);
  const inOne = group.every((each) => each.read.namespace === read.namespace);
  const times = kinds.length === 1 && group.length > 1 && inOne ? ` (${group.length} reads)` : '';
  return [
    {
      what: `${kinds.join(', ')}${where}${times}`,
      why: (kinds.length === 1 ? message : undefined) ?? whys[outcome] ?? message ?? outcome,
      consequence: isFile(read)
        ? 'what is in it is missing here'
        : (consequenceOf(read) ?? `what depends on ${kinds.length === 1 ? kinds[0] : 'them'} cannot be judged`),
    },
  ];
}

const whys: Readonly<Record<string, string>> = {
  denied: 'reading is forbidden',
  truncated: 'there was more than the limit',
};

const subjectOf = (read: Read): string => (read.verb === 'log' ? 'Logs' : read.kind);

/**
 * Whether something was not read without which "healthy" would be a guess: what was asked about, what it rests on, or
 * what a server failed to give. An archive that never held a single object hides nothing by that.
 */
export const hidesFaults = ({
  reads,
  source,
  scope: { object },
}: Pick<SnapshotData, 'reads' | 'source' | 'scope'>): boolean =>
  reads.some(({ read, outcome }) => {
    if (!isBlind(outcome) || read.verb === 'log') return false;
    if (read.verb === 'list') return !isSearch(read) && (essential.has(read.kind) || outcome === 'failed');
    if (object !== undefined && keyOf(read) === keyOf(object)) return true;
    return outcome === 'truncated' || (outcome === 'failed' && source === 'live');
  });
