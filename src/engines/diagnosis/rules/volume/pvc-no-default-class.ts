import { nameOf, type Of, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { candidateText, fittingFor } from '../../../volumes/fitting.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

const defaults = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export const pvcNoDefaultClass = defineRule({
  id: 'pvc-no-default-class',
  title: 'A claim has no storage class',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning:
    'The claim names no class and gets none by default, so nobody provisions a volume for it; it stays Pending and so ' +
    'do the pods that mount it.',
  detection:
    'The claim is Pending without storageClassName while no StorageClass is marked as default; or its storageClassName ' +
    'is "", which turns provisioning off, and the event FailedBinding (type Normal) says that no existing volume fits.',
  remedies: [
    'Mark a StorageClass as default: pending claims without a class then get it.',
    'Recreate a claim whose class is "" without that field, or create a volume that fits it.',
  ],
  avoid: ['looking at Warning events only: this one is Normal'],

  check: (snapshot) => snapshot.all('PersistentVolumeClaim').flatMap((claim) => findingOf(snapshot, claim)),
});

function findingOf(snapshot: Snapshot, claim: Of<'PersistentVolumeClaim'>): readonly Finding[] {
  const { storageClassName: asked, volumeName } = claim.spec ?? {};
  if (claim.status?.phase !== 'Pending' || asked || volumeName) return [];
  const event = snapshot
    .eventsAbout(claim)
    .findLast(({ reason, message }) => reason === 'FailedBinding' && /no storage class is set/i.test(message));
  const listed = snapshot.presence('StorageClass', undefined, '') === 'absent';
  const classes = snapshot.all('StorageClass');
  const hasDefault = classes.some(({ metadata }) => defaults.some((key) => metadata.annotations?.[key] === 'true'));
  const explicit = asked === '';
  // A default that came later is filled in by the controller manager (retroactive default, 1.28).
  if (explicit ? event === undefined : hasDefault || (!listed && event === undefined)) return [];

  const subject = refOf(claim);
  const nearest = explicit ? fittingFor(snapshot, claim).all.find(({ obstacles }) => obstacles.length > 0) : undefined;
  const names = classes.map(({ metadata }) => metadata.name);
  const existing = names.length === 0 ? 'none exist' : `there is ${names.slice(0, 3).join(', ')}`;
  return [
    {
      subject,
      problem: explicit
        ? `gets no volume: storageClassName is "", which turns provisioning off, and no existing PersistentVolume fits${nearest === undefined ? '' : ` (${candidateText(nearest)})`}`
        : `gets no volume: it names no storage class and none is the default${listed ? ` (${existing})` : ''}`,
      certainty: event !== undefined ? 'declared' : 'recomputed',
      evidence: [
        {
          object: subject,
          source: 'spec',
          text: explicit ? 'spec.storageClassName is ""' : 'spec.storageClassName is not set',
        },
        ...(event === undefined
          ? []
          : [{ object: subject, source: 'event' as const, text: event.message, at: event.at }]),
        ...(explicit || !listed
          ? []
          : [
              {
                object: subject,
                source: 'recomputed' as const,
                text: `0 of ${names.length} StorageClasses are marked as default`,
              },
            ]),
      ],
      since: claim.metadata.creationTimestamp,
      fixes: [
        ...(nearest === undefined
          ? []
          : [
              {
                advice: `let ${nameOf(subject)} and the volume agree, if it is meant for it: ${candidateText(nearest)}`,
                reason: 'a claim that was never bound can be made anew with what the volume offers',
              },
            ]),
        ...fixesOf(claim.metadata.name, explicit, names),
      ],
    },
  ];
}

function fixesOf(claim: string, explicit: boolean, classes: readonly string[]): readonly Fix[] {
  if (explicit) {
    return [
      {
        advice: `recreate PersistentVolumeClaim/${claim} ${classes[0] === undefined ? 'with a class' : `with storageClassName ${classes[0]}`}, or without the field for the default`,
        reason: 'the field cannot be changed, and a claim that was never bound holds no data',
      },
      {
        advice: 'create a PersistentVolume without a class that fits the claim',
        reason: 'if volumes are made by hand here',
      },
    ];
  }
  return [
    classes[0] === undefined
      ? { advice: 'install a volume provisioner with a StorageClass', reason: 'the cluster has no class' }
      : {
          advice: `kubectl annotate storageclass ${classes[0]} ${defaults[0]}=true`,
          reason: 'pending claims without a class then get it',
        },
    {
      advice: `recreate PersistentVolumeClaim/${claim} with a storageClassName`,
      reason: 'a claim that was never bound holds no data',
    },
  ];
}
