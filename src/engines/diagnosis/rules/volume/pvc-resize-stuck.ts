import { minute, timeOf } from '../../../durations.ts';
import type { ClusterEvent } from '../../../events.ts';
import { maskIds } from '../../../logs/masking.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type Claim, classOf, consumersOf, isGrowing } from '../../../volumes/claims.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

/** Drivers grow a volume within seconds to a minute. */
const hold = minute;
const longest = 300;

export const pvcResizeStuck = defineRule({
  id: 'pvc-resize-stuck',
  title: 'A claim does not grow',
  area: 'volume',
  class: 'cause',
  severity: 'medium',
  meaning: 'More was asked for than the volume has, and the volume does not get larger. It is used at its old size.',
  detection:
    'spec.resources.requests.storage is more than status.capacity.storage of a bound claim, for more than a minute. ' +
    'Conditions (ControllerResizeError, NodeResizeError, FileSystemResizePending), allocatedResourceStatuses, the ' +
    'events VolumeResizeFailed and ExternalExpanding, and allowVolumeExpansion of the class tell why.',
  remedies: [
    'Do what the driver says: quota, size limits, credentials.',
    'Restart the pod, when the file system waits for its next mount.',
    'Mend or install the resizer of the driver, when nobody answers.',
  ],
  avoid: ['asking for less than before: claims do not shrink', 'recreating the claim: its data is lost'],

  check: (snapshot) =>
    snapshot
      .all('PersistentVolumeClaim')
      .filter(isGrowing)
      .flatMap((claim) => findingOf(snapshot, claim)),
});

interface Reason {
  readonly says: string;
  readonly certainty: Finding['certainty'];
  readonly evidence: readonly Evidence[];
  readonly since: string | undefined;
  readonly fixes: readonly Fix[];
}

function findingOf(snapshot: Snapshot, claim: Claim): readonly Finding[] {
  const reason = failed(snapshot, claim) ?? pendingOnNode(snapshot, claim) ?? unanswered(snapshot, claim);
  if (reason === undefined || snapshot.now - (timeOf(reason.since) ?? snapshot.now) < hold) return [];
  const asked = claim.spec?.resources?.requests?.['storage'];
  const has = claim.status?.capacity?.['storage'];
  const subject = refOf(claim);
  return [
    {
      subject,
      problem: `does not grow from ${has} to ${asked}: ${reason.says}`,
      certainty: reason.certainty,
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `status.capacity.storage is ${has}, spec.resources.requests.storage is ${asked}`,
        },
        ...reason.evidence,
      ],
      since: reason.since,
      fixes: reason.fixes,
    },
  ];
}

const conditionOf = ({ status }: Claim, types: readonly string[]) =>
  status?.conditions?.find(({ type = '', status: value }) => types.includes(type) && value === 'True');

/** The driver tried and could not. */
function failed(snapshot: Snapshot, claim: Claim): Reason | undefined {
  const condition = conditionOf(claim, ['ControllerResizeError', 'NodeResizeError']);
  const state = claim.status?.allocatedResourceStatuses?.['storage'];
  const event = eventOf(snapshot, claim, /^(?:VolumeResizeFailed|FileSystemResizeFailed)$/);
  const infeasible = state?.endsWith('Infeasible') === true;
  if (condition === undefined && !infeasible && event === undefined) return undefined;
  const said = condition?.message ?? event?.message ?? `its driver calls the size infeasible`;
  return {
    says: essenceOf(said),
    certainty: condition !== undefined || infeasible ? 'declared' : 'message',
    evidence: [
      ...(condition === undefined
        ? []
        : [{ object: refOf(claim), source: 'status' as const, text: `${condition.type}: ${condition.message}` }]),
      ...(state === undefined
        ? []
        : [
            {
              object: refOf(claim),
              source: 'status' as const,
              text: `status.allocatedResourceStatuses.storage is ${state}`,
            },
          ]),
      ...(event === undefined ? [] : [quoted(claim, event)]),
    ],
    since: condition?.lastTransitionTime ?? firstOf(event) ?? claim.metadata.creationTimestamp,
    fixes: [
      { advice: 'do what the driver asks for (quota, maximum size, credentials)', reason: 'it tries again by itself' },
      ...(infeasible
        ? [
            {
              advice: 'ask for a size that the driver can give',
              reason: 'less than was asked for, but not less than it has',
            },
          ]
        : []),
    ],
  };
}

