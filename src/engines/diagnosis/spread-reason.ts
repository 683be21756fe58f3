import { nearest } from '../../platform/nearest.ts';
import { keyOf, type Node, nameOf, type ObjectRef, type Pod } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { templateName } from '../pod-spec-path.ts';
import {
  type AffinityTerm,
  type Crowded,
  domainsOf,
  placedPods,
  termMeans,
  workloadsOf,
} from '../scheduling/neighbours.ts';
import { matchesSelector, selectorText } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Fix } from './rule.ts';
import { counted, elsewhere, softer, tooMany } from './spread-fixes.ts';

type SpreadConstraint = NonNullable<NonNullable<Pod['spec']>['topologySpreadConstraints']>[number];

/** What keeps a pod from nodes that have room, and what to do. */
export interface SpreadReason {
  /** The rest of `cannot be scheduled: …`. */
  readonly says: string;
  readonly recomputed: string;
  readonly fixes: readonly Fix[];
}

const shownWorkloads = 3;
const required = 'requiredDuringSchedulingIgnoredDuringExecution';

/** The term of pod affinity, anti-affinity or topology spread that rules the nodes out; `undefined` when what was read does not tell. */
export function spreadReason(snapshot: Snapshot, crowded: Crowded): SpreadReason | undefined {
  const { demands, nodes } = crowded;
  if (nodes.length === 0) return undefined;
  return (
    (demands.has('affinity') ? together(snapshot, crowded) : undefined) ??
    (demands.has('spread') ? spread(snapshot, crowded) : undefined) ??
    (demands.has('anti-affinity') ? apart(snapshot, crowded) : undefined) ??
    (demands.has('their-anti-affinity') ? keptAway(snapshot, crowded) : undefined)
  );
}

const list = (refs: readonly ObjectRef[]): string => refs.slice(0, shownWorkloads).map(nameOf).join(', ');
const domainOf = (snapshot: Snapshot, pod: Pod, topologyKey: string): string | undefined =>
  snapshot.find('Node', undefined, pod.spec?.nodeName ?? '')?.metadata.labels?.[topologyKey];

/** Its own anti-affinity: in every domain there is a pod that it must not be with. */
function apart(snapshot: Snapshot, { pod, nodes }: Crowded): SpreadReason | undefined {
  const workload = workloadOf(snapshot, pod);
  for (const term of pod.spec?.affinity?.podAntiAffinity?.[required] ?? []) {
    const { topologyKey = '', labelSelector = {} } = term;
    const blocking = placedPods(snapshot).filter((other) => termMeans(snapshot, pod, term, other));
    const taken = new Set(blocking.flatMap((other) => domainOf(snapshot, other, topologyKey) ?? []));
    const domains = domainsOf(nodes, topologyKey);
    if (blocking.length === 0 || [...domains].some((domain) => !taken.has(domain))) continue;
    const blockers = workloadsOf(snapshot, blocking);
    const own = blockers.some((each) => keyOf(each) === keyOf(workload));
    return {
      says: `its podAntiAffinity keeps it away from pods with ${selectorText(labelSelector)} in the same ${topologyKey}, and every ${topologyKey} it may use has one (${list(blockers)})`,
      recomputed: `${counted(domains.size, 'domain')} of ${topologyKey} on ${counted(nodes.length, 'node')} it may use, ${counted(taken.size, 'domain')} with such a pod`,
      fixes: own
        ? tooMany(workload, domains.size, topologyKey)
        : [elsewhere(topologyKey), softer(workload, 'podAntiAffinity')],
    };
  }
  return undefined;
}

