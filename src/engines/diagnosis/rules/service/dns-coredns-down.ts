import { failedCalls, isNameFailure } from '../../../network/calls.ts';
import { dnsLabels, dnsNamespace, dnsServersOf } from '../../../network/dns.ts';
import { nameOf, type Pod, refOf, type Service } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isBroken, podStatusText } from '../../../pods.ts';
import { readyEndpoints, selectedPods, slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const dnsCorednsDown = defineRule({
  id: 'dns-coredns-down',
  title: 'The DNS of the cluster is down',
  area: 'service',
  class: 'cause',
  severity: 'critical',
  meaning: 'No pod of the cluster resolves a name, so everything that connects to something fails sooner or later.',
  detection:
    'A container says that a name does not resolve, and the Service with the label k8s-app=kube-dns in kube-system has ' +
    'EndpointSlices without a ready endpoint. It is read only then.',
  remedies: [
    'Mend the pods of CoreDNS: see what their status and logs say.',
    'Scale the Deployment up if it has no pods.',
  ],
  avoid: ['restarting the applications: they cannot resolve names afterwards either'],

  check: (snapshot) => {
    const callers = failedCalls(snapshot).filter(
      (call) => isNameFailure(call) && dnsServersOf(call.pod.spec ?? {}) === 'cluster',
    );
    if (callers.length === 0) return [];
    return snapshot
      .all('Service', dnsNamespace)
      .filter(({ metadata }) => metadata.labels?.['k8s-app'] === dnsLabels['k8s-app'])
      .flatMap((service) =>
        findingOf(
          snapshot,
          service,
          callers.map(({ pod }) => pod),
        ),
      );
  },
});

function findingOf(snapshot: Snapshot, service: Service, callers: readonly Pod[]): readonly Finding[] {
  // Without slices it is not known whether they were read.
  if (slicesOf(snapshot, service).length === 0 || readyEndpoints(snapshot, service)?.length !== 0) return [];
  const subject = refOf(service);
  const pods = selectedPods(snapshot, service);
  const broken = pods.filter(isBroken);
  const statuses = [...new Set(broken.map(podStatusText))].join(', ');
  const clients = [...new Set(callers.map((pod) => nameOf(workloadOf(snapshot, pod))))];
  return [
    {
      subject,
      problem: `is the DNS of the cluster and has no ready endpoint${pods.length === 0 ? ': it has no pods' : `: ${broken.length} of ${pods.length} pods are not ready${statuses === '' ? '' : ` (${statuses})`}`}`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'status', text: '0 endpoints are ready' },
        ...broken
          .slice(0, 2)
          .map((pod): Evidence => ({ object: refOf(pod), source: 'status', text: podStatusText(pod) })),
        { object: subject, source: 'recomputed', text: `${clients.slice(0, 3).join(', ')} cannot resolve names` },
      ],
      fixes: [
        {
          advice: `see why: kubectl describe pods -n ${dnsNamespace} -l k8s-app=kube-dns, and kubectl logs of the same`,
          reason: 'names resolve as soon as one of them is ready',
        },
      ],
      nextCheck: `kubectl get pods,endpointslices -n ${dnsNamespace} -l k8s-app=kube-dns`,
    },
  ];
}
