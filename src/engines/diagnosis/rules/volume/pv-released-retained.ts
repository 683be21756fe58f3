import { minute, timeOf } from '../../../durations.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type Claim, classOf, noProvisioner, provisionerOf } from '../../../volumes/claims.ts';
import { fittingFor } from '../../../volumes/fitting.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** A volume is released for a moment whenever a claim is deleted. */
const hold = minute / 6;

export const pvReleasedRetained = defineRule({
  id: 'pv-released-retained',
  title: 'A volume still belongs to a claim that was deleted',
  area: 'volume',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The claim waits for a volume that would fit, but the volume is Released: it was kept with the data of a claim that ' +
    'no longer exists, and is given to nobody until its claimRef is cleared by hand.',
  detection:
    'The claim is Pending and no provisioner makes volumes for it. Of the existing volumes of its class none is free, and one that meets it ' +
    '(size, access modes, volumeMode, selector; recomputed) is Released with reclaim policy Retain.',
  remedies: [
    'Look whose data the volume holds; when it is to be used again, clear spec.claimRef: the volume is bound within seconds.',
    'Otherwise make another volume.',
  ],
  avoid: ['deleting or wiping the volume: it was retained for its data'],

  check: (snapshot) => snapshot.all('PersistentVolumeClaim').flatMap((claim) => findingOf(snapshot, claim)),
});

function findingOf(snapshot: Snapshot, claim: Claim): readonly Finding[] {
  const { storageClassName } = claim.spec ?? {};
  if (claim.status?.phase !== 'Pending' || storageClassName === undefined || isProvisioned(snapshot, claim)) return [];
  const { all, free, released } = fittingFor(snapshot, claim);
  const [first] = released;
  if (first === undefined || free.length > 0 || isNew(snapshot, claim)) return [];

  const subject = refOf(claim);
  const { volume } = first;
  const { namespace, name } = volume.spec?.claimRef ?? {};
  const sameName = name === claim.metadata.name && namespace === claim.metadata.namespace;
  const before = sameName ? 'an earlier claim of the same name' : `the deleted claim ${namespace}/${name}`;
  return [
    {
      subject,
      problem: `gets no volume: ${nameOf(refOf(volume))} would fit, but is Released and still belongs to ${before} (spec.claimRef)`,
      culprit: refOf(volume),
      certainty: 'recomputed',
      evidence: [
        {
          object: refOf(volume),
          source: 'status',
          text: `status.phase is Released, spec.persistentVolumeReclaimPolicy is ${volume.spec?.persistentVolumeReclaimPolicy ?? 'Retain'}, spec.claimRef is ${namespace}/${name}`,
        },
        {
          object: subject,
          source: 'recomputed',
          text: `${released.length} of ${all.length} volumes of its class would fit, and none is free`,
        },
      ],
      since: claim.metadata.creationTimestamp,
      fixes: [
        {
          advice: `kubectl patch pv ${volume.metadata.name} --type=json -p '[{"op":"remove","path":"/spec/claimRef"}]', once it is known that its data may be used by this claim`,
          reason: 'the volume becomes Available and is bound to the claim',
        },
        { advice: 'make another PersistentVolume of that class', reason: 'if the data is to be kept as it is' },
      ],
    },
  ];
}

/** Whether somebody makes a volume of its own for the claim. */
function isProvisioned(snapshot: Snapshot, claim: Claim): boolean {
  const provisioner = provisionerOf(claim) ?? classOf(snapshot, claim)?.provisioner;
  return provisioner !== undefined && provisioner !== noProvisioner;
}

const isNew = (snapshot: Snapshot, { metadata }: Claim): boolean =>
  snapshot.now - (timeOf(metadata.creationTimestamp) ?? 0) < hold;
