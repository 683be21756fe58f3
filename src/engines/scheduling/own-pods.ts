import type { Node, Pod } from '../objects.ts';
import { containersOf } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { type AffinityTerm, crowdedPods, placedPods, termMeans } from './neighbours.ts';
import { unplacedPod } from './placement.ts';
import { podRequests, type Resources } from './requests.ts';

/** What an unscheduled pod needs and pods that should make way for it hold, on a node where nobody else does. */
export interface HeldByOwn {
  /** `hostPort 80`, `its podAntiAffinity over kubernetes.io/hostname`, `cpu`. */
  readonly what: string;
  readonly holder: Pod;
  readonly node: string;
}

/**
 * Whether only `old` pods keep `waiting` from some node: by a port of the node, by its required anti-affinity, or by
 * the room that one of them takes.
 */
export function exclusivelyHeld(snapshot: Snapshot, waiting: Pod, old: readonly Pod[]): HeldByOwn | undefined {
  const crowded = crowdedPods(snapshot).find(({ pod }) => pod === waiting);
  if (crowded === undefined) return heldRoom(snapshot, waiting, old);
  const placed = placedPods(snapshot);
  return crowded.nodes
    .flatMap((node) => [
      ...(crowded.demands.has('host-port') ? heldPort(waiting, node, { placed, old }) : []),
      ...(crowded.demands.has('anti-affinity') ? heldDomain(snapshot, waiting, node, { placed, old }) : []),
    ])
    .at(0);
}

interface Pods {
  readonly placed: readonly Pod[];
  readonly old: readonly Pod[];
}

const portsOf = (pod: Pod): readonly string[] =>
  containersOf(pod).flatMap(({ spec }) =>
    (spec.ports ?? []).flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? [`${hostPort}/${protocol}`] : [])),
  );

function heldPort(waiting: Pod, node: Node, { placed, old }: Pods): readonly HeldByOwn[] {
  const wanted = new Set(portsOf(waiting));
  const { name } = node.metadata;
  const holders = placed.filter((pod) => pod.spec?.nodeName === name && portsOf(pod).some((port) => wanted.has(port)));
  const [holder] = holders;
  if (holder === undefined || holders.some((pod) => !old.includes(pod))) return [];
  const taken = portsOf(holder).filter((port) => wanted.has(port));
  return [{ what: `hostPort ${taken.map((port) => port.replace('/TCP', '')).join(', ')}`, holder, node: name }];
}

function heldDomain(snapshot: Snapshot, waiting: Pod, node: Node, { placed, old }: Pods): readonly HeldByOwn[] {
  const terms: readonly AffinityTerm[] =
    waiting.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const labels = new Map(snapshot.all('Node').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  return terms.flatMap((term) => {
    const key = term.topologyKey ?? '';
    const domain = node.metadata.labels?.[key];
    const meant = placed.filter(
      (pod) => labels.get(pod.spec?.nodeName ?? '')?.[key] === domain && termMeans(snapshot, waiting, term, pod),
    );
    const [holder] = meant;
    if (domain === undefined || holder === undefined || meant.some((pod) => !old.includes(pod))) return [];
    return [{ what: `a place apart (podAntiAffinity over ${key})`, holder, node: node.metadata.name }];
  });
}

function heldRoom(snapshot: Snapshot, waiting: Pod, old: readonly Pod[]): HeldByOwn | undefined {
  const unplaced = unplacedPod(snapshot, waiting);
  if (unplaced?.cause !== 'capacity') return undefined;
  return unplaced.nodes
    .flatMap(({ node, shortages }) => {
      const holder = old
        .filter(({ spec }) => spec?.nodeName === node.metadata.name)
        .find((pod) => {
          const freed: Resources = { pods: 1, ...podRequests(pod.spec) };
          return shortages.every(({ resource, request, free }) => request <= free + (freed[resource] ?? 0));
        });
      if (holder === undefined || shortages.length === 0) return [];
      const what = `room (${shortages.map(({ resource }) => resource).join(', ')})`;
      return [{ what, holder, node: node.metadata.name }];
    })
    .at(0);
}
