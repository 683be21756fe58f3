import { minute, timeOf } from '../../../durations.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { podsOf, workloadOf } from '../../../owners.ts';
import { failedPods } from '../../../pod-groups.ts';
import { isReady, isTerminating, type PodContainer, specPath, unreadySince } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { runtimeWords, startFailuresOf } from '../../../starting/failures.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const containerSecurityRejected = defineRule({
  id: 'container-security-rejected',
  title: 'The security context cannot be met',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The node refuses to run the container, because its image or the node does not fit its security context.',
  detection:
    'A container waits with a text about runAsNonRoot, the non-root policy, AppArmor, seccomp or SELinux; or the node ' +
    'rejects pods with reason AppArmor. The field of the security context and what contradicts it are named.',
  remedies: [
    'Set a numeric runAsUser other than 0, or let the image have one.',
    'Put the seccomp or AppArmor profile on the nodes.',
  ],
  avoid: ['turning runAsNonRoot off or a profile to Unconfined unattended'],

  check: (snapshot) => [
    ...startFailuresOf(snapshot, 'container-security-rejected').map(({ pod, container, text, source }) =>
      findingOf(snapshot, pod, container, {
        ...faultOf(pod, container, text),
        evidence: [{ object: refOf(pod), source, text: runtimeWords(text) }],
      }),
    ),
    ...rejectedPods(snapshot),
  ],
});

interface Fault {
  /** The rest of `cannot start:`. */
  readonly says: string;
  readonly fix: Fix;
}

function findingOf(
  snapshot: Snapshot,
  pod: Pod,
  container: PodContainer | undefined,
  { says, fix, evidence }: Fault & Pick<Finding, 'evidence'>,
): Finding {
  return {
    subject: refOf(pod),
    container: container?.name,
    problem: `cannot start: ${says}`,
    certainty: 'declared',
    evidence,
    since: pod.status?.phase === 'Failed' ? pod.metadata.creationTimestamp : unreadySince(pod),
    fixes: [
      ...rollbackAdvice(
        snapshot,
        pod,
        (field) =>
          /securityContext/.test(field) || (container !== undefined && field === `${specPath(container)}.image`),
      ),
      fix,
    ],
  };
}

function faultOf({ spec }: Pod, container: PodContainer, text: string): Fault {
  const own = container.spec.securityContext;
  const at = `${specPath(container)}.securityContext`;
  const field = (name: 'runAsNonRoot' | 'runAsUser' | 'seccompProfile' | 'appArmorProfile'): string =>
    own?.[name] === undefined ? `securityContext.${name}` : `${at}.${name}`;
  const image = container.spec.image ?? 'the image';
  const user: Fix = {
    advice: `set ${at}.runAsUser to the number of a user of ${image} other than 0`,
    reason: 'the kubelet then knows that it is not root',
  };
  if (/seccomp/i.test(text)) {
    const profile = own?.seccompProfile?.localhostProfile ?? spec?.securityContext?.seccompProfile?.localhostProfile;
    return {
      says: `the seccomp profile ${profile ?? ''} of ${field('seccompProfile')} is not on the node`.replace('  ', ' '),
      fix: {
        advice: `put ${profile ?? 'the profile'} into the seccomp folder of every node`,
        reason: 'the kubelet loads it from there',
      },
    };
  }
  if (/apparmor/i.test(text)) {
    const profile = own?.appArmorProfile?.localhostProfile ?? spec?.securityContext?.appArmorProfile?.localhostProfile;
    return {
      says: `the AppArmor profile ${profile ?? ''} of ${field('appArmorProfile')} cannot be applied on the node`.replace(
        '  ',
        ' ',
      ),
      fix: {
        advice: `load ${profile ?? 'the profile'} on every node`,
        reason: 'a profile must be loaded before a container can have it',
      },
    };
  }
  const name = /non-numeric user \(([^)]*)\)/.exec(text)?.[1];
  if (name !== undefined) {
    return {
      says: `${field('runAsNonRoot')} is true and ${image} names its user ("${name}") instead of a number`,
      fix: user,
    };
  }
  if (/breaks non-root policy/i.test(text)) {
    const number = own?.runAsUser ?? spec?.securityContext?.runAsUser ?? 0;
    return { says: `${field('runAsNonRoot')} is true and ${field('runAsUser')} is ${number}`, fix: user };
  }
  if (/runAsNonRoot/i.test(text)) {
    return { says: `${field('runAsNonRoot')} is true and ${image} runs as root`, fix: user };
  }
  return {
    says: runtimeWords(text),
    fix: { advice: `compare ${at} with what the node supports`, reason: 'the node refused it' },
  };
}

/** The controller makes another pod at once, so a rejection that still holds is always young. */
const stillRejecting = 5 * minute;

/** Pods that the kubelet rejects whole: their controller makes the next at once, so the newest one of each stands for all. */
function rejectedPods(snapshot: Snapshot): readonly Finding[] {
  const rejected = failedPods(snapshot)
    .filter(({ status }) => status?.reason === 'AppArmor')
    .filter((pod) => !isTerminating(pod) && snapshot.now - createdAt(pod) <= stillRejecting);
  const groups = Map.groupBy(rejected, (pod) => JSON.stringify(workloadOf(snapshot, pod)));
  return [...groups.values()].flatMap((pods) => {
    const [pod] = pods.toSorted((a, b) => createdAt(b) - createdAt(a));
    if (pod === undefined || podsOf(snapshot, workloadOf(snapshot, pod)).some(isReady)) return [];
    const message = pod.status?.message ?? '';
    const text = message.replace(/^Pod was rejected: /, '');
    return [
      findingOf(snapshot, pod, undefined, {
        says: `the node rejects its pods: ${text}`,
        fix: { advice: 'run it on nodes with AppArmor and this profile, or load the profile there', reason: text },
        evidence: [
          { object: refOf(pod), source: 'status', text: message },
          { object: refOf(pod), source: 'recomputed', text: `${pods.length} pods were rejected in the last 5 min` },
        ],
      }),
    ];
  });
}

const createdAt = ({ metadata }: Pod): number => timeOf(metadata.creationTimestamp) ?? 0;
