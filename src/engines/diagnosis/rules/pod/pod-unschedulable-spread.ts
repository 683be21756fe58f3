import { refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { type Crowded, crowdedPods, type NeighbourDemand } from '../../../scheduling/neighbours.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding } from '../../rule.ts';
import { spreadReason } from '../../spread-reason.ts';

export const podUnschedulableSpread = defineRule({
  id: 'pod-unschedulable-spread',
  title: 'Pods must be apart or together, and cannot be',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'Some nodes have room, but the pod must stay away from pods there, or wants to be with pods that are not there.',
  detection:
    'The scheduler counts nodes out for pod affinity, anti-affinity or topology spread, and the pod has such a term. Of ' +
    'the nodes that nothing else rules out, the pods that block it, the topology domains, and the labels that no node ' +
    'or no pod has are recomputed.',
  remedies: [
    'Run no more replicas than there are domains, or add a node.',
    'Let a rollout take an old pod away first: maxSurge 0, maxUnavailable 1.',
    'Correct the topology key or the labels; prefer instead of require.',
  ],
  avoid: [
    'dropping the anti-affinity of members of a quorum: one node then takes the quorum with it',
    'deleting healthy pods to make room',
  ],

  check: (snapshot) =>
    crowdedPods(snapshot)
      .filter(({ demands }) => [...demands].some((demand) => demand !== 'host-port'))
      .map((crowded) => findingOf(snapshot, crowded)),
});

const words: Readonly<Record<NeighbourDemand, string>> = {
  affinity: 'its podAffinity',
  'anti-affinity': 'its podAntiAffinity',
  'their-anti-affinity': 'the podAntiAffinity of pods that are there',
  spread: 'its topologySpreadConstraints',
  'host-port': 'its hostPort',
};

function findingOf(snapshot: Snapshot, crowded: Crowded): Finding {
  const { pod, message, since, demands } = crowded;
  const subject = refOf(pod);
  const reason = spreadReason(snapshot, crowded);
  const status = { object: subject, source: 'status', text: message, at: since } as const;
  if (reason === undefined) {
    const ruled = [...demands].map((demand) => words[demand]).join(' and ');
    return {
      subject,
      problem: `cannot be scheduled: ${ruled} rules nodes out that are otherwise free`,
      certainty: 'message',
      evidence: [status],
      since,
      fixes: [],
      missingEvidence: ['the nodes and the pods on them (list nodes, list pods in all namespaces)'],
      nextCheck: `kubectl describe pod -n ${pod.metadata.namespace} ${pod.metadata.name}`,
    };
  }
  const { affinity, topologySpreadConstraints } = pod.spec ?? {};
  const terms = JSON.stringify([affinity?.podAffinity, affinity?.podAntiAffinity, topologySpreadConstraints]);
  return {
    subject,
    problem: `cannot be scheduled: ${reason.says}`,
    certainty: 'recomputed',
    evidence: [status, { object: subject, source: 'recomputed', text: reason.recomputed }],
    since,
    fixes: [
      ...rollback(snapshot, workloadOf(snapshot, pod), ({ spec }) => {
        const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
        const before = JSON.stringify([podAffinity, podAntiAffinity, spec?.topologySpreadConstraints]);
        return before === terms ? undefined : 'had other rules for its neighbours';
      }),
      ...reason.fixes,
    ].slice(0, 3),
  };
}
