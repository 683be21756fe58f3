import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { hasMemoryPressure, isOutOfMemory, nodeMemoryEvent } from '../../../crashes/memory.ts';
import type { ObjectRef } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { crashFinding, inContainer } from '../../crash-finding.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const oomNodeLevel = defineRule({
  id: 'oom-node-level',
  title: 'A node runs out of memory and kills a container',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The node itself had no memory left and the kernel chose this process. The victim is not necessarily the culprit.',
  detection:
    'The last termination has the reason OOMKilled although neither the container nor its pod has a memory limit; or the ' +
    'exit code is 137 while the node reported OOMKilling or SystemOOM within two minutes, or has MemoryPressure.',
  remedies: [
    'Find what uses the memory of the node, and give it a limit.',
    'Set memory requests, so that the scheduler leaves room and the kernel spares this workload.',
  ],
  avoid: ['blaming or patching the victim alone: the next one is killed instead'],

  check: (snapshot) => crashesBy(snapshot, 'oom-node-level').map((crash) => findingOf(snapshot, crash)),
});

function findingOf(snapshot: Snapshot, crash: Crash): Finding {
  const { pod, container, termination } = crash;
  const base = crashFinding(snapshot, crash);
  const nodeName = pod.spec?.nodeName;
  const culprit: ObjectRef | undefined = nodeName === undefined ? undefined : { kind: 'Node', name: nodeName };
  const request = container.spec.resources?.requests?.['memory'];
  const marked = isOutOfMemory(termination);
  return {
    ...base,
    ...(culprit === undefined ? {} : { culprit }),
    problem: `is killed${inContainer(pod, container)} because its node runs out of memory, not because of a limit of its own`,
    certainty: marked ? 'recomputed' : 'message',
    evidence: [
      ...base.evidence,
      {
        object: base.subject,
        source: 'spec',
        text: `container ${container.name} has ${marked ? 'no memory limit' : 'not reached a limit'}, requests ${request ?? 'no memory'}; QoS class ${pod.status?.qosClass ?? 'unknown'}`,
      },
      ...nodeEvidence(snapshot, crash, culprit),
    ],
    fixes: [
      {
        advice: `kubectl top pod -A --sort-by=memory, and give the largest on node ${nodeName ?? '(unknown)'} a limit`,
        reason: 'the victim is not necessarily what fills the node',
      },
      {
        advice: `set a memory request for container ${container.name}`,
        reason: 'the kernel kills first what uses most above its request, and the scheduler counts requests only',
      },
    ],
    missingEvidence: ['memory usage of the node over time'],
  };
}

function nodeEvidence(
  snapshot: Snapshot,
  { pod, termination }: Crash,
  node: ObjectRef | undefined,
): readonly Evidence[] {
  if (node === undefined) return [];
  const event = nodeMemoryEvent(snapshot, pod, termination);
  return [
    ...(event === undefined
      ? []
      : [{ object: node, source: 'event' as const, text: `${event.reason}: ${event.message}`, at: event.at }]),
    ...(hasMemoryPressure(snapshot, pod)
      ? [{ object: node, source: 'status' as const, text: 'MemoryPressure is True' }]
      : []),
  ];
}
