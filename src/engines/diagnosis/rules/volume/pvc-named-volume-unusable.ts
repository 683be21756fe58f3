import { minute, timeOf } from '../../../durations.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import type { Claim, PersistentVolume } from '../../../volumes/claims.ts';
import { mismatches } from '../../../volumes/fitting.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

/** The controller binds within seconds; the volume may be applied right after the claim. */
const hold = minute / 4;

export const pvcNamedVolumeUnusable = defineRule({
  id: 'pvc-named-volume-unusable',
  title: 'A claim names a volume that it cannot have',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning:
    'The claim asks for one PersistentVolume by name and takes no other. That volume does not exist, is somebody ' +
    "else's, or does not fit, so the claim stays Pending and so do the pods that mount it.",
  detection:
    'The claim is Pending with spec.volumeName. The volume of that name is looked up: not there, bound or reserved for ' +
    'another claim, of another storage class, too small, or without the access modes (recomputed). A Released volume ' +
    'is `pv-released-retained`; a claim that had a volume and lost it is `pvc-lost`.',
  remedies: [
    'Make the volume, or let its claimRef name this claim, when it was made for it.',
    'Recreate the claim with the right volumeName, or without one.',
  ],
  avoid: ['taking a volume from another claim: its data goes with it'],

  check: (snapshot) => snapshot.all('PersistentVolumeClaim').flatMap((claim) => findingOf(snapshot, claim)),
});

function findingOf(snapshot: Snapshot, claim: Claim): readonly Finding[] {
  const { metadata, spec, status } = claim;
  const name = spec?.volumeName;
  const age = snapshot.now - (timeOf(metadata.creationTimestamp) ?? snapshot.now);
  if (status?.phase !== 'Pending' || !name || age < hold) return [];
  const volume = { kind: 'PersistentVolume', name };
  const found = snapshot.find('PersistentVolume', undefined, name);
  const absent = found === undefined && snapshot.presence('PersistentVolume', undefined, name) === 'absent';
  const why = absent ? 'does not exist' : found && obstacle(claim, found);
  if (why === undefined) return [];
  const subject = refOf(claim);
  const evidence: readonly Evidence[] = [
    { object: subject, source: 'spec', text: `spec.volumeName is ${name}` },
    { object: volume, source: 'recomputed', text: absent ? 'was looked for and not found' : why },
  ];
  return [
    {
      subject,
      problem: `gets no volume: spec.volumeName asks for ${nameOf(volume)}, which ${why}`,
      culprit: volume,
      certainty: 'recomputed',
      evidence,
      since: metadata.creationTimestamp,
      fixes: [
        ...(absent ? [{ advice: `create ${nameOf(volume)}`, reason: 'the claim then binds to it by itself' }] : []),
        {
          advice: `recreate ${nameOf(subject)} with another volumeName, or without it`,
          reason: 'the field cannot be changed, and a claim that was never bound holds no data',
        },
      ],
      nextCheck: absent ? 'kubectl get pv' : `kubectl get pv ${name} -o yaml`,
    },
  ];
}

/** Why the volume is not given to the claim; `undefined` when nothing is in the way, or another rule speaks of it. */
function obstacle(claim: Claim, volume: PersistentVolume): string | undefined {
  const { spec, status } = volume;
  if (status?.phase === 'Released') return undefined;
  const { namespace, name, uid } = spec?.claimRef ?? {};
  const { metadata } = claim;
  const own = name === metadata.name && namespace === metadata.namespace && (uid === undefined || uid === metadata.uid);
  if (name !== undefined && !own)
    return `${status?.phase === 'Bound' ? 'is bound to' : 'is reserved for'} claim ${namespace}/${name}`;
  const [has, asked] = [spec?.storageClassName ?? '', claim.spec?.storageClassName ?? ''];
  if (has !== asked) return `has storageClassName "${has}", not "${asked}" as the claim`;
  const others = mismatches(claim, volume);
  return others.length === 0 ? undefined : others.join(' and ');
}
