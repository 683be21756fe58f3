import { failedCalls, isUnanswered } from './network/calls.ts';
import { agentNamespaces } from './node-health.ts';
import type { Pod } from './objects.ts';
import { isStuckTerminating } from './pod-ends.ts';
import { leavingPods } from './pod-groups.ts';
import { containersOf, lastTermination, podCondition } from './pods.ts';
import { sandboxFaults } from './sandboxes.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

const maximumNodes = 10;

/** What tells why pods do not begin or end: their nodes, the agents there, the scheduler's lease. */
export function lifeReads(snapshot: Snapshot, suspects: readonly Pod[]): readonly Read[] {
  const ending = leavingPods(snapshot).filter((pod) => isStuckTerminating(pod, snapshot.now));
  const networkless = [...sandboxFaults(snapshot).map(({ pod }) => pod), ...unansweredPods(snapshot)];
  const nodes = (pods: readonly Pod[]) =>
    [...new Set(pods.flatMap(({ spec }) => spec?.nodeName || []))].slice(0, maximumNodes);
  const unseen = suspects.some(
    (pod) => !pod.spec?.nodeName && pod.status?.phase === 'Pending' && podCondition(pod, 'PodScheduled') === undefined,
  );
  return [
    ...nodes(ending).map((name): Read => ({ verb: 'get', kind: 'Node', name })),
    ...nodes(networkless).flatMap((name) =>
      agentNamespaces.map(
        (namespace): Read => ({
          verb: 'list',
          kind: 'Pod',
          namespace,
          fieldSelector: `spec.nodeName=${name}`,
          as: 'full',
        }),
      ),
    ),
    // A kubelet files events about its node in the namespace default.
    ...nodes(suspects.filter(diedOutside)).map(
      (name): Read => ({
        verb: 'list',
        kind: 'Event',
        namespace: 'default',
        fieldSelector: `involvedObject.kind=Node,involvedObject.name=${name}`,
        as: 'full',
      }),
    ),
    ...(snapshot.data.reads.some(({ read, message = '' }) => read.verb === 'log' && certificateRefused.test(message))
      ? [{ verb: 'list', kind: 'CertificateSigningRequest', as: 'full' } as const]
      : []),
    ...(unseen ? [{ verb: 'get', kind: 'Lease', namespace: 'kube-system', name: 'kube-scheduler' } as const] : []),
  ];
}

/** Pods that get no answer from a Service that has endpoints: the network of their node may be at fault. */
const unansweredPods = (snapshot: Snapshot): readonly Pod[] =>
  failedCalls(snapshot)
    .filter((call) => isUnanswered(call) && (call.dependency.endpoints ?? 0) > 0)
    .map(({ pod }) => pod);

/** Whether a container was killed, or its status lost, as a reboot of its node does. */
const diedOutside = (pod: Pod): boolean =>
  containersOf(pod).some(({ status }) => {
    const { exitCode, reason } = lastTermination(status) ?? {};
    return reason !== 'OOMKilled' && (exitCode === 137 || exitCode === 255);
  });

/** What the API server says when it asks a kubelet without a valid serving certificate for a log. */
export const certificateRefused = /remote error: tls: internal error|tls: (?:failed to verify|bad) certificate|x509:/i;