/** The anti-affinity of pods that are there already. */
function keptAway(snapshot: Snapshot, { pod, nodes }: Crowded): SpreadReason | undefined {
  const blocking = placedPods(snapshot).flatMap((other) =>
    (other.spec?.affinity?.podAntiAffinity?.[required] ?? [])
      .filter((term) => termMeans(snapshot, other, term, pod))
      .map((term) => ({ other, term })),
  );
  const [first] = blocking;
  if (first === undefined) return undefined;
  const { topologyKey = '', labelSelector = {} } = first.term;
  const blockers = workloadsOf(
    snapshot,
    blocking.map(({ other }) => other),
  );
  return {
    says: `${list(blockers)} keeps pods with ${selectorText(labelSelector)} away from its own ${topologyKey} (podAntiAffinity), and this pod is one`,
    recomputed: `${counted(blocking.length, 'pod')} with such a term on ${counted(nodes.length, 'node')} it may use`,
    fixes: [elsewhere(topologyKey)],
  };
}

/** Its affinity: no pod that it wants to be with, where it may be. */
function together(snapshot: Snapshot, { pod, nodes }: Crowded): SpreadReason | undefined {
  for (const term of pod.spec?.affinity?.podAffinity?.[required] ?? []) {
    const { topologyKey = '', labelSelector = {} } = term;
    const wanted = placedPods(snapshot).filter((other) => termMeans(snapshot, pod, term, other));
    const there = new Set(wanted.flatMap((other) => domainOf(snapshot, other, topologyKey) ?? []));
    if (nodes.some(({ metadata }) => there.has(metadata.labels?.[topologyKey] ?? ''))) continue;
    const near = wanted.length > 0 ? undefined : labelledAlike(snapshot, pod, term);
    const away = wanted.length > 0 ? undefined : matchingElsewhere(snapshot, pod, term);
    const hint =
      away !== undefined
        ? ` in this namespace (pods of namespace ${away} have, and the term names no namespace)`
        : near === undefined
          ? ''
          : ` (${nameOf(near.ref)} has ${near.label})`;
    const lack =
      wanted.length === 0
        ? 'no running pod has'
        : `no node with room is in a ${topologyKey} that has one (${list(workloadsOf(snapshot, wanted))})`;
    const workload = workloadOf(snapshot, pod);
    return {
      says: `its podAffinity wants a pod with ${selectorText(labelSelector)} in the same ${topologyKey}, and ${lack}${hint}`,
      recomputed: `${counted(wanted.length, 'placed pod')} with ${selectorText(labelSelector)}`,
      fixes: [
        ...(away === undefined
          ? []
          : [
              {
                advice: `add namespaces: [${away}] to that term of the podAffinity of ${nameOf(workload)}`,
                reason: 'a term without namespaces looks in the namespace of its own pod only',
              },
            ]),
        near === undefined
          ? {
              advice: `run a pod with ${selectorText(labelSelector)} first`,
              reason: 'it may only be where such a pod is',
            }
          : {
              advice: `set the podAffinity of ${nameOf(workload)} to ${near.label}, if that was meant`,
              reason: 'a workload has that label',
            },
        softer(workload, 'podAffinity'),
      ],
    };
  }
  return undefined;
}

/** Another namespace whose placed pods a term would mean, if it did not look in its own namespace only. */
function matchingElsewhere(
  snapshot: Snapshot,
  pod: Pod,
  { labelSelector, namespaces, namespaceSelector }: AffinityTerm,
) {
  if (namespaceSelector !== undefined || (namespaces ?? []).length > 0) return undefined;
  return placedPods(snapshot).find(
    ({ metadata }) => metadata.namespace !== pod.metadata.namespace && matchesSelector(labelSelector, metadata.labels),
  )?.metadata.namespace;
}

/** A label of a placed pod that a term may have meant. */
function labelledAlike(
  snapshot: Snapshot,
  pod: Pod,
  { labelSelector }: AffinityTerm,
): { readonly ref: ObjectRef; readonly label: string } | undefined {
  for (const [key, value = ''] of Object.entries(labelSelector?.matchLabels ?? {})) {
    const others = placedPods(snapshot).filter(({ metadata }) => metadata.namespace === pod.metadata.namespace);
    const [alike] = nearest(
      value,
      others.flatMap(({ metadata }) => metadata.labels?.[key] ?? []),
      1,
    );
    const other = others.find(({ metadata }) => alike !== undefined && metadata.labels?.[key] === alike);
    if (other !== undefined) return { ref: workloadOf(snapshot, other), label: `${key}=${alike}` };
  }
  return undefined;
}

