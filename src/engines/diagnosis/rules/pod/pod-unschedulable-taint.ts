import { nearest } from '../../../../platform/nearest.ts';
import { refOf, type Taint, type Toleration } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { templateName } from '../../../pod-spec-path.ts';
import type { NodeFit } from '../../../scheduling/node-fit.ts';
import { type Unplaced, unplacedPods } from '../../../scheduling/placement.ts';
import { isSystemTaint, taintText, tolerates, tolerationText } from '../../../scheduling/taints.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding } from '../../rule.ts';

const shownNodes = 3;

export const podUnschedulableTaint = defineRule({
  id: 'pod-unschedulable-taint',
  title: 'Every node is tainted against a pod',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The nodes that could run the pod are kept for others or are unwell, and the pod does not tolerate their taint, so ' +
    'it stays Pending.',
  detection:
    'The scheduler says Unschedulable, and the nodes that the pod may otherwise use carry a NoSchedule or NoExecute ' +
    'taint that none of its tolerations admits (recomputed: since 1.35 the message does not name the taint). Names the ' +
    'taint and the toleration that comes nearest. A node.kubernetes.io/* taint is a symptom of the unwell node.',
  remedies: [
    'When the node is unwell, mend the node: the taint goes by itself.',
    'Roll back, when the last revision dropped the toleration.',
    'Add the toleration, when the pod is meant for these nodes; add open nodes, when it is not.',
  ],
  avoid: [
    'removing node.kubernetes.io/* taints by hand: they come back while the node is unwell',
    'tolerating not-ready or unreachable without a limit: pods then stay on dead nodes',
  ],

  check: (snapshot) =>
    unplacedPods(snapshot)
      .filter(({ cause }) => cause === 'taint' || cause === 'system-taint')
      .map((unplaced) => (unplaced.cause === 'taint' ? dedicated(snapshot, unplaced) : unwell(unplaced))),
});

function dedicated(snapshot: Snapshot, { pod, message, since, nodes, recomputed }: Unplaced): Finding {
  const subject = refOf(pod);
  const workload = workloadOf(snapshot, pod);
  const taints = distinct(nodes.flatMap((fit) => fit.taints.filter((taint) => !isSystemTaint(taint))));
  const [taint] = taints;
  const tolerations = pod.spec?.tolerations ?? [];
  const near = taint === undefined ? undefined : nearestToleration(taint, tolerations);
  return {
    subject,
    problem:
      taint === undefined
        ? 'cannot be scheduled: does not tolerate the taints of the nodes'
        : `cannot be scheduled: does not tolerate ${taints.slice(0, shownNodes).map(taintText).join(' or ')} of ${namesOf(nodes)}` +
          (near === undefined ? '' : `; it tolerates ${tolerationText(near)}`),
    certainty: recomputed ? 'recomputed' : 'message',
    evidence: [{ object: subject, source: 'status', text: message, at: since }, ...taintEvidence(nodes)],
    since,
    fixes:
      taint === undefined
        ? []
        : [
            ...rollback(snapshot, workload, ({ spec }) =>
              spec?.tolerations?.some((toleration) => tolerates(toleration, taint))
                ? `tolerated ${taintText(taint)}`
                : undefined,
            ),
            {
              advice:
                near === undefined
                  ? `add a toleration of ${taintText(taint)} to ${templateName(workload)}, if it is meant for these nodes`
                  : `change the toleration ${tolerationText(near)} to ${taintText(taint)} in ${templateName(workload)}`,
              reason:
                near === undefined ? 'they are kept for pods that tolerate it' : 'it comes near and does not match',
            },
            { advice: 'add a node without the taint', reason: 'if the pod is not meant for these nodes' },
          ],
    missingEvidence: recomputed ? undefined : ['the taints of the nodes (list nodes)'],
    nextCheck: recomputed ? undefined : 'kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints',
  };
}

function unwell({ pod, message, since, nodes }: Unplaced): Finding {
  const subject = refOf(pod);
  const taints = distinct(nodes.flatMap((fit) => fit.taints.filter(isSystemTaint)));
  const keys = [...new Set(taints.map(({ key = '' }) => key))];
  return {
    subject,
    problem: `cannot be scheduled: the nodes it may use are unwell (${namesOf(nodes)}: ${keys.join(', ')})`,
    certainty: 'recomputed',
    evidence: [{ object: subject, source: 'status', text: message, at: since }, ...taintEvidence(nodes)],
    since,
    class: 'symptom',
    dependsOn: nodes.map(({ node }) => refOf(node)),
    fixes: [
      {
        advice: `mend ${nodes.length === 1 ? 'the node' : 'the nodes'}: kubectl describe node ${nodes[0]?.node.metadata.name ?? ''}`,
        reason: 'Kubernetes removes the taint when the node is well again',
      },
    ],
  };
}

const taintEvidence = (nodes: readonly NodeFit[]) =>
  nodes.slice(0, shownNodes).map(({ node, taints }) => ({
    object: refOf(node),
    source: 'recomputed' as const,
    text: `tainted ${taints.map(taintText).join(', ')}, which the pod does not tolerate`,
    at: taints[0]?.timeAdded,
  }));

function namesOf(nodes: readonly NodeFit[]): string {
  const names = nodes.map(({ node }) => node.metadata.name).toSorted();
  return names.length <= shownNodes ? names.join(', ') : `${names.length} nodes`;
}

const distinct = (taints: readonly Taint[]): readonly Taint[] => [
  ...new Map(taints.map((taint) => [taintText(taint), taint])).values(),
];

/** The toleration that someone may have meant for this taint: of the same key, or of one that is spelt alike. */
function nearestToleration(taint: Taint, tolerations: readonly Toleration[]): Toleration | undefined {
  const own = tolerations.filter(({ key }) => key !== undefined && !isSystemTaint({ key }));
  const same = own.find(({ key }) => key === taint.key);
  const [alike] = nearest(
    taint.key ?? '',
    own.flatMap(({ key }) => key ?? []),
    1,
  );
  return same ?? own.find(({ key }) => key === alike);
}
