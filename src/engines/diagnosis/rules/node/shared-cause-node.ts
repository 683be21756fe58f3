import { type Concentration, concentrationOf } from '../../../concentration.ts';
import { failingFor } from '../../../crashes/crashing.ts';
import { minute } from '../../../durations.ts';
import { keyOf, type Node, nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { unsettledPods } from '../../../pod-groups.ts';
import { isFinished, isTerminating, unreadySince } from '../../../pods.ts';
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
    const blamed = new Set(found.filter(({ rule, class: kind = rule.class }) => kind === 'cause').flatMap(nodesOf));
    const failing = Map.groupBy(failingPods(snapshot, found), ({ spec }) => spec?.nodeName ?? '');
    const nodes = snapshot
      .all('Node')
      .filter(({ metadata }) => failing.has(metadata.name) && !blamed.has(metadata.name));
    return nodes.flatMap((node) => findingOf(snapshot, node, failing));
  },
});

const nodesOf = ({ subject, culprit }: RuleFinding): readonly string[] =>
  [subject, ...(culprit === undefined ? [] : [culprit])].filter(({ kind }) => kind === 'Node').map(({ name }) => name);

/** Pods that are broken for a while, and by nothing that they or their workload bring on themselves. */
function failingPods(snapshot: Snapshot, found: readonly RuleFinding[]): readonly Pod[] {
  const own = new Set(
    found
      .filter(({ rule, class: kind = rule.class }) => kind === 'cause' && !suspicious.test(rule.id))
      .map(({ subject }) => keyOf(subject)),
  );
  return unsettledPods(snapshot)
    .filter((pod) => Boolean(pod.spec?.nodeName) && failingFor(pod, snapshot.now) >= hold)
    .filter((pod) => !own.has(keyOf(refOf(pod))) && !own.has(keyOf(workloadOf(snapshot, pod))));
}

interface Placed {
  readonly node: string;
  readonly failing: boolean;
}

/**
 * Every pod that has a node. Of those known by their row in the table only, an unready one may fail for any reason:
 * it counts where it speaks against the node.
 */
function placedPods(snapshot: Snapshot, failing: ReadonlySet<Pod>, suspect: string): readonly Placed[] {
  const whole = snapshot
    .all('Pod')
    .filter((pod) => Boolean(pod.spec?.nodeName) && !isFinished(pod) && !isTerminating(pod));
  const rows = snapshot.podRows.filter(
    ({ node, status, namespace, name }) =>
      Boolean(node) && status !== 'Completed' && snapshot.find('Pod', namespace, name) === undefined,
  );
  return [
    ...whole.map((pod) => ({ node: pod.spec?.nodeName ?? '', failing: failing.has(pod) })),
    ...rows.map(({ node = '', ready, containers }) => ({ node, failing: ready < containers && node !== suspect })),
  ];
}

function findingOf(snapshot: Snapshot, node: Node, byNode: ReadonlyMap<string, readonly Pod[]>): readonly Finding[] {
  const { name } = node.metadata;
  const here = byNode.get(name) ?? [];
  const owners = uniqueRefs(here.map((pod) => workloadOf(snapshot, pod)));
  if (here.length < fewestPods || owners.length < fewestOwners) return [];
  const pods = placedPods(snapshot, new Set([...byNode.values()].flat()), name);
  const counts = concentrationOf(
    pods,
    (pod) => pod.node === name,
    (pod) => pod.failing,
  );
  const tests = snapshot.all('Node').length;
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
