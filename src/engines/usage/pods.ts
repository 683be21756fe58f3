import type { Pod } from '../objects.ts';
import { containersOf, isFinished, type PodContainer } from '../pods.ts';
import { quantity } from '../quantity.ts';
import { podLimits, podRequests, type Resources } from '../scheduling/requests.ts';
import type { Snapshot } from '../snapshot.ts';

export const usedResources = ['cpu', 'memory'] as const;
export type UsedResource = (typeof usedResources)[number];

/** Cores or bytes; what is not set or not known is absent. */
export interface Amounts {
  readonly used?: number | undefined;
  readonly request?: number | undefined;
  readonly limit?: number | undefined;
}

/** How much of a limit is used, or of a request where there is no limit. */
export interface Nearness {
  readonly resource: UsedResource;
  readonly of: 'limit' | 'request';
  /** 1 is all of it. */
  readonly share: number;
  /** Absent when the pod as a whole has the limit. */
  readonly container?: string | undefined;
}

export interface PodUsage {
  readonly pod: Pod;
  readonly cpu: Amounts;
  readonly memory: Amounts;
  /** What is nearest to running out. */
  readonly nearest?: Nearness | undefined;
}

/** What the pods that have a node use of what they asked for; the nearest to a limit first. */
export function podUsages(snapshot: Snapshot, pods: readonly Pod[]): readonly PodUsage[] {
  return pods
    .filter((pod) => pod.spec?.nodeName !== undefined && !isFinished(pod))
    .map((pod) => usageOf(snapshot, pod))
    .toSorted(
      (a, b) =>
        rankOf(b) - rankOf(a) ||
        (b.nearest?.share ?? 0) - (a.nearest?.share ?? 0) ||
        (b.memory.used ?? 0) - (a.memory.used ?? 0),
    );
}

/** A limit ends a container; a request without one only makes it the first to go. */
const rankOf = ({ nearest }: PodUsage): number => (nearest === undefined ? 0 : nearest.of === 'limit' ? 2 : 1);

function usageOf(snapshot: Snapshot, pod: Pod): PodUsage {
  const used = usedBy(snapshot, pod);
  const requests = podRequests(pod.spec);
  const limits = podLimits(pod.spec);
  const running = containersOf(pod).filter(({ init, sidecar }) => !init || sidecar);
  const amounts = (resource: UsedResource): Amounts => ({
    used: sumOf(used, resource),
    request: requests[resource] || undefined,
    limit: isLimited(pod, running, resource) ? limits[resource] : undefined,
  });
  const [cpu, memory] = [amounts('cpu'), amounts('memory')];
  const nearest = [
    ...running.flatMap((container) => containerNearness(container, used?.get(container.name))),
    ...podNearness(pod, { cpu, memory }),
  ].toSorted((a, b) => Number(b.of === 'limit') - Number(a.of === 'limit') || b.share - a.share)[0];
  return { pod, cpu, memory, ...(nearest !== undefined && { nearest }) };
}

type Used = ReadonlyMap<string, Resources>;

/** By container; `undefined` when nothing was measured. */
function usedBy(snapshot: Snapshot, { metadata: { namespace, name } }: Pod): Used | undefined {
  const measured = snapshot.find('PodMetrics', namespace, name);
  if (measured?.containers === undefined) return undefined;
  return new Map(
    measured.containers.map(({ name: container = '', usage }) => [
      container,
      Object.fromEntries(usedResources.map((resource) => [resource, quantity(usage?.[resource]) ?? 0])),
    ]),
  );
}

const sumOf = (used: Used | undefined, resource: UsedResource): number | undefined =>
  used === undefined ? undefined : [...used.values()].reduce((sum, each) => sum + (each[resource] ?? 0), 0);

/** A pod has a limit when it says so itself, or when none of its containers is without. */
const isLimited = ({ spec }: Pod, running: readonly PodContainer[], resource: UsedResource): boolean =>
  spec?.resources?.limits?.[resource] !== undefined ||
  running.every((container) => amountOf(container, 'limits', resource) !== undefined);

/** What holds now: an in-place resize shows in the status first. */
const amountOf = ({ spec, status }: PodContainer, side: 'limits' | 'requests', resource: UsedResource) =>
  quantity(status?.resources?.[side]?.[resource] ?? spec.resources?.[side]?.[resource]);

const containerNearness = (container: PodContainer, used: Resources | undefined): readonly Nearness[] =>
  usedResources.flatMap((resource) => {
    const amount = used?.[resource];
    const nearness = shareOf(amount, {
      limit: amountOf(container, 'limits', resource),
      request: amountOf(container, 'requests', resource),
    });
    return nearness === undefined ? [] : [{ resource, ...nearness, container: container.name }];
  });

/** Only where the pod itself has limits (pod-level resources); else its containers tell. */
const podNearness = ({ spec }: Pod, amounts: Readonly<Record<UsedResource, Amounts>>): readonly Nearness[] =>
  usedResources.flatMap((resource) => {
    const limit = quantity(spec?.resources?.limits?.[resource]);
    const nearness = shareOf(amounts[resource].used, { limit, request: undefined });
    return nearness === undefined ? [] : [{ resource, ...nearness }];
  });

function shareOf(used: number | undefined, { limit, request }: Amounts): Pick<Nearness, 'of' | 'share'> | undefined {
  if (used === undefined) return undefined;
  if (limit !== undefined && limit > 0) return { of: 'limit', share: used / limit };
  return request !== undefined && request > 0 ? { of: 'request', share: used / request } : undefined;
}