/** The disk is larger, and its file system waits for a mount. Without a pod it rightly waits. */
function pendingOnNode(snapshot: Snapshot, claim: Claim): Reason | undefined {
  const condition = conditionOf(claim, ['FileSystemResizePending']);
  if (condition === undefined) return undefined;
  const running = consumersOf(snapshot, claim).filter(({ status }) => status?.phase === 'Running');
  if (running.length === 0) return { ...nothing, since: undefined };
  return {
    says: 'the disk has grown, and the file system on it waits until a pod mounts it anew',
    certainty: 'declared',
    evidence: [{ object: refOf(claim), source: 'status', text: `FileSystemResizePending: ${condition.message}` }],
    since: condition.lastTransitionTime,
    fixes: [
      {
        advice: `kubectl delete pod -n ${claim.metadata.namespace} ${running[0]?.metadata.name}, when it may be down for a moment`,
        reason: 'a driver without online expansion grows the file system at the next mount',
      },
    ],
  };
}

const nothing = { says: '', certainty: 'declared', evidence: [], fixes: [] } as const;

/** Nobody takes it up. */
function unanswered(snapshot: Snapshot, claim: Claim): Reason | undefined {
  const storageClass = classOf(snapshot, claim);
  const event = eventOf(snapshot, claim, /^ExternalExpanding$/);
  const resizing = conditionOf(claim, ['Resizing']);
  if (storageClass?.allowVolumeExpansion !== true && storageClass !== undefined) {
    return {
      says: `${nameOf(refOf(storageClass))} does not allow expansion (allowVolumeExpansion)`,
      certainty: 'declared',
      evidence: [{ object: refOf(storageClass), source: 'spec', text: 'allowVolumeExpansion is not true' }],
      since: firstOf(event) ?? claim.metadata.creationTimestamp,
      fixes: [
        {
          advice: `set allowVolumeExpansion of ${nameOf(refOf(storageClass))} to true, if its driver can`,
          reason: 'the request then goes to the driver',
        },
      ],
    };
  }
  if (event === undefined && resizing === undefined) return undefined;
  const driver = storageClass?.provisioner ?? 'its driver';
  return {
    says: `the resizer of ${driver} does not answer`,
    certainty: 'message',
    evidence: event === undefined ? [] : [quoted(claim, event)],
    since: resizing?.lastTransitionTime ?? firstOf(event),
    fixes: [
      {
        advice: `look for the resizer of ${driver} (a csi-resizer beside its controller) and its log; without one, copy the data to a larger claim`,
        reason: 'the request waits for it',
      },
    ],
  };
}

const eventOf = (snapshot: Snapshot, claim: Claim, reason: RegExp): ClusterEvent | undefined =>
  snapshot.eventsAbout(claim).findLast((event) => reason.test(event.reason));
const firstOf = (event: ClusterEvent | undefined): string | undefined =>
  event?.first === undefined ? undefined : new Date(event.first).toISOString();
const quoted = (claim: Claim, event: ClusterEvent): Evidence => ({
  object: refOf(claim),
  source: 'event',
  text: `${event.reason}: ${event.message}`,
  at: event.at,
});

/** Without what csi-resizer and gRPC put before it. */
const essenceOf = (message: string): string =>
  maskIds(
    message
      .replace(/^(?:resize volume "[^"]*" by resizer "[^"]*" failed|error expanding volume "[^"]*"[^:]*): /i, '')
      .replaceAll(/rpc error: code = (\w+) desc = /g, (_, code: string) => (code === 'Unknown' ? '' : `${code}: `))
      .replaceAll(/\s+/g, ' ')
      .trim(),
  ).slice(0, longest);
