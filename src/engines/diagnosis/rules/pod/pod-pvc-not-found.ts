import { nearest } from '../../../../platform/nearest.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { unassignedPods } from '../../../pod-groups.ts';
import { templateName } from '../../../pod-spec-path.ts';
import { podCondition } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const podPvcNotFound = defineRule({
  id: 'pod-pvc-not-found',
  title: 'A pod mounts a claim that does not exist',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The pod names a PersistentVolumeClaim that is not in its namespace, so it stays Pending.',
  detection:
    'The scheduler says `persistentvolumeclaim "X" not found`, and the snapshot holds no such claim. Claims of the ' +
    'namespace with a similar name are named.',
  remedies: [
    'Roll back, when the last revision changed the claim name.',
    'Correct claimName, or create the claim from its source.',
  ],
  avoid: ['creating an empty claim of that name without asking: the application may start with blank data'],

  check: (snapshot) => unassignedPods(snapshot).flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const { status, message = '', lastTransitionTime } = podCondition(pod, 'PodScheduled') ?? {};
  const name = /persistentvolumeclaim "([^"]+)" not found/i.exec(message)?.[1];
  const { namespace } = pod.metadata;
  if (status !== 'False' || name === undefined) return [];
  const presence = snapshot.presence('PersistentVolumeClaim', namespace, name);
  if (presence === 'present') return [];

  const subject = refOf(pod);
  const workload = workloadOf(snapshot, pod);
  const volume = pod.spec?.volumes?.find(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === name);
  const names = snapshot.names('PersistentVolumeClaim', namespace);
  const similar = nearest(name, names);
  const hint = similar.length > 0 ? ` (${similar.join(', ')} ${similar.length === 1 ? 'does' : 'do'})` : '';
  return [
    {
      subject,
      problem: `cannot be scheduled: PersistentVolumeClaim/${name} does not exist${hint}`,
      culprit: { kind: 'PersistentVolumeClaim', namespace, name },
      certainty: presence === 'absent' ? 'declared' : 'message',
      evidence: [
        { object: subject, source: 'status', text: message, at: lastTransitionTime },
        {
          object: subject,
          source: 'spec',
          text: `volumes[${volume?.name ?? '?'}].persistentVolumeClaim.claimName is ${name}`,
        },
        ...(presence === 'absent'
          ? [
              {
                object: subject,
                source: 'recomputed' as const,
                text:
                  names.length === 0
                    ? 'the namespace has no claims'
                    : `the namespace has the claims ${names.slice(0, 5).join(', ')}`,
              },
            ]
          : []),
      ],
      since: lastTransitionTime ?? pod.metadata.creationTimestamp,
      fixes: [
        ...rollback(snapshot, workload, ({ spec }) =>
          spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === name)
            ? undefined
            : `did not mount ${name}`,
        ),
        ...similar.slice(0, 1).map((other) => ({
          advice: `set claimName to ${other} in ${templateName(workload)}, if that was meant`,
          reason: 'the claim exists and its name is nearest',
        })),
        {
          advice: `create PersistentVolumeClaim/${name} from its source, and restore its data if it had any`,
          reason: 'if the claim was deleted or never created',
        },
      ],
    },
  ];
}
