import { nodeCondition } from '../../../node-health.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { endedAt, weightOfEnd } from '../../../pod-ends.ts';
import { failedPods } from '../../../pod-groups.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const podEvictedNodePressure = defineRule({
  id: 'pod-evicted-node-pressure',
  title: 'Pods were evicted from a node under pressure',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The node ran out of memory, disk or process ids, and its kubelet ended pods to save the others: first those that ' +
    'use more than they request.',
  detection:
    "The pod Failed with reason Evicted, and the kubelet's message says what the node was low on and which container used more than it " +
    'requests. Pods of one node are one problem; when the node still is under pressure, it is the cause. It is a risk when the pods ' +
    'were replaced; what is older than an hour is history.',
  remedies: [
    'Find what uses the resource on that node, and give it requests and limits that are true.',
    'Move or scale down the largest consumer.',
  ],
  avoid: ['treating each evicted pod as its own fault', 'deleting the evicted pods before their messages were read'],

  check: (snapshot) =>
    failedPods(snapshot)
      .filter(({ status }) => status?.reason === 'Evicted')
      .flatMap((pod) => findingOf(snapshot, pod)),
});

const lowOn = (message: string): string | undefined =>
  /node was low on resource: ([\w-]+(?:\.\w+)*)/i.exec(message)?.[1] ??
  /node had condition: \[([^\]]+)\]/i.exec(message)?.[1];

const conditions: Readonly<Record<string, string>> = {
  memory: 'MemoryPressure',
  MemoryPressure: 'MemoryPressure',
  pids: 'PIDPressure',
  PIDPressure: 'PIDPressure',
};

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const message = pod.status?.message ?? '';
  const resource = lowOn(message);
  const name = pod.spec?.nodeName;
  if (resource === undefined || name === undefined) return [];
  const weight = weightOfEnd(snapshot, pod, (other) => lowOn(other.status?.message ?? '') === resource);
  if (weight === 'history') return [];
  const node = snapshot.find('Node', undefined, name);
  const type = conditions[resource] ?? 'DiskPressure';
  const lasting = node !== undefined && nodeCondition(node, type)?.status === 'True';
  const greedy = /Container (\S+) was using (\S+?), request is (\S+?),/i.exec(message);
  const since = endedAt(pod);
  const culprit = { kind: 'Node', name };
  return [
    {
      subject: refOf(pod),
      problem: `was evicted from Node/${name}, which was low on ${resource}`,
      culprit,
      ...(weight === 'replaced' ? { class: 'risk' as const, severity: 'medium' as const } : {}),
      ...(lasting && weight !== 'replaced' ? { class: 'symptom' as const } : {}),
      certainty: 'declared',
      evidence: [
        { object: refOf(pod), source: 'status', text: `Evicted: ${message.trim()}`, at: since },
        ...(lasting ? [{ object: culprit, source: 'status' as const, text: `${type} is True still` }] : []),
      ],
      since,
      fixes: [
        ...(greedy === null
          ? []
          : [
              {
                advice: `set the ${resource} request of container ${greedy[1]} to what it uses (${greedy[2]}, its request is ${greedy[3]})`,
                reason: 'the kubelet evicts first what uses more than it requests',
              },
            ]),
        {
          advice: `find what uses most ${resource} on ${name}${resource === 'memory' ? ': kubectl top pods -A --sort-by=memory' : ''}, and limit or move it`,
          reason: 'the evicted pod may be the victim only',
        },
      ],
      dependsOn: [culprit],
    },
  ];
}
