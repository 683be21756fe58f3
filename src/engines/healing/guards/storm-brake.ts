import { hidesFaults } from '../../diagnosis/blind-spots.ts';
import { nodeCondition } from '../../node-health.ts';
import { keyOf, nameOf, refOf } from '../../objects.ts';
import { type Workload, wasListed, workloadKinds } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, clause, refuse } from './verdicts.ts';

/** Shares from which a fault is taken for one that many have in common. */
const stormOfNodes = 0.3;
const stormOfWorkloads = 0.2;
/** Fewer workloads than this tell nothing by their share. */
const fewestWorkloads = 5;
const degraded = 'control-plane-degraded';
const wait = 'look for what they have in common: diagnose the whole cluster';

/** G28: what fails everywhere at once has one cause elsewhere. */
export const stormBrake: Guard = {
  id: 'G28',
  title: 'stops while much fails at once, or cannot be seen',

  check({ action }, situation) {
    const storm = nodesDown(situation) ?? workloadsDown(situation) ?? controlPlane(situation);
    // An action of our own may be what began it: a person may take it back.
    if (storm !== undefined) return action.name === 'undo_action' ? approve(storm.reason) : storm;
    return unseen(situation) ?? allow('Few nodes and workloads fail, and all that matters could be read.');
  },
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function nodesDown({ snapshot }: Situation) {
  if (!wasListed(snapshot, 'Node')) return undefined;
  const nodes = snapshot.all('Node');
  const down = nodes.filter((node) => nodeCondition(node, 'Ready')?.status !== 'True');
  return down.length > stormOfNodes * nodes.length
    ? refuse(`${down.length} of ${nodes.length} nodes are not Ready, more than ${percent(stormOfNodes)}.`, wait)
    : undefined;
}

function workloadsDown({ snapshot, explanation, finding, target }: Situation) {
  const workloads = workloadKinds.flatMap((kind): readonly Workload[] => snapshot.all(kind));
  if (workloads.length < fewestWorkloads) return undefined;
  const cause = explanation.causes.find(
    ({ rule, object }) =>
      rule === finding?.rule && keyOf(object) === keyOf(finding.object) && keyOf(object) === keyOf(refOf(target)),
  );
  // What fails because of the target is mended with it.
  const mended = new Set((cause?.chain ?? []).map(({ object }) => keyOf(object)));
  const down = workloads.filter((each) => isDown(each) && !mended.has(keyOf(refOf(each))));
  const others = down.filter((each) => keyOf(refOf(each)) !== keyOf(refOf(target)));
  if (others.length === 0 || down.length <= stormOfWorkloads * workloads.length) return undefined;
  return refuse(
    `${down.length} of ${workloads.length} workloads lack pods, more than ${percent(stormOfWorkloads)}: ${down
      .slice(0, 3)
      .map((each) => nameOf(refOf(each)))
      .join(', ')}.`,
    wait,
  );
}

/** Whether a workload has fewer available pods than it wants; one without any status counts, as nothing says it is well. */
function isDown({ kind, spec, status = {} }: Workload): boolean {
  if (kind === 'DaemonSet') return (status.numberAvailable ?? 0) < (status.desiredNumberScheduled ?? 0);
  return (status.availableReplicas ?? 0) < (spec?.replicas ?? 1);
}

function controlPlane({ explanation }: Situation) {
  const cause = explanation.causes.find(({ rule }) => rule === degraded);
  return cause === undefined
    ? undefined
    : refuse(`${clause(cause.summary)}.`, 'mend the control plane: nothing that is changed takes effect meanwhile');
}

function unseen({ snapshot, explanation, tier }: Situation) {
  if (explanation.verdict !== 'unknown' && !hidesFaults(snapshot.data)) return undefined;
  const [spot] = explanation.blind_spots;
  const reason = `Not all that matters could be read: ${spot === undefined ? 'the diagnosis is incomplete' : `${spot.what}, ${clause(spot.why)}`}.`;
  return tier === 'unattended' ? refuse(reason, 'let everything be read, or ask a person') : approve(reason);
}
