import { type BlockedCall, blockedLookups, clientNames } from '../../../network/blocked.ts';
import { dnsLabels, dnsNamespace } from '../../../network/dns.ts';
import { verdictText } from '../../../network/words.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { selectorText } from '../../../selectors.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const netpolBlocksDns = defineRule({
  id: 'netpol-blocks-dns',
  title: 'A NetworkPolicy blocks DNS',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'The pods may send nothing to the DNS of the cluster, so no name resolves, whatever else they are allowed.',
  detection:
    'A container says that a name does not resolve, its pod asks the DNS of the cluster, and the NetworkPolicies that ' +
    'isolate its pod for egress, evaluated here, have no rule for UDP 53 to the DNS pods.',
  remedies: ['Allow egress on UDP and TCP 53 to the DNS pods of kube-system.'],
  avoid: ['allowing all egress: one rule for DNS is enough', 'restarting DNS: it is well'],

  check: (snapshot) =>
    [
      ...Map.groupBy(
        blockedLookups(snapshot),
        ({ policy }) => `${policy.metadata.namespace}/${policy.metadata.name}`,
      ).values(),
    ].flatMap(findingOf),
});

const dnsPods = `pods with ${selectorText({ matchLabels: dnsLabels })} of namespace ${dnsNamespace}`;

function findingOf(blocked: readonly BlockedCall[]): readonly Finding[] {
  const [first] = blocked;
  if (first === undefined) return [];
  const { policy, denial, call, arrival } = first;
  const subject = refOf(policy);
  const clients = clientNames(blocked);
  const others = denial.policies.filter(({ name }) => name !== subject.name).map(nameOf);
  const also = others.length === 0 ? '' : `, nor does ${others.slice(0, 2).join(' or ')}`;
  return [
    {
      subject,
      problem: `keeps ${clients} from the DNS of the cluster: it isolates the pods for egress and allows no UDP ${arrival.port ?? 53} to ${dnsPods}${also}`,
      certainty: 'recomputed',
      evidence: [
        {
          object: subject,
          source: 'spec',
          text: `spec.podSelector is ${selectorText(policy.spec?.podSelector ?? {})}, with ${policy.spec?.egress?.length ?? 0} egress rules`,
        },
        {
          object: refOf(call.pod),
          source: 'recomputed',
          text: verdictText(
            { ...denial, nearest: undefined },
            'egress',
            `UDP ${arrival.port ?? 53} to the DNS of the cluster`,
          ),
        },
        ...callEvidence(call),
      ],
      since: policy.metadata.creationTimestamp,
      fixes: [
        {
          advice: `add to spec.egress of ${nameOf(subject)} in namespace ${subject.namespace} a rule for UDP 53 and TCP 53 to ${dnsPods}`,
          reason: 'names then resolve, and the rest stays closed',
        },
      ],
      nextCheck: `kubectl describe networkpolicy ${subject.name} -n ${subject.namespace}`,
    },
  ];
}