/** A hard spread constraint: nodes without the label are out, and a domain may not get ahead of the emptiest. */
function spread(snapshot: Snapshot, { pod, nodes }: Crowded): SpreadReason | undefined {
  const workload = workloadOf(snapshot, pod);
  const hard = (pod.spec?.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  const unlabelled = hard.find(({ topologyKey = '' }) => domainsOf(snapshot.all('Node'), topologyKey).size === 0);
  if (unlabelled !== undefined) {
    const { topologyKey = '' } = unlabelled;
    const near = nearestKey(snapshot.all('Node'), topologyKey);
    return {
      says: `its topologySpreadConstraints spread over ${topologyKey}, a label that no node has${near === undefined ? '' : ` (nodes have ${near})`}`,
      recomputed: `none of ${counted(snapshot.all('Node').length, 'node')} has the label ${topologyKey}`,
      fixes: [
        near === undefined
          ? {
              advice: `kubectl label node NODE ${topologyKey}=…, or spread over a label that nodes have`,
              reason: 'nodes without the label are ruled out',
            }
          : {
              advice: `change topologyKey ${topologyKey} to ${near} in ${templateName(workload)}`,
              reason: 'that is what nodes have',
            },
        softer(workload, 'whenUnsatisfiable: ScheduleAnyway'),
      ],
    };
  }
  const [first] = hard;
  if (first === undefined) return undefined;
  const { topologyKey = '', maxSkew = 1 } = first;
  const domains = domainsOf(nodes, topologyKey);
  const few = hard.find(({ topologyKey: key = '', minDomains }) => (minDomains ?? 0) > domainsOf(nodes, key).size);
  if (few !== undefined) return tooFewDomains(workload, few, nodes);
  return {
    says: `its topologySpreadConstraints allow a ${topologyKey} at most ${maxSkew} more such pods than the emptiest, and the emptiest has no room for it`,
    recomputed: `${counted(domains.size, 'domain')} of ${topologyKey} on ${counted(nodes.length, 'node')} it may use, of ${counted(domainsOf(snapshot.all('Node'), topologyKey).size, 'domain')}`,
    fixes: [elsewhere(topologyKey), softer(workload, 'whenUnsatisfiable: ScheduleAnyway')],
  };
}

/** With fewer domains than minDomains the emptiest counts as 0, however full the others are. */
function tooFewDomains(
  workload: ObjectRef,
  { topologyKey = '', minDomains = 0, maxSkew = 1 }: SpreadConstraint,
  nodes: readonly Node[],
): SpreadReason {
  const { size } = domainsOf(nodes, topologyKey);
  return {
    says: `its topologySpreadConstraints ask for ${minDomains} domains of ${topologyKey} (minDomains), and the nodes it may use have ${size}, so each takes at most ${counted(maxSkew, 'such pod')}`,
    recomputed: `${counted(size, 'domain')} of ${topologyKey} on ${counted(nodes.length, 'node')} it may use, minDomains is ${minDomains}`,
    fixes: [
      {
        advice: `lower minDomains to ${Math.max(size, 1)} in ${templateName(workload)}, or add nodes in ${counted(Math.max(minDomains - size, 1), 'other')} ${topologyKey}`,
        reason: 'with fewer domains than minDomains the scheduler counts an empty one',
      },
      softer(workload, 'whenUnsatisfiable: ScheduleAnyway'),
    ],
  };
}

const nearestKey = (nodes: readonly Node[], key: string): string | undefined =>
  nearest(
    key,
    nodes.flatMap(({ metadata }) => Object.keys(metadata.labels ?? {})),
    1,
  )[0];
