import { minute, timeOf } from '../../../durations.ts';
import { certificateRefused } from '../../../life-reads.ts';
import { type Node, nameOf, type Of, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import type { ReadResult } from '../../../snapshot-data.ts';
import { defineRule, type Finding } from '../../rule.ts';

const hold = 2 * minute;
const serving = 'kubernetes.io/kubelet-serving';
export const nodeKubeletCertificate = defineRule({
  id: 'node-kubelet-certificate',
  title: 'A kubelet has no valid serving certificate',
  area: 'node',
  class: 'cause',
  severity: 'high',
  meaning: 'Logs, exec, port-forward and metrics of the pods on that node do not work. The pods themselves run.',
  detection:
    'Reading a log failed with `tls: internal error` or a certificate error, and a CertificateSigningRequest of that ' +
    'node for kubernetes.io/kubelet-serving is Pending for more than two minutes, was denied, or failed.',
  remedies: [
    'Check that the request really comes from that node, then approve it; or mend what approves such requests.',
  ],
  avoid: ['approving all requests unseen: whoever holds a kubelet certificate can pose as that node'],

  check: (snapshot) => {
    const refusals = snapshot.data.reads.filter(
      ({ read, message = '' }) => read.verb === 'log' && certificateRefused.test(message),
    );
    return refusals.length === 0 ? [] : snapshot.all('Node').flatMap((node) => findingOf(snapshot, node, refusals));
  },
});

type Request = Of<'CertificateSigningRequest'>;

function findingOf(snapshot: Snapshot, node: Node, refusals: readonly ReadResult[]): readonly Finding[] {
  const { name } = node.metadata;
  const [refused] = refusals.flatMap(({ read, message }) => {
    const pod = read.verb === 'log' ? snapshot.find('Pod', read.namespace, read.pod) : undefined;
    return pod?.spec?.nodeName === name ? [{ pod: refOf(pod), message }] : [];
  });
  if (refused === undefined) return [];
  const requests = snapshot
    .all('CertificateSigningRequest')
    .filter(({ spec }) => spec?.signerName === serving && spec.username === `system:node:${name}`)
    .toSorted((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));
  // A kubelet asks anew every 15 minutes, so the last request is often young.
  const unanswered = requests.slice(requests.findLastIndex((each) => stateOf(each) === 'issued') + 1);
  const [first] = unanswered;
  const last = unanswered.at(-1);
  if (first === undefined || last === undefined || age(snapshot, first) < hold) return [];
  const state = stateOf(last);
  const subject = refOf(node);
  return [
    {
      subject,
      problem: `has no valid serving certificate for its kubelet: ${nameOf(refOf(last))} ${state}`,
      certainty: 'declared',
      evidence: [
        { object: refused.pod, source: 'status', text: `its log cannot be read: ${refused.message ?? ''}` },
        {
          object: refOf(last),
          source: 'status',
          text: `${serving} of ${last.spec?.username}: ${state}; ${unanswered.length} such requests`,
          at: last.metadata.creationTimestamp,
        },
      ],
      since: first.metadata.creationTimestamp,
      fixes: [
        {
          advice: `check the names and addresses in the request, then kubectl certificate approve ${last.metadata.name}`,
          reason: 'the kubelet gets its certificate and serves logs again',
        },
        {
          advice: 'mend or install an approver of kubelet serving certificates',
          reason: 'Kubernetes approves none itself',
        },
      ],
    },
  ];
}

const age = (snapshot: Snapshot, { metadata }: Request): number =>
  snapshot.now - (timeOf(metadata.creationTimestamp) ?? snapshot.now);

function stateOf({ status }: Request): 'issued' | 'is Pending' | 'was denied' | 'failed' {
  const has = (type: string): boolean => status?.conditions?.some((condition) => condition.type === type) ?? false;
  if (has('Denied')) return 'was denied';
  if (has('Failed')) return 'failed';
  return status?.certificate ? 'issued' : 'is Pending';
}
