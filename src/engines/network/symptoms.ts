import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { backendLogReads } from './backend-logs.ts';
import { failedCalls, isNameFailure, isUnanswered, silentCalls } from './calls.ts';
import { dnsReads } from './dns-reads.ts';
import { refusedRequests } from './mesh.ts';

/** Namespaces whose policies are read to explain connections that fail. */
const maximumNamespaces = 4;

/**
 * What explains a connection that fails: the NetworkPolicies of both ends when nobody answers, and the DNS of the
 * cluster when a name does not resolve; the policies around a Service that is asked about, or that what is asked about is to call. Else nothing.
 */
export function networkReads(snapshot: Snapshot): readonly Read[] {
  const calls = failedCalls(snapshot).filter((call) => isUnanswered(call) || isNameFailure(call));
  const { object } = snapshot.scope;
  const ends = [
    ...(object?.kind === 'Service' ? [object.namespace] : []),
    ...[...calls, ...silentCalls(snapshot)].flatMap(({ pod, dependency }) => [
      pod.metadata.namespace,
      dependency.service?.namespace,
    ]),
  ];
  const namespaces = [...new Set(ends.flatMap((namespace) => namespace ?? []))].slice(0, maximumNamespaces);
  return [
    ...namespaces.map((namespace): Read => ({ verb: 'list', kind: 'NetworkPolicy', namespace, as: 'full' })),
    ...(calls.some(isNameFailure) ? dnsReads(snapshot) : []),
    ...meshReads(snapshot),
    ...backendLogReads(snapshot),
  ];
}

/** Who may call a server whose proxy refused somebody. */
function meshReads(snapshot: Snapshot): readonly Read[] {
  const places = refusedRequests(snapshot).flatMap(({ server }) => server?.namespace ?? []);
  return [...new Set(places)]
    .slice(0, maximumNamespaces)
    .map((namespace) => ({ verb: 'list', kind: 'AuthorizationPolicy', namespace, as: 'full' }));
}
