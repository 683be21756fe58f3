import { serviceOfHost } from '../../../hosts.ts';
import { type FailedCall, failedCalls } from '../../../network/calls.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const dnsHostAlias = defineRule({
  id: 'dns-host-alias',
  title: "A pod's hostAliases give a Service another address",
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning:
    'The name is written into /etc/hosts of the pod, which is asked before DNS, with an address that nobody has.',
  detection:
    'A container could not reach a host or address that spec.hostAliases of its pod lists, the name is that of a ' +
    'Service, and the address is neither a cluster IP nor an endpoint of it.',
  remedies: ['Remove the entry from hostAliases: DNS knows the Service.'],
  avoid: ['writing the present cluster IP there: it changes'],

  check: (snapshot) => failedCalls(snapshot).flatMap((call) => findingsOf(snapshot, call)),
});

function findingsOf(snapshot: Snapshot, call: FailedCall): readonly Finding[] {
  const { pod, container, dependency } = call;
  return aliasesOf(pod)
    .filter(({ ip, name }) => dependency.host === ip || dependency.host === name)
    .flatMap(({ ip, name, index }): readonly Finding[] => {
      const service = serviceOfHost(snapshot, name, pod.metadata.namespace)?.service;
      if (service === undefined) return [];
      const { clusterIP, clusterIPs = [] } = service.spec ?? {};
      const endpoints = slicesOf(snapshot, service).flatMap((slice) => slice.endpoints ?? []);
      const addresses = endpoints.flatMap((endpoint) => endpoint.addresses ?? []);
      if ([clusterIP, ...clusterIPs, ...addresses].includes(ip)) return [];
      const subject = refOf(pod);
      const field = `spec.hostAliases[${index}]`;
      return [
        {
          subject,
          container,
          problem: `calls ${name} at ${ip}, which ${field} says, and which is not an address of ${nameOf(refOf(service))}`,
          certainty: 'recomputed',
          evidence: [
            { object: subject, source: 'spec', text: `${field}: ${ip} for ${name}` },
            { object: refOf(service), source: 'spec', text: `clusterIP ${clusterIP ?? 'none'}` },
            ...callEvidence(call),
          ],
          fixes: [
            {
              advice: `remove ${name} from hostAliases in the pod template`,
              reason: `DNS then answers with the address of ${nameOf(refOf(service))}`,
            },
          ],
        },
      ];
    });
}

const aliasesOf = ({ spec }: Pod) =>
  (spec?.hostAliases ?? []).flatMap(({ ip, hostnames = [] }, index) =>
    ip === undefined ? [] : hostnames.map((name) => ({ ip, name, index })),
  );
