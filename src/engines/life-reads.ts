import type { Pod } from './objects.ts';
import { isStuckTerminating } from './pod-ends.ts';
import { podCondition } from './pods.ts';
import { sandboxFaults } from './sandboxes.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

const maximumNodes = 10;

/** What tells why pods do not begin or end: their nodes, the agents there, the scheduler's lease. */
export function lifeReads(snapshot: Snapshot, suspects: readonly Pod[]): readonly Read[] {
  const ending = snapshot.all('Pod').filter((pod) => isStuckTerminating(pod, snapshot.now));
  const networkless = sandboxFaults(snapshot).map(({ pod }) => pod);
  const nodes = (pods: readonly Pod[]) =>
    [...new Set(pods.flatMap(({ spec }) => spec?.nodeName || []))].slice(0, maximumNodes);
  const unseen = suspects.some(
    (pod) => !pod.spec?.nodeName && pod.status?.phase === 'Pending' && podCondition(pod, 'PodScheduled') === undefined,
  );
  return [
    ...nodes(ending).map((name): Read => ({ verb: 'get', kind: 'Node', name })),
    ...nodes(networkless).map(
      (name): Read => ({
        verb: 'list',
        kind: 'Pod',
        namespace: 'kube-system',
        fieldSelector: `spec.nodeName=${name}`,
        as: 'full',
      }),
    ),
    ...(unseen ? [{ verb: 'get', kind: 'Lease', namespace: 'kube-system', name: 'kube-scheduler' } as const] : []),
  ];
}
