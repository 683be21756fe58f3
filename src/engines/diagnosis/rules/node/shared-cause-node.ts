import { type Concentration, concentrationOf } from '../../../concentration.ts';
import { minute } from '../../../durations.ts';
import { keyOf, type Node, nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isBroken, isFinished, isTerminating, unreadyFor, unreadySince } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { uniqueRefs } from '../../collapse.ts';
import { defineRule, type Finding, type RuleFinding } from '../../rule.ts';

const hold = minute;
const fewestPods = 3;
const fewestOwners = 2;
const mostlyInside = 0.8;
const rarelyOutside = 0.2;
const significant = 0.01;
const shownOwners = 3;

/** Faults of pods that a node may be behind. What a pod brings on itself (its image name, its configuration, its requests) says nothing of the node. */
const suspicious =
  /^(?:pod-not-ready-unexplained|crash-|init-container-|probe-|exit-|liveness-|startup-|image-registry-|volume-attach-|oom-node-)/;

export const sharedCauseNode = defineRule({
  id: 'shared-cause-node',
  title: 'Pods of several workloads fail on one node only',
  area: 'node',
  class: 'cause',
  severity: 'high',
  meaning: 'What the failing pods have in common is their node, although the node reports that all is well.',
  detection:
    'At least 3 failing pods of at least 2 workloads are on one node; 80 % or more of its pods fail and 20 % or less of those ' +
    'elsewhere, which chance would bring about in less than 1 of 100 cases (hypergeometric, corrected for the number of ' +
    'nodes). Faults that a pod brings on itself are not counted, and a node that has a fault of its own is left out.',
  remedies: [
    'Cordon the node, and evict one of the pods: if it works elsewhere, the node is the cause.',
    'Look at its network, DNS, disk and clock.',
  ],
  avoid: ['draining it at once: if the node is not the cause, everything moves for nothing'],
  last: true,

  check: (snapshot, found) => {
    const pods = snapshot
      .all('Pod')
      .filter((pod) => Boolean(pod.spec?.nodeName) && !isFinished(pod) && !isTerminating(pod));
    const failing = new Set(pods.filter((pod) => isFailing(snapshot, pod, found)));
    const blamed = new Set(found.filter(({ rule, class: kind = rule.class }) => kind === 'cause').flatMap(nodesOf));
    const nodes = snapshot.all('Node');
    return nodes
      .filter(({ metadata }) => !blamed.has(metadata.name))
      .flatMap((node) => findingOf(snapshot, node, { pods, failing, tests: Math.max(1, nodes.length) }));
  },
});

const nodesOf = ({ subject, culprit }: RuleFinding): readonly string[] =>
  [subject, ...(culprit === undefined ? [] : [culprit])].filter(({ kind }) => kind === 'Node').map(({ name }) => name);

/** Broken for a while, and by nothing that the pod or its workload brings on itself. */
function isFailing(snapshot: Snapshot, pod: Pod, found: readonly RuleFinding[]): boolean {
  if (!isBroken(pod) || unreadyFor(pod, snapshot.now) < hold) return false;
  const keys = new Set([keyOf(refOf(pod)), keyOf(workloadOf(snapshot, pod))]);
  return found
    .filter(({ subject, rule, class: kind = rule.class }) => keys.has(keyOf(subject)) && kind === 'cause')
    .every(({ rule }) => suspicious.test(rule.id));
}

interface Population {
  readonly pods: readonly Pod[];
  readonly failing: ReadonlySet<Pod>;
  /** How many nodes are tested: one of many stands out more easily. */
  readonly tests: number;
}

function findingOf(snapshot: Snapshot, node: Node, { pods, failing, tests }: Population): readonly Finding[] {
  const { name } = node.metadata;
  const here = [...failing].filter(({ spec }) => spec?.nodeName === name);
  const owners = uniqueRefs(here.map((pod) => workloadOf(snapshot, pod)));
  if (here.length < fewestPods || owners.length < fewestOwners) return [];
  const counts = concentrationOf(
    pods,
    ({ spec }) => spec?.nodeName === name,
    (pod) => failing.has(pod),
  );
  if (!standsOut(counts, tests)) return [];
  const subject = refOf(node);
  const since = here
    .map(unreadySince)
    .flatMap((time) => time ?? [])
    .toSorted()[0];
  return [
    {
      subject,
      problem: `is what failing pods have in common: ${counts.failingInside} of ${counts.inside} pods on it fail (${listed(owners)}), and ${counts.failingOutside} of ${counts.outside} elsewhere`,
      certainty: 'inferred',
      evidence: [
        {
          object: subject,
          source: 'recomputed',
          text: `by chance that happens in ${(counts.chance * tests * 100).toPrecision(1)} % of cases; its conditions say nothing`,
        },
      ],
      since,
      dependsOn: [],
      fixes: [
        { advice: `kubectl cordon ${name}`, reason: 'new pods then go where pods work' },
        {
          advice: `evict one of its failing pods (${here[0]?.metadata.name}), and see whether it works elsewhere`,
          reason: 'that proves or clears the node',
        },
      ],
      missingEvidence: [`what is wrong with ${name}: its conditions do not tell`],
      nextCheck: `kubectl describe node ${name}; kubectl get pods -A --field-selector spec.nodeName=${name}`,
    },
  ];
}

function standsOut({ inside, failingInside, outside, failingOutside, chance }: Concentration, tests: number): boolean {
  return (
    outside > 0 &&
    failingInside / inside >= mostlyInside &&
    failingOutside / outside <= rarelyOutside &&
    chance * tests < significant
  );
}

function listed(owners: readonly ObjectRef[]): string {
  const names = owners.slice(0, shownOwners).map(nameOf);
  return names.length < owners.length
    ? `${names.join(', ')} and ${owners.length - names.length} more`
    : names.join(', ');
}
