import { aliasedService } from './external-names.ts';
import { gatewayDependencies } from './gateway-api.ts';
import { selects } from './network/policies.ts';
import { keyOf, type ObjectRef, type Of, type Pod, refOf } from './objects.ts';
import { podsOf, workloadOf } from './owners.ts';
import { referencesOf, templateOf } from './references.ts';
import { certificatesOf, pathsOf, selectedPods, selectedWorkloads } from './routes.ts';
import { unplacedPod } from './scheduling/placement.ts';
import type { Snapshot } from './snapshot.ts';
import { syncerOf } from './syncers.ts';

/** From a dependent to what it depends on, over declared and selected edges. Pods stand for their workload. */
export function dependenciesOf(snapshot: Snapshot, ref: ObjectRef): readonly ObjectRef[] {
  switch (ref.kind) {
    case 'Ingress': {
      const ingress = snapshot.find('Ingress', ref.namespace, ref.name);
      return ingress === undefined
        ? []
        : [
            ...pathsOf(ingress).map(({ service }) => ({ kind: 'Service', namespace: ref.namespace, name: service })),
            ...certificatesOf(ingress).flatMap(({ secret }) => {
              const maker = syncerOf(snapshot, { kind: 'Secret', namespace: ref.namespace, name: secret });
              return maker === undefined ? [] : [refOf(maker)];
            }),
          ];
    }
    case 'Service': {
      const service = snapshot.find('Service', ref.namespace, ref.name);
      if (service === undefined) return [];
      const alias = aliasedService(service);
      return [
        ...(alias === undefined ? [] : [alias]),
        ...selectedWorkloads(snapshot, service),
        ...selectedPods(snapshot, service).map((pod) => workloadOf(snapshot, pod)),
      ];
    }
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'TCPRoute':
    case 'UDPRoute':
    case 'Gateway':
      return gatewayDependencies(snapshot, ref);
    case 'HorizontalPodAutoscaler': {
      const target = snapshot.find('HorizontalPodAutoscaler', ref.namespace, ref.name)?.spec?.scaleTargetRef;
      return target?.kind && target.name ? [{ kind: target.kind, namespace: ref.namespace, name: target.name }] : [];
    }
    case 'PersistentVolumeClaim': {
      const { storageClassName, volumeName } =
        snapshot.find('PersistentVolumeClaim', ref.namespace, ref.name)?.spec ?? {};
      return [
        ...(storageClassName ? [{ kind: 'StorageClass', name: storageClassName }] : []),
        ...(volumeName ? [{ kind: 'PersistentVolume', name: volumeName }] : []),
      ];
    }
    default:
      return workloadDependencies(snapshot, ref);
  }
}

/** What the pods of a workload (or the bare pod) run on and refer to, and the quotas that bound them. */
function workloadDependencies(snapshot: Snapshot, workload: ObjectRef): readonly ObjectRef[] {
  const pods = podsOf(snapshot, workload);
  const template = templateOf(snapshot.head(workload))?.spec;
  const specs = [...(template === undefined ? [] : [template]), ...pods.slice(0, 1).flatMap(({ spec }) => spec ?? [])];
  const nodes = [...pods.flatMap(({ spec }) => spec?.nodeName ?? []), ...awaitedNodes(snapshot, pods)];
  return [
    ...specs.flatMap(referencesOf).map(({ kind, name }) => ({
      kind,
      namespace: kind === 'PriorityClass' || kind === 'RuntimeClass' ? undefined : workload.namespace,
      name,
    })),
    ...claimsOfTemplates(snapshot, workload),
    ...pods.flatMap(({ spec, metadata }) =>
      (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
        persistentVolumeClaim?.claimName
          ? [{ kind: 'PersistentVolumeClaim', namespace: metadata.namespace, name: persistentVolumeClaim.claimName }]
          : [],
      ),
    ),
    ...[...new Set(nodes)].map((name) => ({ kind: 'Node', name })),
    ...snapshot.all('ResourceQuota', workload.namespace).map((quota) => refOf(quota)),
    ...policiesOf(snapshot, workload, pods),
    ...(workload.namespace === undefined ? [] : [{ kind: 'Namespace', name: workload.namespace }]),
  ];
}

/** NetworkPolicies that select its pods; they are read only when a connection fails. */
function policiesOf(snapshot: Snapshot, workload: ObjectRef, pods: readonly Pod[]): readonly ObjectRef[] {
  const labels = pods[0]?.metadata.labels ?? templateOf(snapshot.head(workload))?.metadata?.labels ?? {};
  return snapshot
    .all('NetworkPolicy', workload.namespace)
    .filter((policy) => selects(policy, labels))
    .map((policy) => refOf(policy));
}

/** Nodes that would take an unscheduled pod if they were well, or not cordoned. */
const awaitedNodes = (snapshot: Snapshot, pods: readonly Pod[]): readonly string[] => {
  // Replicas await the same nodes.
  const awaited = new Set(
    pods.flatMap((pod) => {
      const unplaced = unplacedPod(snapshot, pod);
      return unplaced?.cause === 'system-taint' || unplaced?.cause === 'cordon' ? [unplaced.nodes] : [];
    }),
  );
  return [...awaited].flatMap((nodes) => nodes.map(({ node }) => node.metadata.name));
};

/** Claims that a StatefulSet makes of its templates: `template-set-ordinal`. */
function claimsOfTemplates(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly ObjectRef[] {
  if (kind !== 'StatefulSet') return [];
  const set: Of<'StatefulSet'> | undefined = snapshot.find('StatefulSet', namespace, name);
  const templates = (set?.spec?.volumeClaimTemplates ?? []).flatMap(({ metadata }) => metadata?.name ?? []);
  const prefixes = templates.map((template) => `${template}-${name}-`);
  return snapshot
    .all('PersistentVolumeClaim', namespace)
    .filter(({ metadata }) => prefixes.some((prefix) => metadata.name.startsWith(prefix)))
    .map((claim) => refOf(claim));
}

/** Everything that an object depends on, by key, with its distance in edges; the object itself is at 0. */
export function reach(
  snapshot: Snapshot,
  starts: readonly ObjectRef[],
  { depth = 6, inferred = () => [] }: { depth?: number; inferred?: (ref: ObjectRef) => readonly ObjectRef[] } = {},
): ReadonlyMap<string, number> {
  const distances = new Map<string, number>(starts.map((start) => [keyOf(start), 0]));
  let frontier = starts;
  for (let distance = 1; distance <= depth && frontier.length > 0; distance++) {
    const next: ObjectRef[] = [];
    for (const ref of frontier.flatMap((each) => [...dependenciesOf(snapshot, each), ...inferred(each)])) {
      const key = keyOf(ref);
      if (distances.has(key)) continue;
      distances.set(key, distance);
      next.push(ref);
    }
    frontier = next;
  }
  return distances;
}
