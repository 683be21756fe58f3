import { nearest } from '../platform/nearest.ts';
import { timeOf } from './durations.ts';
import { type PullFailure, type PullFailureRule, parseImage, pullFailures } from './images.ts';
import type { ObjectRef } from './objects.ts';
import { unreadySince } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** A pull that failed because of the registry or the way to it, seen beside all others from the same registry. */
export interface RegistryFailure extends PullFailure {
  readonly host: string;
  /** What cannot be pulled: the image, or `images from HOST` when there are several. The same for the whole group. */
  readonly wanted: string;
  /** `on node-1, the only node that tried`: the same for the whole group. */
  readonly where: string;
  /** The node when the registry answers others meanwhile, else the registry (which is no object of the cluster). */
  readonly culprit: ObjectRef;
  /** Pods that wait for this registry. */
  readonly pods: number;
}

/** The failures of one rule, by registry. */
export function registryFailures(snapshot: Snapshot, rule: PullFailureRule): readonly RegistryFailure[] {
  const failures = pullFailures(snapshot).filter((failure) => failure.rule === rule);
  const groups = Map.groupBy(failures, ({ image }) => parseImage(image).host);
  return [...groups].flatMap(([host, group]) => {
    const images = new Set(group.map(({ image }) => image));
    const [only] = images;
    const wanted = images.size === 1 && only !== undefined ? only : `images from ${host}`;
    const pods = new Set(group.map(({ pod }) => pod)).size;
    const shared = { host, wanted, pods, ...whereOf(snapshot, host, group) };
    return group.map((failure) => ({ ...failure, ...shared }));
  });
}

function whereOf(
  snapshot: Snapshot,
  host: string,
  failures: readonly PullFailure[],
): Pick<RegistryFailure, 'where' | 'culprit'> {
  const failing = [...new Set(failures.flatMap(({ pod }) => pod.spec?.nodeName ?? []))].toSorted();
  const began = Math.min(...failures.map(({ pod }) => timeOf(unreadySince(pod)) ?? snapshot.now));
  const pulling = nodesThatPulled(snapshot, host, began).filter((node) => !failing.includes(node));
  const [node] = failing;
  const oneNode = failing.length === 1 && node !== undefined && pulling.length > 0;
  const culprit = oneNode ? { kind: 'Node', name: node } : { kind: 'Registry', name: host };
  if (pulling.length > 0)
    return { culprit, where: `only on ${named(failing)}; ${named(pulling)} pulled from it meanwhile` };
  if (failing.length === 1) return { culprit, where: `on ${node}, the only node that tried` };
  return { culprit, where: `on all ${failing.length} nodes that tried` };
}

/** Nodes that pulled an image from the registry since then. */
function nodesThatPulled(snapshot: Snapshot, host: string, since: number): readonly string[] {
  const nodes = snapshot.events
    .filter(({ reason, last }) => reason === 'Pulled' && (last ?? 0) >= since)
    .filter(({ message }) => {
      const image = /^Successfully pulled image "([^"]+)"/.exec(message)?.[1];
      return image !== undefined && parseImage(image).host === host;
    })
    .flatMap(({ about }) => snapshot.find('Pod', about.namespace, about.name)?.spec?.nodeName ?? []);
  return [...new Set(nodes)].toSorted();
}

const namedNodes = 3;

function named(nodes: readonly string[]): string {
  const rest = nodes.length - namedNodes;
  return rest > 0 ? `${nodes.slice(0, namedNodes).join(', ')} and ${rest} more` : nodes.join(', ');
}

/** The host of another running image that someone who wrote `wanted` may have meant: each label is the same or a slip of it. */
export function similarHost(snapshot: Snapshot, wanted: string): string | undefined {
  const labels = wanted.split('.');
  return knownHosts(snapshot)
    .filter((host) => host !== wanted)
    .find((host) => {
      const others = host.split('.');
      return (
        others.length === labels.length &&
        labels.every((label, index) => nearest(label, [others[index] ?? '']).length > 0)
      );
    });
}

/** Registry hosts that running containers of this snapshot came from. */
function knownHosts(snapshot: Snapshot): readonly string[] {
  const images = snapshot
    .all('Pod')
    .flatMap(({ spec, status }) =>
      (spec?.containers ?? []).filter(({ name }) =>
        status?.containerStatuses?.some((each) => each.name === name && each.state?.running !== undefined),
      ),
    )
    .flatMap(({ image }) => image ?? []);
  return [...new Set(images.map((image) => parseImage(image).host))];
}
