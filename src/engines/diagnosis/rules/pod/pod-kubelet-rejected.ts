import { nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { endedAt, weightOfEnd } from '../../../pod-ends.ts';
import { failedPods } from '../../../pod-groups.ts';
import { templateName } from '../../../pod-spec-path.ts';
import { templateOf } from '../../../references.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** Reasons of a kubelet that does not take a pod (pkg/kubelet/lifecycle, pkg/kubelet/nodeshutdown). */
const rejections =
  /^(?:OutOf\w+|NodeAffinity|NodeName|NodePorts|TaintToleration|UnexpectedAdmissionError|TopologyAffinityError|ResourceAllocationFailure|NodeShutdown|PodOSNotSupported|PodOSSelectorNodeLabelDoesNotMatch|InvalidNodeInfo|SysctlForbidden|AppArmor|PodFeatureUnsupported|VolumeAttachmentLimitExceeded)$/;

export const podKubeletRejected = defineRule({
  id: 'pod-kubelet-rejected',
  title: 'The kubelet does not take a pod',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The pod was bound to a node, and its kubelet refused to run it: what the scheduler knew was out of date, was passed ' +
    'by (nodeName), or is known to the kubelet only (devices, CPU sets, shutdown).',
  detection:
    'The pod Failed with a reason of kubelet admission (OutOfcpu, NodeAffinity, UnexpectedAdmissionError, ' +
    'TopologyAffinityError, NodeShutdown, …) and no container was started. Pods that were replaced by ready ones are ' +
    'silent: the race is over. It is a cause when the pod is bare, was refused again, or its workload is not ready.',
  remedies: [
    'Remove nodeName from the template, when it is set: the scheduler then looks for a node that takes the pod.',
    'Otherwise do what the kubelet says; its controller tries again by itself.',
  ],
  avoid: ['recreating bare pods in a loop: the kubelet says the same again'],

  check: (snapshot) =>
    failedPods(snapshot)
      .filter(({ status }) => rejections.test(status?.reason ?? ''))
      .flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const { reason = '', message = '' } = pod.status ?? {};
  if (weightOfEnd(snapshot, pod, ({ status }) => status?.reason === reason) !== 'missed') return [];
  const subject = refOf(pod);
  const node = pod.spec?.nodeName ?? 'its node';
  const said = message
    .replace(/^Pod was rejected: /i, '')
    .replace(/^Predicate \w+ failed: (?:node\(s\) )?/i, '')
    .replace(/(?:requested|used|capacity): \d+,? ?/gi, '')
    .replace(/[\s,]+$/, '');
  const since = endedAt(pod);
  return [
    {
      subject,
      problem: `is refused by the kubelet of ${node}: ${reason}${said === '' ? '' : ` (${said})`}`,
      certainty: 'declared',
      evidence: [{ object: subject, source: 'status', text: `${reason}: ${message}`, at: since }],
      since,
      dependsOn: [{ kind: 'Node', name: node }],
      fixes: fixesOf(snapshot, pod, reason),
    },
  ];
}

function fixesOf(snapshot: Snapshot, pod: Pod, reason: string): readonly Fix[] {
  const workload = workloadOf(snapshot, pod);
  const sysctls = (pod.spec?.securityContext?.sysctls ?? []).flatMap(({ name }) => name ?? []);
  if (reason === 'SysctlForbidden' && sysctls.length > 0) return sysctlFixes(workload, sysctls);
  const spec = workload.kind === 'Pod' ? undefined : templateOf(snapshot.head(workload))?.spec;
  const bare = workload.kind === 'Pod' && !pod.status?.conditions?.some(({ type }) => type === 'PodScheduled');
  if (spec?.nodeName !== undefined || bare) {
    return [
      {
        advice: `remove nodeName (${pod.spec?.nodeName}) from ${templateName(workload)}`,
        reason: 'the scheduler then finds a node that takes the pod, or says why none does',
      },
    ];
  }
  if (reason === 'NodeShutdown') {
    return [{ advice: `wait until ${pod.spec?.nodeName} is back, or drain it`, reason: 'it is shutting down' }];
  }
  return [
    {
      advice: `kubectl describe node ${pod.spec?.nodeName}: compare what the kubelet says with what is allocated there`,
      reason: 'the kubelet knows more than the scheduler: devices, CPU sets, static pods',
    },
    ...(workload.kind === 'Pod'
      ? [{ advice: `recreate Pod/${workload.name}`, reason: 'nothing replaces a bare pod' }]
      : []),
  ];
}

const sysctlFixes = (workload: ObjectRef, sysctls: readonly string[]): readonly Fix[] => [
  {
    advice: `remove ${sysctls.join(', ')} from securityContext.sysctls of ${templateName(workload)}`,
    reason: 'by default a kubelet takes only sysctls that are known to be safe',
  },
  {
    advice: `allow it in the kubelets of some nodes (--allowed-unsafe-sysctls=${sysctls.join(',')}), and bind ${nameOf(workload)} to those`,
    reason: 'if the program needs it',
  },
];
