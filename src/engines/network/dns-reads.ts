import { selectorText } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { dnsLabels, dnsNamespace } from './dns.ts';

/** The DNS of the cluster: its Service, its endpoints, its pods. */
export function dnsReads(snapshot: Snapshot): readonly Read[] {
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
