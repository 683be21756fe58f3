import { nameOf, refOf } from '../../../objects.ts';
import { formatQuantity, quantity } from '../../../quantity.ts';
import type { Snapshot } from '../../../snapshot.ts';
import type { Claim } from '../../../volumes/claims.ts';
import { candidateText } from '../../../volumes/fitting.ts';
import { placeText } from '../../../volumes/places.ts';
import { type ProvisioningFault, provisioningFault } from '../../../volumes/provisioning.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

const shownVolumes = 3;

export const pvcProvisioningFailed = defineRule({
  id: 'pvc-provisioning-failed',
  title: 'A claim gets no volume from its class',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning: 'The class exists, but no volume comes of it. The claim stays Pending, and so do the pods that mount it.',
  detection:
    'The claim is Pending for more than 30 s and its class exists. The provisioner says why it failed (event ' +
    'ProvisioningFailed); or it was asked (annotation storage-provisioner, event ExternalProvisioning, type Normal) and has not ' +
    'answered for a minute; or the class has no provisioner and none of its volumes meets the claim (size, access ' +
    'modes, volumeMode, selector, owner; recomputed). A claim that waits for its first consumer is silent.',
  remedies: [
    'Do what the provisioner says: quota, credentials, parameters, topology.',
    'Mend the provisioner, when it does not answer.',
    'Make a volume that fits, when volumes of the class are made by hand.',
  ],
  avoid: ['deleting and recreating the claim in a loop: the next one asks for the same'],

  check: (snapshot) =>
    snapshot.all('PersistentVolumeClaim').flatMap((claim) => {
      const fault = provisioningFault(snapshot, claim);
      return fault === undefined ? [] : [findingOf(snapshot, claim, fault)];
    }),
});

function findingOf(snapshot: Snapshot, claim: Claim, fault: ProvisioningFault): Finding {
  const subject = refOf(claim);
  const name = claim.spec?.storageClassName ?? '';
  const culprit = { kind: 'StorageClass', name };
  const base = { subject, since: claim.metadata.creationTimestamp };
  const spec: Evidence = { object: subject, source: 'spec', text: `spec.storageClassName is ${name}` };
  switch (fault.kind) {
    case 'refused':
      return {
        ...base,
        culprit,
        problem: `gets no volume: ${fault.provisioner} says: ${fault.essence}`,
        certainty: 'message',
        evidence: [
          { object: subject, source: 'event', text: fault.event.message, at: fault.event.at },
          { object: culprit, source: 'spec', text: `provisioner is ${fault.provisioner}` },
        ],
        fixes: [
          { advice: 'do what the provisioner asks for', reason: `${fault.provisioner} tries again by itself` },
          { advice: `correct the parameters of ${nameOf(culprit)}`, reason: 'if they are what it complains about' },
        ],
      };
    case 'silent':
      return { ...base, ...silent(snapshot, claim, fault) };
    case 'no-room':
      return {
        ...base,
        culprit,
        problem: `gets no volume: no node that ${nameOf({ kind: 'StorageClass', name })} can serve has ${askedOf(claim)} of storage left`,
        certainty: 'message',
        evidence: [{ object: refOf(fault.pod), source: 'status', text: fault.said }, spec],
        fixes: [
          { advice: 'add storage, or a node with storage', reason: 'CSIStorageCapacity says that there is too little' },
        ],
      };
    default:
      return { ...base, ...handMade(claim, fault, spec) };
  }
}

function silent(
  snapshot: Snapshot,
  claim: Claim,
  { provisioner, event }: Extract<ProvisioningFault, { kind: 'silent' }>,
): Omit<Finding, 'subject'> {
  const culprit = { kind: 'StorageClass', name: claim.spec?.storageClassName ?? '' };
  const missing = snapshot.presence('CSIDriver', undefined, provisioner) === 'absent' && !provisioner.includes('/');
  return {
    problem: `gets no volume: the provisioner ${provisioner} of ${nameOf(culprit)} does not answer`,
    culprit,
    certainty: missing ? 'recomputed' : event === undefined ? 'recomputed' : 'message',
    evidence: [
      event === undefined
        ? { object: refOf(claim), source: 'spec', text: `annotation storage-provisioner is ${provisioner}` }
        : { object: refOf(claim), source: 'event', text: `${event.reason}: ${event.message}`, at: event.at },
      ...(missing
        ? [
            {
              object: { kind: 'CSIDriver', name: provisioner },
              source: 'recomputed' as const,
              text: 'is not registered in the cluster',
            },
          ]
        : []),
    ],
    fixes: [
      {
        advice: `look for the pods of the provisioner ${provisioner} and their logs; install it, if there are none`,
        reason: 'it was asked for the volume and said nothing',
      },
      {
        advice: `recreate PersistentVolumeClaim/${claim.metadata.name} with another class`,
        reason: 'if the class came from another cluster; a claim that was never bound holds no data',
      },
    ],
    nextCheck: `kubectl get pods -A | grep -i ${provisioner.split(/[./]/)[0]}`,
  };
}

function handMade(
  claim: Claim,
  fault: Extract<ProvisioningFault, { kind: 'none-fits' | 'elsewhere' }>,
  spec: Evidence,
): Omit<Finding, 'subject'> {
  const name = claim.spec?.storageClassName ?? '';
  const shown = fault.candidates.slice(0, shownVolumes);
  const [first] = shown;
  const said: readonly Evidence[] =
    fault.said === undefined ? [] : [{ object: refOf(claim), source: 'event', text: fault.said }];
  const make: Fix = {
    advice: `make a PersistentVolume with storageClassName ${name}, ${askedOf(claim)} and ${claim.spec?.accessModes?.join(', ') ?? 'its access modes'}`,
    reason: 'nobody makes volumes of this class by itself',
  };
  if (fault.kind === 'elsewhere') {
    const places = shown.map(({ volume }) => `PersistentVolume/${volume.metadata.name} on ${placeText(volume)}`);
    return {
      problem: `gets no volume: the free volumes of class ${name} lie where its pod cannot run (${places.join(', ')})`,
      certainty: 'recomputed',
      evidence: [...said, spec],
      fixes: [make, { advice: 'let the pod run where the volumes are', reason: 'they are tied to their nodes' }],
    };
  }
  return {
    problem: `gets no volume: class ${name} has no provisioner, and ${first === undefined ? 'there is no PersistentVolume of it' : `none of its volumes fits (${shown.map(candidateText).join('; ')})`}`,
    certainty: 'recomputed',
    evidence: [
      ...said,
      spec,
      {
        object: refOf(claim),
        source: 'recomputed',
        text: `0 of ${fault.candidates.length} volumes of the class have ${askedOf(claim)} and ${claim.spec?.accessModes?.join(', ') ?? 'no access mode'} and are free`,
      },
    ],
    fixes: [
      make,
      {
        advice: `recreate PersistentVolumeClaim/${claim.metadata.name} so that a volume meets it, or with another class`,
        reason: 'a claim that was never bound holds no data',
      },
    ],
  };
}

const askedOf = ({ spec }: Claim): string => {
  const asked = quantity(spec?.resources?.requests?.['storage']);
  return asked === undefined ? 'its size' : formatQuantity('storage', asked);
};
