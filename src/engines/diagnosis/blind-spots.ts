import type { Read, ReadResult } from '../snapshot-data.ts';
import type { BlindSpot } from './explanation.ts';

/** Without these nobody can say that a namespace is healthy. */
const essential = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Service',
  'EndpointSlice',
  'Namespace',
]);

const consequences: Readonly<Record<string, string>> = {
  Pod: 'pods that are broken may be missing here',
  Event: 'causes that only events tell (scheduling, volumes, probes) may be missing',
  Secret: 'a missing Secret or key is known only from what the kubelet says',
  ConfigMap: 'a missing ConfigMap or key is known only from what the kubelet says',
  Node: 'scheduling and node faults cannot be recomputed',
  Service: 'Services without endpoints are not seen',
  EndpointSlice: 'Services without endpoints are not seen',
  Ingress: 'the routes that are affected are not known',
  StorageClass: 'a claim that waits for its class cannot be explained',
  ResourceQuota: 'a full quota is known only from events',
};

/** Everything that could not be read, one line per kind, namespace and reason. */
export function blindSpotsOf(reads: readonly ReadResult[]): readonly BlindSpot[] {
  const failed = reads.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'absent');
  const groups = Map.groupBy(failed, ({ read, outcome }) => `${subjectOf(read)}/${read.namespace ?? ''}/${outcome}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { read, outcome, message } = first;
    const where = read.namespace === undefined ? '' : ` in ${read.namespace}`;
    const times = group.length > 1 ? ` (${group.length} reads)` : '';
    return [
      {
        what: `${subjectOf(read)}${where}${times}`,
        why: message ?? whys[outcome] ?? outcome,
        consequence: consequences[subjectOf(read)] ?? `what depends on ${subjectOf(read)} cannot be judged`,
      },
    ];
  });
}

const whys: Readonly<Record<string, string>> = {
  denied: 'reading is forbidden',
  truncated: 'there was more than the limit',
};

const subjectOf = (read: Read): string => (read.verb === 'log' ? 'Logs' : read.kind);

/** Whether something was not read without which "healthy" would be a guess. */
export const hidesFaults = (reads: readonly ReadResult[]): boolean =>
  reads.some(
    ({ read, outcome }) =>
      read.verb === 'list' &&
      outcome !== 'ok' &&
      outcome !== 'absent' &&
      (essential.has(read.kind) || outcome === 'failed'),
  );
