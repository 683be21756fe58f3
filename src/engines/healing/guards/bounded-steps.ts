import { day } from '../../durations.ts';
import { type Container, type KubernetesObject, nameOf, type Pod, refOf } from '../../objects.ts';
import { formatQuantity, quantity } from '../../quantity.ts';
import { countedBy } from '../../quota.ts';
import { freeOf, nodeRooms } from '../../scheduling/node-room.ts';
import type { Action } from '../action.ts';
import { exceededQuota } from '../exceeded-quota.ts';
import { concerned, pastActions, sinceBegin } from '../past-actions.ts';
import { affectedWorkload, containersOfTarget, counted, replicasAfter, type Workload, wasListed } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** By how much one step may raise or lower an amount. */
const maximumStep = 1.5;
const freeQuota = 'free some of it, or have the quota raised';
const mebibyte = 2 ** 20;

type Resize = Extract<Action, { name: 'resize_workload' }>;
type Resource = 'cpu' | 'memory';

/** One amount that changes, in cores or bytes. */
interface Growth {
  readonly side: 'requests' | 'limits';
  readonly resource: Resource;
  readonly before: number | undefined;
  readonly after: number;
}

/** G23: a leak is not fed for ever. */
export const boundedSteps: Guard = {
  id: 'G23',
  title: 'grows by one bounded step, within what there is',

  check(draft, situation) {
    const replicas = replicasAfter(draft);
    if (replicas !== undefined && draft.action.name === 'scale_workload') return ofScale(replicas, situation);
    return draft.action.name === 'resize_workload' ? ofResize(draft.action, situation) : undefined;
  },
};

function ofScale(replicas: number, { snapshot, target, policy }: Situation) {
  const name = nameOf(refOf(target));
  const { max_replicas: cap } = policy.caps;
  if (replicas > cap)
    return refuse(`${replicas} replicas of ${name} are more than the ${cap} of caps.max_replicas.`, `${cap} at most`);
  const { spec }: Workload = target;
  const more = replicas - (spec?.replicas ?? 1);
  if (more <= 0) return allow(`${name} does not grow.`);
  const full = exceededQuota(
    snapshot,
    target.metadata.namespace,
    (resource) => more * countedBy(spec?.template?.spec, resource),
  );
  return full === undefined
    ? allow(`${name} grows by ${counted(more, 'replica')}, within quota and caps.`)
    : refuse(`${full}.`, freeQuota);
}

function ofResize(action: Resize, situation: Situation) {
  const { target } = situation;
  const what = `container ${action.container} of ${nameOf(refOf(target))}`;
  const container = containersOfTarget(target).find(({ name }) => name === action.container);
  // Which containers there are is what G39 is about.
  if (container === undefined) return undefined;
  const growths = growthsOf(action, container);
  if (typeof growths === 'string')
    return refuse(`${JSON.stringify(growths)} is no amount for ${what}.`, 'an amount such as 500m or 256Mi');
  return (
    tooOften(situation) ??
    growths.map((each) => stepFault(each, what, situation)).find((each) => each !== undefined) ??
    quotaFault(growths, situation) ??
    nodeFault(growths, what, situation) ??
    allow(`Every amount of ${what} changes by no more than ${maximumStep} times, within quota, caps and what is free.`)
  );
}

/** What changes; a text that is no amount is returned instead. */
function growthsOf(action: Resize, { resources }: Container): readonly Growth[] | string {
  const growths: Growth[] = [];
  for (const side of ['requests', 'limits'] as const) {
    for (const resource of ['cpu', 'memory'] as const) {
      const text = action[side]?.[resource];
      if (text === undefined) continue;
      const after = quantity(text);
      if (after === undefined || after <= 0) return text;
      growths.push({ side, resource, before: quantity(resources?.[side]?.[resource]), after });
    }
  }
  return growths;
}

function tooOften(situation: Situation) {
  const { policy, snapshot } = situation;
  const cap = policy.caps.resizes_per_workload_day;
  const workload = affectedWorkload(situation);
  const resized = pastActions(situation).filter(
    (record) =>
      record.action.name === 'resize_workload' &&
      concerned(record, workload, snapshot) &&
      sinceBegin(record, snapshot.now) < day,
  );
  return resized.length >= cap
    ? refuse(
        `${nameOf(workload)} was resized ${counted(resized.length, 'time')} in the last 24 h, and caps.resizes_per_workload_day is ${cap}.`,
        'look why it needs ever more: a leak is mended in the program',
      )
    : undefined;
}

