import type { Dependency } from '../dependencies.ts';
import { failureWords } from '../logs/failed-hosts.ts';
import { nameOf } from '../objects.ts';
import type { Finding } from './rule.ts';

/** `cannot reach Service/db port 5432 (connection refused)`. */
export function dependencyClause({ name, failure, state, service }: Dependency): string {
  const reason = service !== undefined && state?.startsWith('there is no ') === true ? state : failureWords[failure];
  return `cannot reach ${name} (${reason})`;
}

/** What a finding has alike whose object failed to reach another: it is explained by that Service, when there is one. */
export function dependencyFields({
  name,
  service,
  state,
}: Dependency): Pick<Finding, 'class' | 'dependsOn' | 'evidence' | 'fixes' | 'nextCheck'> {
  if (service === undefined) {
    return {
      class: 'cause',
      evidence: [],
      fixes: [
        {
          advice: `make ${name} reachable from the pod, or correct the host in its configuration`,
          reason: 'it waits for nothing else',
        },
      ],
    };
  }
  const where = `-n ${service.namespace}`;
  return {
    class: 'symptom',
    dependsOn: [service],
    evidence: state === undefined ? [] : [{ object: service, source: 'recomputed', text: state }],
    fixes: [
      {
        advice: `make ${nameOf(service)} answer first`,
        reason: 'the workload starts by itself as soon as it can connect',
      },
    ],
    nextCheck: `kubectl get service,endpointslices ${where} -l kubernetes.io/service-name=${service.name}`,
  };
}
