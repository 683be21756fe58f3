import { day, formatDuration, timeOf } from '../../../durations.ts';
import { writerOf } from '../../../field-writers.ts';
import { type Node, nameOf, refOf } from '../../../objects.ts';
import { type Unplaced, unplacedPods } from '../../../scheduling/placement.ts';
import { cordonTaint, taintText } from '../../../scheduling/taints.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { uncordonFix } from '../../heal-fixes.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

const forgottenAfter = day;
/** Taints of tools that take a node away on purpose: the autoscaler, Karpenter. */
const removal =
  /^(?:ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler|karpenter\.sh\/(?:disrupted|disruption))$/;

export const nodeCordoned = defineRule({
  id: 'node-cordoned',
  title: 'A node is cordoned',
  area: 'node',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The node takes no new pods because someone, or a tool, marked it unschedulable. Pods that need it stay Pending.',
  detection:
    'A pod is Unschedulable, and the cordon (spec.unschedulable) is what keeps it off a node that would take it ' +
    '(recomputed). Without such a pod: a Ready node that has been cordoned for more than a day is a risk.',
  remedies: [
    'Find out who cordoned it, and whether maintenance or a drain is still under way.',
    'Uncordon it, when the node is Ready and nobody needs it empty.',
  ],
  avoid: ['uncordoning a node that an upgrade, the autoscaler or a repair tool is draining: it works against the tool'],

  check: (snapshot) => {
    const waiting = unplacedPods(snapshot).filter(({ cause }) => cause === 'cordon');
    const needed = new Set(waiting.flatMap(({ nodes }) => nodes.map(({ node }) => node.metadata.name)));
    return [
      ...waiting.map((unplaced) => podFinding(unplaced)),
      ...snapshot
        .all('Node')
        .filter((node) => !needed.has(node.metadata.name) && isForgotten(snapshot, node))
        .map((node) => riskFinding(snapshot, node)),
    ];
  },
});

function podFinding({ pod, message, since, nodes, recomputed }: Unplaced): Finding {
  const [first] = nodes;
  const names = nodes.map(({ node }) => node.metadata.name).toSorted();
  const severity = 'high';
  return {
    subject: refOf(pod),
    problem:
      first === undefined
        ? 'cannot be scheduled: the nodes it may use are cordoned'
        : nodes.length === 1
          ? `cannot be scheduled: ${nameOf(refOf(first.node))}, which would take it, is cordoned`
          : `cannot be scheduled: the ${nodes.length} nodes that would take it are cordoned (${names.slice(0, 3).join(', ')})`,
    culprit: first !== undefined && nodes.length === 1 ? refOf(first.node) : undefined,
    certainty: recomputed ? 'recomputed' : 'message',
    evidence: [
      { object: refOf(pod), source: 'status', text: message, at: since },
      ...nodes.slice(0, 3).map(({ node }) => cordonEvidence(node)),
    ],
    since,
    severity,
    fixes: first === undefined ? [] : fixesOf(first.node),
  };
}

function riskFinding(snapshot: Snapshot, node: Node): Finding {
  const since = cordonedAt(node);
  const duration = formatDuration(snapshot.now - (timeOf(since) ?? snapshot.now));
  return {
    subject: refOf(node),
    problem: `has been cordoned for ${duration}: it takes no new pods`,
    class: 'risk',
    certainty: 'declared',
    evidence: [cordonEvidence(node)],
    since,
    fixes: fixesOf(node),
  };
}

function isForgotten(snapshot: Snapshot, node: Node): boolean {
  const since = timeOf(cordonedAt(node));
  const ready = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  return node.spec?.unschedulable === true && ready && since !== undefined && snapshot.now - since > forgottenAfter;
}

/** When the taint came: the node lifecycle controller stamps it within seconds of the cordon. */
const cordonedAt = (node: Node): string | undefined =>
  node.spec?.taints?.find(({ key }) => key === cordonTaint.key)?.timeAdded ?? writerOf(node, 'unschedulable')?.time;

const removerOf = ({ spec }: Node) => spec?.taints?.find(({ key }) => removal.test(key ?? ''));

function cordonEvidence(node: Node): Evidence {
  const writer = writerOf(node, 'unschedulable')?.manager;
  const remover = removerOf(node);
  return {
    object: refOf(node),
    source: 'spec',
    text:
      `spec.unschedulable is true${writer === undefined ? '' : `, set by ${writer}`}` +
      (remover === undefined ? '' : `; tainted ${taintText(remover)}`),
    at: cordonedAt(node),
  };
}

function fixesOf(node: Node): readonly Fix[] {
  const { name } = node.metadata;
  const remover = removerOf(node);
  const add: Fix = { advice: 'add a node', reason: 'if this one is being taken away' };
  if (remover !== undefined) return [{ ...add, reason: `${taintText(remover)} says that a tool is removing this one` }];
  return [
    uncordonFix(
      name,
      'the cordon is all that keeps pods off; once it is known that nobody is draining or repairing it',
    ),
    add,
  ];
}
