import { addTo, emptyMap, entryOf } from './map-entry.ts';
import { type ObjectRef, type Of, type Pod, refOf, type Service } from './objects.ts';
import { perSnapshot } from './per-snapshot.ts';
import { type Labels, matchesMap } from './selectors.ts';
import type { Snapshot } from './snapshot.ts';

export type EndpointSlice = Of<'EndpointSlice'>;
export type Ingress = Of<'Ingress'>;

/** One path of an Ingress, or its default backend, and the Service it leads to. */
export interface RoutePath {
  readonly ingress: Ingress;
  /** `shop.example/cart`, or `*` for the default backend. */
  readonly path: string;
  readonly service: string;
  /** Port number or name that the backend asks for. */
  readonly port: string | number | undefined;
}

/** Every path of an Ingress that leads to a Service. */
export function pathsOf(ingress: Ingress): readonly RoutePath[] {
  const rules = (ingress.spec?.rules ?? []).flatMap(({ host, http }) =>
    (http?.paths ?? []).map(({ path, backend }) => ({ path: `${host ?? '*'}${path ?? '/'}`, backend })),
  );
  const all = [...rules, { path: '*', backend: ingress.spec?.defaultBackend }];
  return all.flatMap(({ path, backend }) => {
    const service = backend?.service;
    return service?.name
      ? [{ ingress, path, service: service.name, port: service.port?.name ?? service.port?.number }]
      : [];
  });
}

/** The class that an Ingress names while no controller has given it an address; `undefined` for one that is served or names none. */
export function awaitedClass({ spec, status }: Ingress): string | undefined {
  const served = (status?.loadBalancer?.ingress ?? []).length > 0;
  return served || !spec?.ingressClassName ? undefined : spec.ingressClassName;
}

/** Whether an Ingress names no class in either way, and no controller has given it an address. */
export const isClassless = ({ metadata, spec, status }: Ingress): boolean =>
  spec !== undefined &&
  !spec.ingressClassName &&
  metadata.annotations?.['kubernetes.io/ingress.class'] === undefined &&
  (status?.loadBalancer?.ingress ?? []).length === 0;

/** The Secrets that an Ingress takes certificates from, with the hosts that they are for; a default one is not named. */
export const certificatesOf = ({
  spec,
}: Ingress): readonly { readonly secret: string; readonly hosts: string; readonly names: readonly string[] }[] =>
  (spec?.tls ?? []).flatMap(({ secretName, hosts = [] }) =>
    secretName
      ? [{ secret: secretName, hosts: hosts.length === 0 ? 'every host' : hosts.join(', '), names: hosts }]
      : [],
  );

/** Routes from outside that lead to a Service. */
export const routesTo = (snapshot: Snapshot, service: ObjectRef): readonly RoutePath[] =>
  snapshot
    .all('Ingress', service.namespace)
    .flatMap(pathsOf)
    .filter((path) => path.service === service.name);

export const slicesOf = (
  snapshot: Snapshot,
  { metadata: { namespace = '', name } }: Service,
): readonly EndpointSlice[] => slicesByService(snapshot).get(namespace)?.get(name) ?? [];

const slicesByService = perSnapshot((snapshot) => {
  const index = new Map<string, Map<string, EndpointSlice[]>>();
  for (const slice of snapshot.all('EndpointSlice')) {
    const { namespace = '', labels } = slice.metadata;
    const named = entryOf(index, namespace, emptyMap<EndpointSlice[]>);
    addTo(named, labels?.['kubernetes.io/service-name'] ?? '', slice);
  }
  return index;
});

/**
 * Endpoints that take traffic: ready, or not known to be unready (discovery.k8s.io/v1 `conditions.ready`). `undefined`
 * when the EndpointSlices of the namespace were not read.
 */
export function readyEndpoints(snapshot: Snapshot, service: Service) {
  const slices = slicesOf(snapshot, service);
  if (slices.length === 0 && snapshot.presence('EndpointSlice', service.metadata.namespace, '') === 'unknown')
    return undefined;
  return slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions, addresses }) => conditions?.ready !== false && (addresses ?? []).length > 0);
}

/** Whole pods that a Service of the snapshot selects. */
export const selectedPods = (snapshot: Snapshot, service: Service): readonly Pod[] =>
  candidatesFor(podsByLabel(snapshot), service).filter(({ metadata }) =>
    matchesMap(service.spec?.selector, metadata.labels),
  );

/** Objects in the order of the snapshot, by namespace, then by the key and the value of a label. */
type ByLabel<T> = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, readonly T[]>>>;

const podsByLabel = perSnapshot((snapshot) =>
  byLabel(snapshot, snapshot.all('Pod'), ({ metadata }) => [metadata.namespace, metadata.labels]),
);

/** Keys of labels that any Service asks for: other labels are more, and some have another value on each pod. */
const selectorKeys = perSnapshot(
  (snapshot): ReadonlySet<string> =>
    new Set(snapshot.all('Service').flatMap(({ spec }) => Object.keys(spec?.selector ?? {}))),
);

/** Maps within maps, as a text of namespace, key and value for every label of every pod costs more than all the rest. */
function byLabel<T>(
  snapshot: Snapshot,
  items: readonly T[],
  of: (item: T) => readonly [string | undefined, Labels | undefined],
): ByLabel<T> {
  const index = new Map<string, Map<string, Map<string, T[]>>>();
  const keys = selectorKeys(snapshot);
  for (const item of items) {
    const [namespace = '', labels = {}] = of(item);
    const here = entryOf(index, namespace, emptyMap<Map<string, T[]>>);
    for (const key of Object.keys(labels)) {
      const value = labels[key];
      if (value !== undefined && keys.has(key)) addTo(entryOf(here, key, emptyMap<T[]>), value, item);
    }
  }
  return index;
}

/** Those with the rarest label that the selector asks for; one with none of them is selected by nothing. */
function candidatesFor<T>(index: ByLabel<T>, { metadata: { namespace = '' }, spec }: Service): readonly T[] {
  const groups = Object.entries(spec?.selector ?? {}).map(([key, value]) =>
    value === undefined ? undefined : index.get(namespace)?.get(key)?.get(value),
  );
  return (
    groups.reduce<readonly T[] | undefined>(
      (fewest, group = []) => (fewest === undefined || group.length < fewest.length ? group : fewest),
      undefined,
    ) ?? []
  );
}

/** Kinds that own pods and carry a template. */
export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'] as const;

/** Workloads whose template a Service of the snapshot would select, whether or not they have pods. */
export function selectedWorkloads(snapshot: Snapshot, service: Service): readonly ObjectRef[] {
  return candidatesFor(workloadsByLabel(snapshot), service)
    .filter(({ spec }) => matchesMap(service.spec?.selector, spec?.template?.metadata?.labels))
    .map((workload) => refOf(workload));
}

const workloadsByLabel = perSnapshot((snapshot) =>
  byLabel(
    snapshot,
    (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap((kind) => [...snapshot.all(kind)]),
    ({ metadata, spec }) => [metadata.namespace, spec?.template?.metadata?.labels],
  ),
);
