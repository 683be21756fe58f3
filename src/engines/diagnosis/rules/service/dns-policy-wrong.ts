import { type FailedCall, failedCalls, isNameFailure } from '../../../network/calls.ts';
import { dnsServersOf, hostName, resolve } from '../../../network/dns.ts';
import { nameOf, type PodSpec, refOf } from '../../../objects.ts';
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
    'means Default. Of a Service that does not exist only when the search domains are those of the cluster and the ' +
    'servers are of the internet.',
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
  if (name === undefined) return [];
  const exists = resolve(snapshot, name).presence === 'present';
  if (!exists && !(name.internal && isAstray(spec))) return [];
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
      problem: `cannot resolve ${host}, ${exists ? `the name of ${nameOf(service)}` : 'nor any other name of the cluster'}: ${set}, so it asks ${whom} and not that of the cluster`,
      certainty: policy === 'None' ? 'inferred' : 'declared',
      evidence: [{ object: subject, source: 'spec', text: set }, ...callEvidence(call)],
      fixes: [
        {
          advice: `set dnsPolicy to ${wanted} in the pod template`,
          reason: exists
            ? `${nameOf(service)} exists, and the DNS of the cluster knows it`
            : `no Service resolves without it; besides, there is no ${nameOf(service)}`,
        },
      ],
      nextCheck: `kubectl exec -n ${subject.namespace} ${subject.name} -c ${container} -- cat /etc/resolv.conf`,
    },
  ];
}

/** Addresses of private networks, where a resolver may know the cluster: its own, or one on the node. */
const nearby =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cde])/i;

/** Whether a pod means names of the cluster, by its search domains, and asks servers of the internet alone. */
const isAstray = ({ dnsConfig: { nameservers = [], searches = [] } = {} }: PodSpec): boolean =>
  searches.some((domain) => /(?:^|\.)svc\./.test(domain)) &&
  nameservers.length > 0 &&
  nameservers.every((server) => !nearby.test(server));
