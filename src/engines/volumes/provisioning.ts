import { minute, timeOf } from '../durations.ts';
import type { ClusterEvent } from '../events.ts';
import { maskIds } from '../logs/masking.ts';
import type { Pod } from '../objects.ts';
import { podCondition } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Claim, classOf, noProvisioner, provisionerOf, waitingFor } from './claims.ts';
import { type Candidate, fittingFor } from './fitting.ts';

/** Why a pending claim gets no volume although its class exists. */
export type ProvisioningFault =
  /** The provisioner tried and says why it could not; `essence` is the same for every claim. */
  | { readonly kind: 'refused'; readonly provisioner: string; readonly event: ClusterEvent; readonly essence: string }
  /** The provisioner was asked and does not answer. */
  | { readonly kind: 'silent'; readonly provisioner: string; readonly event: ClusterEvent | undefined }
  /** Volumes of the class are made by hand, and none will do. */
  | { readonly kind: 'none-fits'; readonly candidates: readonly Candidate[]; readonly said: string | undefined }
  /** Some volume will do, where its pod may not go. */
  | { readonly kind: 'elsewhere'; readonly candidates: readonly Candidate[]; readonly said: string }
  /** No node that the pod may use has as much storage left. */
  | { readonly kind: 'no-room'; readonly said: string; readonly pod: Pod };

/** Making a volume takes some seconds, and the first attempt may fail for what passes. */
const hold = minute / 2;
/** A provisioner that is there says `Provisioning` within seconds. */
const answerTime = minute;
/** The kubelet's and scheduler's peers retry at least every 5 min or so; a fault older than that is over or told anew. */
const longest = 500;

/** The fault of one claim; `undefined` for one that waits rightly, or for which another rule speaks (no class, class missing). */
export function provisioningFault(snapshot: Snapshot, claim: Claim): ProvisioningFault | undefined {
  const { storageClassName, volumeName } = claim.spec ?? {};
  if (claim.status?.phase !== 'Pending' || !storageClassName || volumeName) return undefined;
  if (snapshot.now - (timeOf(claim.metadata.creationTimestamp) ?? snapshot.now) < hold) return undefined;
  const provisioner = classOf(snapshot, claim)?.provisioner;
  if (provisioner === undefined || provisioner === noProvisioner) return byHand(snapshot, claim, provisioner);
  return refusal(snapshot, claim, provisioner) ?? silence(snapshot, claim, provisioner) ?? noRoom(snapshot, claim);
}

function refusal(snapshot: Snapshot, claim: Claim, provisioner: string): ProvisioningFault | undefined {
  const event = snapshot.eventsAbout(claim).findLast(({ reason }) => reason === 'ProvisioningFailed');
  return event === undefined || /^storageclass.* not found/i.test(event.message)
    ? undefined
    : { kind: 'refused', provisioner, event, essence: essenceOf(event.message) };
}

/** Without what external-provisioner and gRPC put before it: `code = ResourceExhausted desc = quota` → `ResourceExhausted: quota`. */
function essenceOf(message: string): string {
  const said = message
    .replace(/^failed to (?:provision|create) volume with StorageClass "[^"]*": /i, '')
    .replaceAll(/rpc error: code = (\w+) desc = /g, (_, code: string) => (code === 'Unknown' ? '' : `${code}: `))
    .replaceAll(/\bpvc-[0-9a-f]{8}-[0-9a-f-]{27}\b/g, 'the volume')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return maskIds(said).slice(0, longest);
}

function silence(snapshot: Snapshot, claim: Claim, provisioner: string): ProvisioningFault | undefined {
  if (provisionerOf(claim) === undefined) return undefined;
  const events = snapshot.eventsAbout(claim);
  const event = events.findLast(({ reason }) => reason === 'ExternalProvisioning');
  const asked = event?.first ?? timeOf(claim.metadata.creationTimestamp) ?? snapshot.now;
  const answered = events.some(({ reason }) => reason === 'Provisioning');
  // The name of a CSI driver that is not installed: nobody will answer.
  const isAbsent = !provisioner.includes('/') && snapshot.presence('CSIDriver', undefined, provisioner) === 'absent';
  return answered || (!isAbsent && snapshot.now - asked < answerTime)
    ? undefined
    : { kind: 'silent', provisioner, event };
}

/** A class without a provisioner, or one that only volumes carry. */
function byHand(snapshot: Snapshot, claim: Claim, provisioner: string | undefined): ProvisioningFault | undefined {
  const { all, free, released } = fittingFor(snapshot, claim);
  if (provisioner === undefined && all.length === 0) return undefined;
  const said = saidOf(snapshot, claim, /find available persistent volumes to bind/i);
  const waits = classOf(snapshot, claim)?.volumeBindingMode === 'WaitForFirstConsumer';
  if (waits && said === undefined) return undefined;
  if (free.length > 0) {
    return waits && said !== undefined ? { kind: 'elsewhere', candidates: free, said: said.text } : undefined;
  }
  const listed = snapshot.presence('PersistentVolume', undefined, '') === 'absent';
  const event = snapshot.eventsAbout(claim).findLast(({ reason }) => reason === 'ProvisioningFailed');
  if (released.length > 0 || (!listed && said === undefined && event === undefined)) return undefined;
  return { kind: 'none-fits', candidates: all, said: said?.text ?? event?.message };
}

function noRoom(snapshot: Snapshot, claim: Claim): ProvisioningFault | undefined {
  const said = saidOf(snapshot, claim, /did not have enough free storage/i);
  return said === undefined ? undefined : { kind: 'no-room', said: said.text, pod: said.pod };
}

/** What the scheduler says of a pod that waits for the claim. */
function saidOf(snapshot: Snapshot, claim: Claim, pattern: RegExp): { pod: Pod; text: string } | undefined {
  return waitingFor(snapshot, claim)
    .map((pod) => ({ pod, text: podCondition(pod, 'PodScheduled')?.message ?? '' }))
    .find(({ text }) => pattern.test(text));
}
