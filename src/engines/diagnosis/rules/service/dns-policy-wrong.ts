import { type FailedCall, failedCalls, isNameFailure } from '../../../network/calls.ts';
import { dnsServersOf, hostName, resolve } from '../../../network/dns.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const dnsPolicyWrong = defineRule({
  id: 'dns-policy-wrong',
  title: 'A pod does not ask the DNS of the cluster',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'The pod asks the DNS of its node, which knows nothing of Services, so no name of the cluster resolves.',
  detection:
    'A container says that a name does not resolve, the name means a Service that exists, and its pod has dnsPolicy ' +
    'Default, dnsPolicy None without the DNS of the cluster, or hostNetwork with dnsPolicy ClusterFirst, which then ' +
    'means Default.',
  remedies: ['Set dnsPolicy to ClusterFirst, or with hostNetwork to ClusterFirstWithHostNet.'],
  avoid: ['writing the cluster IP of the Service instead of its name: it changes', 'restarting DNS: it was not asked'],

  check: (snapshot) =>
    failedCalls(snapshot)
      .filter(isNameFailure)
      .flatMap((call) => findingOf(snapshot, call)),
});

function findingOf(snapshot: Snapshot, call: FailedCall): readonly Finding[] {
  const { pod, container, dependency } = call;
  const { spec } = pod;
  const { host, service } = dependency;
  if (spec === undefined || service === undefined || dnsServersOf(spec) === 'cluster') return [];
  const name = hostName(host, pod.metadata.namespace ?? '');
  if (name === undefined || resolve(snapshot, name).presence !== 'present') return [];
  const subject = refOf(pod);
  const policy = spec.dnsPolicy ?? 'ClusterFirst';
  const wanted = spec.hostNetwork === true ? 'ClusterFirstWithHostNet' : 'ClusterFirst';
  const servers = spec.dnsConfig?.nameservers ?? [];
  const set = `${spec.hostNetwork === true ? 'hostNetwork is true and ' : ''}dnsPolicy is ${policy}`;
  const whom = policy === 'None' && servers.length > 0 ? servers.join(', ') : 'the DNS of its node';
  return [
    {
      subject,
      container,
      problem: `cannot resolve ${host}, the name of ${nameOf(service)}: ${set}, so it asks ${whom} and not that of the cluster`,
      certainty: policy === 'None' ? 'inferred' : 'declared',
      evidence: [{ object: subject, source: 'spec', text: set }, ...callEvidence(call)],
      fixes: [
        {
          advice: `set dnsPolicy to ${wanted} in the pod template`,
          reason: `${nameOf(service)} exists, and the DNS of the cluster knows it`,
        },
      ],
      nextCheck: `kubectl exec -n ${subject.namespace} ${subject.name} -c ${container} -- cat /etc/resolv.conf`,
    },
  ];
}
