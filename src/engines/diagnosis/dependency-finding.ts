import type { Dependency } from '../dependencies.ts';
import { failureWords } from '../logs/failed-hosts.ts';
import { nameOf, type ObjectRef } from '../objects.ts';
import type { Finding } from './rule.ts';

/** `cannot reach Service/db port 5432 (connection refused)`. */
export const dependencyClause = (dependency: Dependency): string =>
  `cannot reach ${dependency.name} (${absence(dependency) ?? wrongPort(dependency) ?? failureWords[dependency.failure]})`;

/** `it has no port 3307, but 3306`, when that is so. */
const wrongPort = ({ port, otherPorts }: Dependency): string | undefined =>
  otherPorts && `it has no port ${port}, but ${otherPorts.slice(0, 5).join(', ')}`;

/** `there is no Service/db in namespace shop`, when that is known. */
export const absence = ({ service, endpoints, alike }: Dependency): string | undefined =>
  service !== undefined && endpoints === undefined
    ? `there is no ${nameOf(service)} in namespace ${service.namespace}${alike === undefined ? '' : `, but there is ${alike}`}`
    : undefined;

/** What a finding has alike whose object failed to reach another: it is explained by that Service, when there is one. */
export function dependencyFields(
  dependency: Dependency,
): Pick<Finding, 'class' | 'dependsOn' | 'evidence' | 'fixes' | 'nextCheck'> {
  const { name, service, endpoints, otherPorts } = dependency;
  if (service === undefined) {
    const advice = `make ${name} reachable from the pod, or correct the host in its configuration`;
    return { class: 'cause', evidence: [], fixes: [{ advice, reason: 'the workload cannot work without it' }] };
  }
  if (otherPorts !== undefined) return portFields(service, otherPorts, dependency);
  const text = absence(dependency) ?? `has ${endpoints} ready ${endpoints === 1 ? 'endpoint' : 'endpoints'}`;
  return {
    class: 'symptom',
    dependsOn: [service],
    evidence: [{ object: service, source: 'recomputed', text }],
    fixes: [
      { advice: adviceFor(service, dependency), reason: 'the workload starts by itself as soon as it can connect' },
    ],
    nextCheck:
      endpoints === undefined
        ? `kubectl get services -n ${service.namespace}`
        : `kubectl get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name}`,
  };
}

/** Who asks a Service for a port that it does not have is at fault itself, whatever becomes of the Service. */
function portFields(service: ObjectRef, ports: readonly number[], { port, field }: Dependency) {
  const { namespace, name } = service;
  return {
    class: 'cause' as const,
    dependsOn: [service],
    evidence: [{ object: service, source: 'spec' as const, text: `spec.ports are ${ports.slice(0, 5).join(', ')}` }],
    fixes: [
      {
        advice: `write port ${ports[0]} instead of ${port} in ${field ?? 'its configuration'}`,
        reason: `${nameOf(service)} serves ${ports.slice(0, 5).join(', ')} only`,
      },
    ],
    nextCheck: `kubectl get service ${name} -n ${namespace} -o jsonpath='{.spec.ports}'`,
  };
}

function adviceFor(service: ObjectRef, { endpoints, alike, field }: Dependency): string {
  const name = nameOf(service);
  if (endpoints === undefined) {
    return alike === undefined
      ? `create ${name} in namespace ${service.namespace}, or correct ${field ?? 'the host'}`
      : `change ${service.name} to ${alike} in ${field ?? 'its configuration'}, if that was meant, or create ${name}`;
  }
  if (endpoints === 0) return `make ${name} answer first: none of its pods is ready`;
  return `see why ${name} does not answer although it has ready endpoints: its ports, its pods' logs, network policies`;
}
