import type { ObjectRef, Pod } from '../objects.ts';
import { refOf } from '../objects.ts';
import { templateOf } from '../references.ts';
import type { Labels } from '../selectors.ts';
import { type ContainerPort, declaredPorts } from '../service-ports.ts';
import type { Snapshot } from '../snapshot.ts';

/** What NetworkPolicies know of a pod. */
export interface PodIdentity {
  readonly ref: ObjectRef;
  readonly labels: Labels;
  readonly namespace: string;
  /** Labels of its namespace; of one that was not read only those are here that every namespace has. */
  readonly namespaceLabels: Labels;
  readonly namespaceKnown: boolean;
  /** Its processes use the node's address: most network plugins do not apply policies to it. */
  readonly hostNetwork: boolean;
  /** `undefined` when its containers are not known. */
  readonly ports: readonly ContainerPort[] | undefined;
}

/** One end of a connection, as NetworkPolicies see it. */
export interface Endpoint {
  /** Absent for an address outside of the cluster, and when nothing is known. */
  readonly pod?: PodIdentity | undefined;
  /** IP addresses; empty when they are not known. */
  readonly addresses: readonly string[];
  /** False when it may be anything: nobody knows which pod or address stands in front of a Service. */
  readonly known: boolean;
}

/** Whoever may come from outside. */
export const someone: Endpoint = { addresses: [], known: false };

export const endpointOfAddress = (address: string): Endpoint => ({ addresses: [address], known: true });

export function endpointOfPod(snapshot: Snapshot, pod: Pod): Endpoint {
  const { namespace = '', labels = {} } = pod.metadata;
  const { podIP, podIPs = [] } = pod.status ?? {};
  const addresses = podIPs.flatMap(({ ip }) => ip ?? []);
  return {
    pod: {
      ref: refOf(pod),
      labels,
      namespace,
      ...namespaceOf(snapshot, namespace),
      hostNetwork: pod.spec?.hostNetwork === true,
      ports: pod.spec === undefined ? undefined : declaredPorts(pod.spec),
    },
    addresses: addresses.length > 0 || podIP === undefined ? addresses : [podIP],
    known: true,
  };
}

/** The pod that the template of a workload makes, as far as it is known before there is one. */
export function endpointOfTemplate(snapshot: Snapshot, workload: ObjectRef): Endpoint {
  const { namespace = '' } = workload;
  const template = templateOf(snapshot.head(workload));
  return {
    pod: {
      ref: workload,
      labels: template?.metadata?.labels ?? {},
      namespace,
      ...namespaceOf(snapshot, namespace),
      hostNetwork: template?.spec?.hostNetwork === true,
      ports: template?.spec === undefined ? undefined : declaredPorts(template.spec),
    },
    addresses: [],
    known: template !== undefined,
  };
}

/** The label that the API server gives to every namespace (KEP-2161). */
const nameLabel = 'kubernetes.io/metadata.name';

export function namespaceOf(
  snapshot: Snapshot,
  namespace: string,
): Pick<PodIdentity, 'namespaceLabels' | 'namespaceKnown'> {
  const found = snapshot.find('Namespace', undefined, namespace);
  return {
    namespaceLabels: { [nameLabel]: namespace, ...found?.metadata.labels },
    namespaceKnown: found !== undefined,
  };
}
