import { waitsForVolumes } from '../config-faults.ts';
import { tinyLimits } from '../crashes/memory.ts';
import { minute, second } from '../durations.ts';
import type { ClusterEvent } from '../events.ts';
import { maskIds } from '../logs/masking.ts';
import type { Pod, Volume } from '../objects.ts';
import { brokenPods } from '../pod-groups.ts';
import type { Snapshot } from '../snapshot.ts';
import { bypassedClaims } from './bypassed.ts';
import { type Claim, claimMounts } from './claims.ts';

/** A volume that the kubelet or the attach-detach controller cannot give to a pod. */
export interface MountFault {
  readonly pod: Pod;
  /** The volume in the pod's spec; `undefined` when the message names none of them. */
  readonly volume: Volume | undefined;
  readonly claim: Claim | undefined;
  readonly event: ClusterEvent;
  /** The inner error on one line, without wrappers, paths of the kubelet and ids: the same for all replicas. */
  readonly essence: string;
}

const reasons = new Set(['FailedMount', 'FailedAttachVolume', 'FailedMapVolume']);
/** The kubelet retries within about 2 min and may say so every 5 min only (see config-faults). */
const retry = 10 * minute;
/** A driver that registers while the pod starts fails the first attempts. */
const hold = 20 * second;
/** Faults of references, tokens and holders, for which other rules speak. */
const ofOthers =
  /(?:configmap|secret) "[^"]+" not found|references non-existent|not registered|failed to sync (?:configmap|secret) cache|failed to fetch token|multi-attach|serviceaccount/i;
/** Volumes in memory, such as that of the token, are sized by the limit of the pod. */
const fillsMemory = /no space left on device/i;
/** Says that something is missing, not what. */
const summaryOnly = /^unable to attach or mount volumes/i;
const longest = 300;

/** One fault per volume of each pod that waits for its volumes: the last that was said of it. */
export function mountFaults(snapshot: Snapshot): readonly MountFault[] {
  return brokenPods(snapshot)
    .filter((pod) => waitsForVolumes(pod) && bypassedClaims(snapshot, pod).length === 0)
    .flatMap((pod) => faultsOf(snapshot, pod));
}

function faultsOf(snapshot: Snapshot, pod: Pod): readonly MountFault[] {
  const events = snapshot
    .eventsAbout(pod)
    .filter(({ reason, last }) => reasons.has(reason) && snapshot.now - (last ?? snapshot.now) <= retry);
  if (events.some(({ message }) => ofOthers.test(message) || (fillsMemory.test(message) && tinyLimits(pod).length > 0)))
    return [];
  const lasting = events.filter(({ first, count }) => count > 1 || snapshot.now - (first ?? snapshot.now) > hold);
  const telling = lasting.filter(({ message }) => !summaryOnly.test(message));
  const chosen = telling.length > 0 ? telling : lasting.slice(-1);
  const byVolume = new Map(chosen.map((event) => [volumeIn(event.message), event]));
  return [...byVolume].map(([name, event]) => {
    const { volume, claim } = volumeOf(snapshot, pod, name);
    return { pod, volume, claim, event, essence: essenceOf(event.message) };
  });
}

const volumeIn = (message: string): string | undefined =>
  /for volume "([^"]+)"/.exec(message)?.[1] ?? /unmounted volumes=\[([^\] ]+)/.exec(message)?.[1];

/** Messages name a volume as the pod does, and a claim's by its PersistentVolume. */
function volumeOf(snapshot: Snapshot, pod: Pod, name: string | undefined): Pick<MountFault, 'volume' | 'claim'> {
  const mounts = claimMounts(pod).map(({ volume, claim }) => ({
    volume,
    claim: snapshot.find('PersistentVolumeClaim', pod.metadata.namespace, claim),
  }));
  const mount = mounts.find(({ volume, claim }) => volume === name || claim?.spec?.volumeName === name);
  const volume = pod.spec?.volumes?.find((each) => each.name === (mount?.volume ?? name));
  return { volume, claim: mount?.claim };
}

/** What `mount` printed, else the words after the last wrapper of kubelet and gRPC. */
function essenceOf(message: string): string {
  const output = /\bOutput: (.*?)(?:\n|$)/s.exec(message)?.[1];
  const inner = message
    .replace(
      /^(?:MountVolume|AttachVolume|MapVolume|UnmapVolume)\.\w+ (?:failed|initialization failed) for volume "[^"]*"\s*:\s*/i,
      '',
    )
    .replaceAll(/rpc error: code = (\w+) desc = /g, (_, code: string) => (code === 'Unknown' ? '' : `${code}: `));
  const said = (output ?? inner)
    .replaceAll(/(?:mount(?:\.\w+)?: )?\/\S*\/pods\/[0-9a-f-]{36}\/\S*?(?::\s|(?=\s|$))/g, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/[\s.]+$/, '')
    .trim();
  return maskIds(said).slice(0, longest);
}
