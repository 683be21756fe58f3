import { day } from '../../durations.ts';
import { type Container, type KubernetesObject, keyOf, nameOf, refOf } from '../../objects.ts';
import { formatQuantity, quantity } from '../../quantity.ts';
import { countedBy } from '../../quota.ts';
import { templateOf } from '../../references.ts';
import { freeOf, nodeRooms } from '../../scheduling/node-room.ts';
import type { Action } from '../action.ts';
import { pastActions, sinceBegin } from '../past-actions.ts';
import { counted, replicasAfter, type Workload, wasListed } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** By how much one step may raise or lower an amount. */
const maximumStep = 1.5;

type Resize = Extract<Action, { name: 'resize_workload' }>;
type Resource = 'cpu' | 'memory';
type Side = 'requests' | 'limits';

/** One amount that changes, in cores or bytes. */
interface Growth {
  readonly side: Side;
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

function ofScale(replicas: number, situation: Situation) {
  const { target, policy } = situation;
  const name = nameOf(refOf(target));
  const { max_replicas: cap } = policy.caps;
  if (replicas > cap)
    return refuse(`${replicas} replicas of ${name} are more than the ${cap} of caps.max_replicas.`, `${cap} at most`);
  const { spec }: Workload = target;
  const more = replicas - (spec?.replicas ?? 1);
  if (more <= 0) return allow(`${name} does not grow.`);
  const full = fullQuota(situation, (resource) => more * countedBy(spec?.template?.spec, resource));
  return full ?? allow(`${name} grows by ${counted(more, 'replica')}, within quota and caps.`);
}

function ofResize(action: Resize, situation: Situation) {
  const { target } = situation;
  const name = `container ${action.container} of ${nameOf(refOf(target))}`;
  const container = containerOf(target, action.container);
  // Which containers there are is what G39 is about.
  if (container === undefined) return undefined;
  const grown = growthsOf(action, container);
  if (typeof grown === 'string')
    return refuse(`${JSON.stringify(grown)} is no amount for ${name}.`, 'an amount such as 500m or 256Mi');
  const fault =
    tooOften(situation) ?? grown.map((each) => stepFault(each, name, situation)).find((each) => each !== undefined);
  if (fault !== undefined) return fault;
  const { spec }: Workload = target;
  const pods = spec?.replicas ?? 1;
  const deltas = new Map(
    grown.map(({ side, resource, before = 0, after }) => [`${side}.${resource}`, pods * Math.max(0, after - before)]),
  );
  const full = fullQuota(
    situation,
    (resource) => deltas.get(/^(?:cpu|memory)$/.test(resource) ? `requests.${resource}` : resource) ?? 0,
  );
  if (full !== undefined) return full;
  if (!wasListed(situation.snapshot, 'Node'))
    return approve(`Nodes were not read, so what is free for ${name} is not known.`);
  const unset = grown.find(({ before }) => before === undefined);
  return unset === undefined
    ? allow(
        `Every amount of ${name} changes by no more than ${maximumStep} times, within quota, caps and what is free.`,
      )
    : approve(`${name} has no ${unset.side}.${unset.resource} yet, so how far a step goes is not known.`);
}

const containerOf = (target: KubernetesObject, name: string): Container | undefined =>
  templateOf(target)?.spec?.containers?.find((container) => container.name === name);

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

function stepFault({ side, resource, before, after }: Growth, name: string, { policy, snapshot }: Situation) {
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
      `${text(before * maximumStep)} at most, then see whether that is enough`,
    );
  if (after * maximumStep < before)
    return refuse(
      `${what} would shrink from ${text(before)} to ${text(after)}, by more than ${maximumStep} times.`,
      `${text(before / maximumStep)} at least, then see whether that is enough`,
    );
  return after > before ? nodeFault({ what, resource, more: after - before }, { policy, snapshot }) : undefined;
}

function nodeFault(
  { what, resource, more }: { what: string; resource: Resource; more: number },
  { snapshot }: Pick<Situation, 'snapshot' | 'policy'>,
) {
  const rooms = [...nodeRooms(snapshot).values()].filter(({ node }) => node.spec?.unschedulable !== true);
  if (rooms.length === 0) return undefined;
  const free = Math.max(...rooms.map((room) => freeOf(room, resource)));
  return more > free
    ? refuse(
        `${what} would grow by ${formatQuantity(resource, more)}, and no node has more than ${formatQuantity(resource, free)} free.`,
        'add a node, or free one first',
      )
    : undefined;
}

/** The first quota of the namespace that would be exceeded; quotas for certain pods only are left to the API server. */
function fullQuota({ snapshot, target }: Situation, more: (resource: string) => number) {
  for (const quota of snapshot.all('ResourceQuota', target.metadata.namespace)) {
    if (quota.spec?.scopes !== undefined || quota.spec?.scopeSelector !== undefined) continue;
    for (const [resource, hard] of Object.entries(quota.status?.hard ?? {})) {
      const limit = quantity(hard);
      const used = quantity(quota.status?.used?.[resource]) ?? 0;
      const wanted = more(resource);
      if (limit === undefined || wanted <= 0 || used + wanted <= limit) continue;
      const text = (amount: number): string => formatQuantity(resource, amount);
      return refuse(
        `${nameOf(refOf(quota))} allows ${text(limit)} of ${resource}: ${text(used)} is used and ${text(wanted)} more would be.`,
        'free some of it, or have the quota raised',
      );
    }
  }
  return undefined;
}

function tooOften(situation: Situation) {
  const { target, policy, snapshot } = situation;
  const cap = policy.caps.resizes_per_workload_day;
  const resized = pastActions(situation).filter(
    (record) =>
      record.action.name === 'resize_workload' &&
      keyOf(record.target.object) === keyOf(refOf(target)) &&
      sinceBegin(record, snapshot.now) < day,
  );
  return resized.length >= cap
    ? refuse(
        `${nameOf(refOf(target))} was resized ${counted(resized.length, 'time')} in the last 24 h, and caps.resizes_per_workload_day is ${cap}.`,
        'look why it needs ever more: a leak is mended in the program',
      )
    : undefined;
}
