import type { ObjectRef, PodSpec, Service } from '../objects.ts';
import { slicesOf } from '../routes.ts';
import type { Presence, Snapshot } from '../snapshot.ts';
import { isAddress } from './addresses.ts';
import { type Endpoint, endpointOfPod, namespaceOf } from './endpoints.ts';

/** Where the cluster's DNS runs, and the label that its Service and pods have by convention (kubeadm, kops, GKE, EKS, AKS, RKE2). */
export const dnsNamespace = 'kube-system';
export const dnsLabels = { 'k8s-app': 'kube-dns' } as const;

/** The Services that a name may mean to a pod of a namespace, the first that exists wins. */
export interface HostName {
  readonly candidates: readonly ObjectRef[];
  /** Whether the name can mean nothing else, such as `db.shop.svc`. */
  readonly internal: boolean;
}

const service = (namespace: string | undefined, name: string | undefined): ObjectRef => ({
  kind: 'Service',
  namespace,
  name: name ?? '',
});

/**
 * What a host may mean: `db`, `db.shop`, `db.shop.svc…`, and names of single pods behind a headless Service
 * (`db-0.db`). The search domains of a pod are `NAMESPACE.svc.DOMAIN svc.DOMAIN DOMAIN` (kubelet `dns.go`).
 * `undefined` for an IP address.
 */
export function hostName(host: string, namespace: string): HostName | undefined {
  if (isAddress(host)) return undefined;
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const svc = labels.indexOf('svc');
  if (svc >= 2) return { candidates: [service(labels[svc - 1], labels[svc - 2])], internal: true };
  const [first, second, third] = labels;
  if (second === undefined) return { candidates: [service(namespace, first)], internal: true };
  if (third === undefined) return { candidates: [service(second, first), service(namespace, second)], internal: false };
  return { candidates: labels.length === 3 ? [service(third, second)] : [], internal: false };
}

/** What a name resolves to, as far as was read. */
export interface Resolution {
  readonly ref: ObjectRef | undefined;
  readonly service: Service | undefined;
  readonly presence: Presence;
}

export function resolve(snapshot: Snapshot, { candidates }: HostName): Resolution {
  const looked = candidates.map((ref) => ({
    ref,
    service: snapshot.find('Service', ref.namespace, ref.name),
    presence: snapshot.presence('Service', ref.namespace, ref.name),
  }));
  const found = looked.find(({ presence }) => presence !== 'absent') ?? looked[0];
  return found ?? { ref: undefined, service: undefined, presence: 'absent' };
}

/** Which DNS servers a pod asks (core/v1 `dnsPolicy`). */
export type DnsServers = 'cluster' | 'node' | 'own';

export function dnsServersOf({ dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig }: PodSpec): DnsServers {
  if (dnsPolicy === 'None') return (dnsConfig?.nameservers ?? []).length > 0 ? 'own' : 'node';
  if (dnsPolicy === 'ClusterFirst' && hostNetwork === true) return 'node';
  return dnsPolicy === 'Default' ? 'node' : 'cluster';
}

/** The Service of the cluster's DNS, by its label; its name differs among distributions. */
export const dnsServices = (snapshot: Snapshot): readonly Service[] =>
  snapshot.all('Service', dnsNamespace).filter(({ metadata }) => metadata.labels?.['k8s-app'] === dnsLabels['k8s-app']);

/** An end of a connection to the cluster's DNS. */
export interface DnsServer {
  readonly endpoint: Endpoint;
  /** Behind the Service: where CoreDNS itself listens. */
  readonly port: number;
}

/**
 * The cluster's DNS servers: its pods, as far as they were read; else a pod as they are by convention, at the addresses
 * that the Service leads to.
 */
export function dnsServers(snapshot: Snapshot): readonly DnsServer[] {
  const slices = dnsServices(snapshot).flatMap((each) => slicesOf(snapshot, each));
  const port = slices.flatMap(({ ports }) => ports ?? []).find(({ protocol }) => protocol === 'UDP')?.port ?? 53;
  const pods = snapshot
    .all('Pod', dnsNamespace)
    .filter(({ metadata }) => metadata.labels?.['k8s-app'] === dnsLabels['k8s-app']);
  if (pods.length > 0) return pods.map((pod) => ({ endpoint: endpointOfPod(snapshot, pod), port }));
  const pod = {
    ref: { kind: 'Pod', namespace: dnsNamespace, name: 'kube-dns' },
    labels: dnsLabels,
    namespace: dnsNamespace,
    ...namespaceOf(snapshot, dnsNamespace),
    hostNetwork: false,
    ports: (['UDP', 'TCP'] as const).map((protocol) => ({
      name: protocol === 'UDP' ? 'dns' : 'dns-tcp',
      port,
      protocol,
    })),
  };
  const addresses = slices.flatMap(({ endpoints }) => endpoints ?? []).flatMap((each) => each.addresses ?? []);
  return [{ endpoint: { pod, addresses, known: true }, port }];
}
