import { minute } from '../../../durations.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { containersOf, unreadyFor, unreadySince } from '../../../pods.ts';
import { sandboxFaults } from '../../../sandboxes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

const hold = minute;
const stuck =
  /failed to reserve (?:container|sandbox) name|is reserved for|context deadline exceeded|code = DeadlineExceeded/i;

export const containerRuntimeStuck = defineRule({
  id: 'container-runtime-stuck',
  title: 'The container runtime of a node hangs',
  area: 'node',
  class: 'cause',
  severity: 'high',
  meaning:
    'The node takes pods, but its container runtime (or its disk) is too slow to start them: the kubelet gives up waiting, and ' +
    'the next attempt finds the name still taken by the one before.',
  detection:
    'Containers wait in CreateContainerError, or sandboxes cannot be made, for more than a minute with `context deadline ' +
    'exceeded` or `name … is reserved for`. Pods of one node are one problem.',
  remedies: [
    'Cordon the node, then look at its disk and restart its container runtime.',
    'Move its pods when that does not help.',
  ],
  avoid: ['force-deleting its pods one by one: their containers may still run'],

  check: (snapshot) => [
    ...brokenPods(snapshot)
      .filter((pod) => unreadyFor(pod, snapshot.now) > hold)
      .flatMap((pod) => {
        const said = containersOf(pod)
          .map(({ status }) => status?.state?.waiting)
          .find((waiting) => waiting?.reason === 'CreateContainerError' && stuck.test(waiting.message ?? ''));
        return said === undefined
          ? []
          : [findingOf(snapshot, pod, { source: 'status', text: `${said.reason}: ${said.message}`, at: undefined })];
      }),
    ...sandboxFaults(snapshot)
      .filter(({ kind }) => kind === 'runtime')
      .map(({ pod, event }) =>
        findingOf(snapshot, pod, { source: 'event', text: `${event.reason}: ${event.message}`, at: event.at }),
      ),
  ],
});

interface Said {
  readonly source: 'status' | 'event';
  readonly text: string;
  readonly at: string | undefined;
}

function findingOf(snapshot: Snapshot, pod: Pod, said: Said): Finding {
  const name = pod.spec?.nodeName ?? '';
  const node = snapshot.find('Node', undefined, name);
  const runtime = node?.status?.nodeInfo?.containerRuntimeVersion;
  return {
    subject: refOf(pod),
    problem: `cannot start: the container runtime of Node/${name} hangs or is too slow`,
    culprit: { kind: 'Node', name },
    certainty: 'message',
    evidence: [
      { object: refOf(pod), ...said },
      ...(runtime === undefined || node === undefined
        ? []
        : [{ object: refOf(node), source: 'status' as const, text: `containerRuntimeVersion is ${runtime}` }]),
    ],
    since: unreadySince(pod),
    fixes: [
      { advice: `kubectl cordon ${name}`, reason: 'new pods then go elsewhere' },
      {
        advice: `look at the disk and the load of ${name}, and restart its container runtime`,
        reason: 'containers that run go on running meanwhile',
      },
    ],
  };
}
