import { type KubernetesObject, type Node, nameOf, type Pod, refOf } from '../../objects.ts';
import { isFinished, isReady } from '../../pods.ts';
import type { Draft } from '../draft.ts';
import { missingOf, needsOf } from '../needs.ts';
import { homelessPods, placeAfterwards } from '../places.ts';
import { evictionsOf, podOf, wasListed } from '../subject.ts';
import type { Situation, Verdict } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

const namedPods = 3;

/** G31 for evictions: what takes the place of a Ready pod has to be able to start. One that is not Ready loses nothing. */
export function successorsStart(draft: Draft, situation: Situation): Verdict | undefined {
  const pods = evictionsOf(draft).flatMap(({ on }) => podOf(situation, on.object) ?? []);
  const living = pods.filter((pod) => !isFinished(pod));
  if (situation.target.kind === 'Node') return ofDrain(living, situation);
  const [pod] = living;
  return pod === undefined || !isReady(pod) ? undefined : ofPod(pod, situation);
}

function ofPod(pod: Pod, { snapshot }: Situation): Verdict {
  const name = nameOf(refOf(pod));
  const [missing] = missingOf(snapshot, needsOf(pod.spec, pod.metadata.namespace));
  if (missing !== undefined)
    return refuse(
      `${name} is Ready, and its successor could not start: it needs ${missing}, which does not exist any more.`,
      `bring ${missing} back first`,
    );
  if (!wasListed(snapshot, 'Node'))
    return approve(`Nodes were not read, so whether one takes the successor of ${name}, which is Ready, is not known.`);
  const { found, why } = placeAfterwards(snapshot, pod);
  if (found === 'no')
    return refuse(
      `${name} is Ready, and no node would take its successor: ${why}.`,
      'uncordon a node, or add one, before it is evicted',
    );
  return found === 'yes'
    ? allow(`A node takes the successor of ${name}.`)
    : approve(`Whether a node has room for the successor of ${name}, which is Ready, was not read.`);
}

/** A drain of the only node can be wanted: whoever approves it is told what stays away. */
function ofDrain(pods: readonly Pod[], { snapshot, target }: Situation): Verdict | undefined {
  if (pods.length === 0) return undefined;
  if (!wasListed(snapshot, 'Node'))
    return approve('Nodes were not read, so whether others take the pods is not known.');
  const homeless = homelessPods(snapshot, pods, asNode(target));
  const [first] = homeless;
  if (first === undefined) return allow('Other nodes take the pods, as far as their room was read.');
  const names = homeless.slice(0, namedPods).map(({ pod }) => nameOf(refOf(pod)));
  const more = homeless.length - names.length;
  return approve(
    `No other node would take ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: ${first.why}. They wait until one does.`,
  );
}

/** All fields of a Node are optional: it is one by its kind. */
const asNode = (object: KubernetesObject): Node => object;
