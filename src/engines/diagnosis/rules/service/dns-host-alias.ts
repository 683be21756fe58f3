import { isAskedAbout } from '../../../asked-about.ts';
import { hostsOfEnv, serviceOfHost } from '../../../hosts.ts';
import { type FailedCall, failedCalls } from '../../../network/calls.ts';
import { nameOf, type Pod, refOf, type Service } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { containersOf, isFinished } from '../../../pods.ts';
import { slicesOf } from '../../../routes.ts';
import { declaredPorts } from '../../../service-ports.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

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
    'Service, and the address is neither a cluster IP nor an endpoint of it. A risk, and the cause of what is asked ' +
    'about: the environment or command names the Service, hostAliases gives it a loopback address, and no container of ' +
    'the pod declares its port.',
  remedies: ['Remove the entry from hostAliases: DNS knows the Service.'],
  avoid: ['writing the present cluster IP there: it changes'],

  check: (snapshot) => {
    const failed = failedCalls(snapshot).flatMap((call) => findingsOf(snapshot, call));
    return failed.length > 0 ? failed : snapshot.all('Pod').flatMap((pod) => loopbacks(snapshot, pod));
  },
});

const loopback = /^(?:127\.|::1$)/;

/** A Service that a container is configured to call, and that its pod takes for itself, though it has no such port. */
function loopbacks(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const local = aliasesOf(pod).filter(({ ip }) => loopback.test(ip));
  if (local.length === 0 || isFinished(pod)) return [];
  const ports = new Set(declaredPorts(pod.spec ?? {}).map(({ port }) => port));
  return containersOf(pod).flatMap((container) =>
    local.flatMap(({ ip, name, index }): readonly Finding[] => {
      const service = serviceOfHost(snapshot, name, pod.metadata.namespace)?.service;
      const named = hostsOfEnv(container.spec).find(({ host }) => host === name);
      const isServed = service?.spec?.ports?.some(({ port, targetPort }) => ports.has(Number(targetPort ?? port)));
      if (service === undefined || named === undefined || isServed === true) return [];
      const subject = refOf(pod);
      const field = `spec.hostAliases[${index}]`;
      const asked = [subject, workloadOf(snapshot, pod)].some((each) => isAskedAbout(snapshot, each));
      return [
        {
          subject,
          container: container.name,
          problem: `takes ${name} of ${named.field} for the pod itself (${ip}), which ${field} says, and no container of it has a port of ${nameOf(refOf(service))}`,
          ...(!asked && { class: 'risk' as const }),
          certainty: 'recomputed',
          evidence: [
            { object: subject, source: 'spec', text: `${field}: ${ip} for ${name}` },
            { object: refOf(service), source: 'spec', text: `clusterIP ${service.spec?.clusterIP ?? 'none'}` },
          ],
          fixes: [removal(name, service)],
        },
      ];
    }),
  );
}

const removal = (name: string, service: Service): Fix => ({
  advice: `remove ${name} from hostAliases in the pod template`,
  reason: `DNS then answers with the address of ${nameOf(refOf(service))}`,
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
          fixes: [removal(name, service)],
        },
      ];
    });
}

const aliasesOf = ({ spec }: Pod) =>
  (spec?.hostAliases ?? []).flatMap(({ ip, hostnames = [] }, index) =>
    ip === undefined ? [] : hostnames.map((name) => ({ ip, name, index })),
  );
