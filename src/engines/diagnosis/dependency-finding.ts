import type { Dependency } from '../dependencies.ts';
import { absence, serviceState } from '../dependency-words.ts';
import { failureWords } from '../logs/failed-hosts.ts';
import { nameOf, type ObjectRef } from '../objects.ts';
import type { Finding } from './rule.ts';

/**
 * `cannot reach Service/db port 5432 (connection refused)`, `gets errors from Service/db (502, 503 or 504)`; of what is
 * not in the cluster also where the name comes from.
 */
export const dependencyClause = (dependency: Dependency): string =>
  dependency.failure === 'unavailable' && absence(dependency) === undefined
    ? `gets errors from ${dependency.name} (502, 503 or 504)`
    : `cannot reach ${dependency.name} (${absence(dependency) ?? failureWords[dependency.failure]})${origin(dependency)}`;

/** A command that names a host mostly repeats a setting from elsewhere, so it says nothing more. */
const origin = ({ service, missing, field }: Dependency): string =>
  (service === undefined || missing) && field !== undefined && !/^(?:command|args)/.test(field)
    ? `, which ${field} names`
    : '';

/** What a finding has alike whose object failed to reach another: it is explained by that Service, when there is one. */
export function dependencyFields(
  dependency: Dependency,
): Pick<Finding, 'class' | 'dependsOn' | 'evidence' | 'fixes' | 'nextCheck'> {
  const { name, service, missing, externalName, field, resolvers } = dependency;
  if (service === undefined) {
    const advice = `make ${name} reachable from the pod, or correct the host in ${field ?? 'its configuration'}`;
    return {
      class: 'cause',
      dependsOn: resolvers,
      evidence: [],
      fixes: [{ advice, reason: 'the workload cannot work without it' }],
    };
  }
  return {
    class: 'symptom',
    dependsOn: [service, ...resolvers],
    evidence: [{ object: service, source: 'recomputed', text: serviceState(dependency) }],
    fixes: [
      { advice: adviceFor(service, dependency), reason: 'the workload starts by itself as soon as it can connect' },
    ],
    nextCheck:
      missing || externalName !== undefined
        ? `kubectl get services -n ${service.namespace}`
        : `kubectl get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name}`,
  };
}

function adviceFor(service: ObjectRef, dependency: Dependency): string {
  const { missing, endpoints, alike, field, externalName, failure, host } = dependency;
  const name = nameOf(service);
  if (externalName !== undefined) {
    return `make ${externalName} answer, or correct spec.externalName of ${name} in namespace ${service.namespace}`;
  }
  if (missing) {
    return alike === undefined
      ? `create ${name} in namespace ${service.namespace}, or correct ${field ?? 'the host'}`
      : `change ${service.name} to ${alike} in ${field ?? 'its configuration'}, if that was meant, or create ${name}`;
  }
  if (endpoints === 0) return `make ${name} answer first: none of its pods is ready`;
  if (failure === 'unknown-host' && !host.includes('.'))
    return `ask for ${service.name}.${service.namespace}.svc.cluster.local (${name} is there): a resolver of the program's own, as of nginx or HAProxy, knows no search domains`;
  const although = endpoints === undefined ? '' : ' although it has ready endpoints';
  return `see why ${name} does not answer${although}: its ports, its pods' logs, network policies`;
}
