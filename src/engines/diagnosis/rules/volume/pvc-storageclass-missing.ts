import { nearest } from '../../../../platform/nearest.ts';
import { type Of, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const pvcStorageclassMissing = defineRule({
  id: 'pvc-storageclass-missing',
  title: 'A claim names a storage class that does not exist',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning: 'Nobody provisions a volume for the claim, so it stays Pending and so do the pods that mount it.',
  detection:
    'The claim is Pending, its storageClassName is not among the StorageClasses, and no PersistentVolume of that class ' +
    'exists that could serve it (a class name without an object is legal for volumes made by hand). Without the right ' +
    'to list classes, the ProvisioningFailed event decides.',
  remedies: [
    'Recreate the claim with a class that exists: the field cannot be changed, and a pending claim holds no data.',
    'Create the class, when the claim comes from another cluster.',
  ],
  avoid: ['deleting a claim that is bound: its volume may be deleted with it'],

  check: (snapshot) => snapshot.all('PersistentVolumeClaim').flatMap((claim) => findingOf(snapshot, claim)),
});

function findingOf(snapshot: Snapshot, claim: Of<'PersistentVolumeClaim'>): readonly Finding[] {
  const name = claim.spec?.storageClassName;
  if (claim.status?.phase !== 'Pending' || !name || claim.spec?.volumeName) return [];
  const event = snapshot
    .eventsAbout(claim)
    .findLast(({ reason, message }) => reason === 'ProvisioningFailed' && /storageclass.* not found/i.test(message));
  const presence = snapshot.presence('StorageClass', undefined, name);
  if (presence === 'present' || (presence === 'unknown' && event === undefined)) return [];
  // The controller says so of volumes made by hand too, when none of them will do.
  if (snapshot.all('PersistentVolume').some(({ spec }) => spec?.storageClassName === name)) return [];

  const subject = refOf(claim);
  const classes = snapshot.names('StorageClass', undefined);
  const similar = nearest(name, classes);
  const shown = similar.length > 0 ? similar : classes.slice(0, 3);
  const hint =
    presence === 'unknown' ? '' : shown.length === 0 ? ' (the cluster has none)' : ` (there is ${shown.join(', ')})`;
  const evidence: readonly Evidence[] = [
    { object: subject, source: 'spec', text: `spec.storageClassName is ${name}` },
    ...(event === undefined ? [] : [{ object: subject, source: 'event' as const, text: event.message, at: event.at }]),
    ...(presence === 'absent'
      ? [
          {
            object: subject,
            source: 'recomputed' as const,
            text:
              classes.length === 0
                ? 'the cluster has no StorageClass'
                : `the cluster has the classes ${classes.slice(0, 5).join(', ')}`,
          },
        ]
      : []),
  ];
  return [
    {
      subject,
      problem: `gets no volume: StorageClass/${name} does not exist${hint}`,
      culprit: { kind: 'StorageClass', name },
      certainty: presence === 'absent' ? 'declared' : 'message',
      evidence,
      since: claim.metadata.creationTimestamp,
      fixes: [
        {
          advice: `recreate PersistentVolumeClaim/${claim.metadata.name} with storageClassName ${shown[0] ?? 'of a class that exists'}`,
          reason: 'the field cannot be changed, and a claim that was never bound holds no data',
        },
        { advice: `create StorageClass/${name}`, reason: 'if the claim was written for a cluster that has it' },
      ],
    },
  ];
}
