import { startOutOfMemory } from './crashes/memory.ts';
import { minute, second } from './durations.ts';
import type { ClusterEvent } from './events.ts';
import { maskIds } from './logs/masking.ts';
import type { Pod } from './objects.ts';
import { brokenPods } from './pod-groups.ts';
import { containersOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** A pod whose sandbox (its network) the runtime could not make. */
export interface SandboxFault {
  readonly pod: Pod;
  readonly event: ClusterEvent;
  readonly kind: 'ip-exhausted' | 'network' | 'runtime';
  /** The CNI plugin that failed, when the runtime names it. */
  readonly plugin: string | undefined;
  /** The inner error, the same for all replicas. */
  readonly essence: string;
}

/** The kubelet tries again at once and repeats the event at most every few minutes. */
const recently = 10 * minute;
/** A pod that starts while the agent of its node restarts fails once or twice. */
const hold = 20 * second;
const longest = 300;

const exhausted =
  /no ip addresses available|range (?:set )?is full|failed to (?:assign|allocate) an? ip|no available ip|insufficient ?(?:free)?ip|ippool.*exhausted|no (?:more|free) (?:ip|addresses)|not enough ips/i;
const network = /failed to (?:set ?up|setup) network for sandbox|network plugin|plugin type=|cni|networkplugin/i;
const runtime =
  /is reserved for|failed to reserve|context deadline exceeded|deadlineexceeded|failed to (?:create|start) (?:containerd|shim)|ttrpc/i;

/** Sandboxes that keep failing, of pods of which no container was started. */
export function sandboxFaults(snapshot: Snapshot): readonly SandboxFault[] {
  return brokenPods(snapshot)
    .filter((pod) => Boolean(pod.spec?.nodeName) && !hasStarted(pod))
    .flatMap((pod) => faultOf(snapshot, pod) ?? []);
}

const hasStarted = (pod: Pod): boolean =>
  containersOf(pod).some(({ status }) => status?.state?.running !== undefined || status?.containerID);

function faultOf(snapshot: Snapshot, pod: Pod): SandboxFault | undefined {
  const event = snapshot.eventsAbout(pod).findLast(
    ({ reason, message: said, last, first, count }) =>
      /^(?:FailedCreatePodSandBox|NetworkNotReady)$/i.test(reason) &&
      // The limit of the pod is at fault, not the runtime.
      !startOutOfMemory.test(said) &&
      snapshot.now - (last ?? snapshot.now) <= recently &&
      (count > 1 || snapshot.now - (first ?? snapshot.now) > hold),
  );
  if (event === undefined) return undefined;
  const { message } = event;
  const kind = exhausted.test(message)
    ? 'ip-exhausted'
    : network.test(message) || event.reason === 'NetworkNotReady'
      ? 'network'
      : runtime.test(message)
        ? 'runtime'
        : undefined;
  if (kind === undefined) return undefined;
  return { pod, event, kind, plugin: /plugin type="?([\w.-]+)"?/i.exec(message)?.[1], essence: essenceOf(message) };
}

/** Without what kubelet, gRPC and containerd put before it. */
const essenceOf = (message: string): string =>
  maskIds(
    message
      .replace(/^.*?failed to (?:create|start) (?:pod )?sandbox[^:]*:\s*/i, '')
      .replaceAll(/rpc error: code = \w+ desc = /g, '')
      .replace(/^.*?failed to (?:set ?up|setup) network for sandbox "[^"]*":\s*/i, '')
      .replace(/^.*?plugin type="[^"]*"(?: name="[^"]*")? failed \(add\):\s*/i, '')
      .replaceAll(/\b[0-9a-f]{64}\b/g, '<id>')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  ).slice(0, longest);