function stepFault({ side, resource, before, after }: Growth, name: string, { policy }: Situation) {
  const what = `${side}.${resource} of ${name}`;
  const text = (amount: number): string => formatQuantity(resource, amount);
  const capText = resource === 'cpu' ? policy.caps.max_cpu : policy.caps.max_memory;
  const cap = quantity(capText);
  if (cap === undefined || after > cap)
    return refuse(
      `${text(after)} for ${what} is more than the ${capText} of caps.max_${resource}.`,
      `${capText} at most`,
    );
  if (before === undefined) return undefined;
  if (after > before * maximumStep)
    return refuse(
      `${what} would grow from ${text(before)} to ${text(after)}, more than ${maximumStep} times.`,
      `${rounded(resource, before * maximumStep, Math.floor)} at most, then see whether that is enough`,
    );
  return after * maximumStep < before
    ? refuse(
        `${what} would shrink from ${text(before)} to ${text(after)}, by more than ${maximumStep} times.`,
        `${rounded(resource, before / maximumStep, Math.ceil)} at least, then see whether that is enough`,
      )
    : undefined;
}

/** An amount that may be asked for as it is written: rounding it like others do might step over the bound. */
function rounded(resource: Resource, amount: number, round: (value: number) => number): string {
  if (resource === 'cpu') return `${round(Number((amount * 1000).toFixed(3)))}m`;
  return amount < mebibyte ? String(round(amount)) : `${round(amount / mebibyte)}Mi`;
}

function quotaFault(growths: readonly Growth[], { snapshot, target }: Situation) {
  const { spec, status }: Workload = target;
  const pods = status?.desiredNumberScheduled ?? spec?.replicas ?? 1;
  const more = new Map(
    growths.map(({ side, resource, before = 0, after }) => [`${side}.${resource}`, pods * (after - before)]),
  );
  // A quota says `memory` for `requests.memory`.
  const full = exceededQuota(snapshot, target.metadata.namespace, (resource) =>
    Math.max(more.get(resource) ?? 0, more.get(`requests.${resource}`) ?? 0),
  );
  return full === undefined ? undefined : refuse(`${full}.`, freeQuota);
}

/** Whether some node has what is more; an amount that was not set before has no step to judge. */
function nodeFault(growths: readonly Growth[], name: string, { snapshot, target }: Situation) {
  const own = nodeOf(target);
  const rooms = [...nodeRooms(snapshot).values()].filter(({ node }) =>
    own === undefined ? node.spec?.unschedulable !== true : node.metadata.name === own,
  );
  if (!wasListed(snapshot, 'Node') || rooms.length === 0)
    return approve(`Nodes were not read, so what is free for ${name} is not known.`);
  for (const { side, resource, before, after } of growths) {
    // A limit that is set for the first time takes nothing.
    const more = after - (before ?? (side === 'requests' ? 0 : after));
    const free = Math.max(...rooms.map((room) => freeOf(room, resource)));
    if (more > free)
      return refuse(
        `${side}.${resource} of ${name} would grow by ${formatQuantity(resource, more)}, and at most ${formatQuantity(resource, free)} is free on ${own === undefined ? 'any node' : `Node/${own}`}.`,
        'add a node, or free one first',
      );
    if (more > 0 && !rooms.some((room) => room.complete && freeOf(room, resource) >= more))
      return approve(`Not all pods of a node were read, so whether it has room for ${name} is not known.`);
  }
  const unset = growths.find(({ before }) => before === undefined);
  return unset === undefined
    ? undefined
    : approve(`No ${unset.side}.${unset.resource} is set for ${name} yet, so how far a step goes is not known.`);
}

/** The node of a Pod, where it has to grow in place; a workload finds another one. */
function nodeOf(target: KubernetesObject): string | undefined {
  const pod: Pod = target;
  return target.kind === 'Pod' ? (pod.spec?.nodeName ?? '') : undefined;
}
