import { selectorText } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { failedCalls, isNameFailure, isUnanswered } from './calls.ts';
import { dnsLabels, dnsNamespace } from './dns.ts';

/** Namespaces whose policies are read to explain connections that fail. */
const maximumNamespaces = 4;

/**
 * What explains a connection that fails: the NetworkPolicies of both ends when nobody answers, and the DNS of the
 * cluster when a name does not resolve. Nothing when no container says so.
 */
export function networkReads(snapshot: Snapshot): readonly Read[] {
  const calls = failedCalls(snapshot).filter((call) => isUnanswered(call) || isNameFailure(call));
  const ends = calls.flatMap(({ pod, dependency }) => [pod.metadata.namespace, dependency.service?.namespace]);
  const namespaces = [...new Set(ends.flatMap((namespace) => namespace ?? []))].slice(0, maximumNamespaces);
  return [
    ...namespaces.map((namespace): Read => ({ verb: 'list', kind: 'NetworkPolicy', namespace, as: 'full' })),
    ...(calls.some(isNameFailure) ? dnsReads(snapshot) : []),
  ];
}

/** The DNS of the cluster: its Service, its endpoints, its pods. */
function dnsReads(snapshot: Snapshot): readonly Read[] {
  const labelSelector = selectorText({ matchLabels: dnsLabels });
  const services = snapshot
    .all('Service', dnsNamespace)
    .filter(({ metadata }) => metadata.labels?.['k8s-app'] === dnsLabels['k8s-app']);
  return [
    { verb: 'get', kind: 'Namespace', name: dnsNamespace },
    { verb: 'list', kind: 'Service', namespace: dnsNamespace, labelSelector, as: 'full' },
    { verb: 'list', kind: 'Pod', namespace: dnsNamespace, labelSelector, as: 'full' },
    ...services.map(
      ({ metadata }): Read => ({
        verb: 'list',
        kind: 'EndpointSlice',
        namespace: dnsNamespace,
        labelSelector: `kubernetes.io/service-name=${metadata.name}`,
        as: 'full',
      }),
    ),
  ];
}
