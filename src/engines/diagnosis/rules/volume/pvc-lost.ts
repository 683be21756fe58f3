import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type Claim, consumersOf } from '../../../volumes/claims.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

export const pvcLost = defineRule({
  id: 'pvc-lost',
  title: 'A claim has lost its volume',
  area: 'volume',
  class: 'cause',
  severity: 'critical',
  meaning:
    'The PersistentVolume that the claim was bound to was deleted or given to another claim. Pods that run keep what ' +
    'they have mounted; none that mounts the claim can start any more.',
  detection:
    "The claim's phase is Lost. Its PersistentVolume is looked up: gone, bound to another claim, or made anew under the " +
    'same name without being this claim’s.',
  remedies: [
    'Find out whether the disk behind the volume still exists (reclaim policy Retain), and make a PersistentVolume of ' +
      'the same name on it.',
    'Otherwise restore the data from a backup into a new claim.',
  ],
  avoid: [
    'recreating the claim without its data: the application starts empty, and may overwrite what a backup would restore',
    'restarting pods that still run: they hold the last mount of the data',
  ],

  check: (snapshot) =>
    snapshot
      .all('PersistentVolumeClaim')
      .filter(({ status }) => status?.phase === 'Lost')
      .map((claim) => findingOf(snapshot, claim)),
});

function findingOf(snapshot: Snapshot, claim: Claim): Finding {
  const subject = refOf(claim);
  const name = claim.spec?.volumeName ?? '';
  const volume = { kind: 'PersistentVolume', name };
  const event = snapshot.eventsAbout(claim).findLast(({ reason }) => /^Claim(?:Lost|Misbound)$/.test(reason));
  const running = consumersOf(snapshot, claim).filter(({ status }) => status?.phase === 'Running').length;
  const evidence: readonly Evidence[] = [
    { object: subject, source: 'status', text: 'status.phase is Lost' },
    ...(event === undefined
      ? []
      : [{ object: subject, source: 'event' as const, text: `${event.reason}: ${event.message}`, at: event.at }]),
    ...(snapshot.presence('PersistentVolume', undefined, name) === 'absent'
      ? [{ object: volume, source: 'recomputed' as const, text: 'was looked for and not found' }]
      : []),
    ...(running === 0
      ? []
      : [
          {
            object: subject,
            source: 'recomputed' as const,
            text: `${running} running ${running === 1 ? 'pod has' : 'pods have'} it mounted still`,
          },
        ]),
  ];
  return {
    subject,
    problem: `has lost its volume: ${fateOf(snapshot, claim)}`,
    certainty: 'declared',
    evidence,
    since: event?.at,
    fixes: fixesOf(snapshot, claim),
  };
}

function fateOf(snapshot: Snapshot, { metadata, spec }: Claim): string {
  const name = spec?.volumeName;
  if (!name) return 'spec.volumeName was emptied after it was bound';
  const volume = nameOf({ kind: 'PersistentVolume', name });
  const presence = snapshot.presence('PersistentVolume', undefined, name);
  if (presence === 'absent') return `${volume} was deleted`;
  if (presence === 'unknown') return `${volume} is gone or belongs to another claim`;
  const owner = snapshot.find('PersistentVolume', undefined, name)?.spec?.claimRef;
  const own = owner?.name === metadata.name && owner?.namespace === metadata.namespace;
  return own || owner?.name === undefined
    ? `${volume} was deleted and made anew, and its claimRef is not this claim`
    : `${volume} is bound to PersistentVolumeClaim ${owner.namespace}/${owner.name}`;
}

function fixesOf(snapshot: Snapshot, { metadata, spec }: Claim): readonly Fix[] {
  const name = spec?.volumeName ?? '';
  const exists = snapshot.presence('PersistentVolume', undefined, name) === 'present';
  return [
    exists
      ? {
          advice: `check whose data PersistentVolume/${name} holds; if it is this claim's, remove spec.claimRef from the volume`,
          reason: `a volume without claimRef is bound to the claim that names it`,
        }
      : {
          advice: `recreate PersistentVolume/${name || 'NAME'} from its manifest, on the same disk and without spec.claimRef`,
          reason: 'if the disk still exists, the claim is bound again with its data',
        },
    {
      advice: `restore a backup into a new PersistentVolumeClaim/${metadata.name}`,
      reason: 'if the disk is gone, the data is',
    },
  ];
}
