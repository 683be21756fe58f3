import { inBlock } from '../../../network/addresses.ts';
import {
  type BlockedCall,
  blockedCalls,
  blockedSilently,
  byPolicy,
  type ClosedPort,
  clientNames,
  closedPorts,
} from '../../../network/blocked.ts';
import { listed, nearText, peersText, portsText, ruleName, verdictText } from '../../../network/words.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { selectorText } from '../../../selectors.ts';
import { tellingLine } from '../../call-evidence.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const netpolBlocksFlow = defineRule({
  id: 'netpol-blocks-flow',
  title: 'A NetworkPolicy blocks a connection',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'The two ends are healthy, but a policy drops what one sends to the other, so the caller waits for nothing.',
  detection:
    'A container says that a connection timed out or that there is no route, the Service it means has ready endpoints, and ' +
    'the NetworkPolicies of both ends, evaluated here as the API defines them, isolate one end without a rule that lets ' +
    'this connection through to any pod behind the Service. Policies are read only then, and for what is asked about: a Service that nobody at all may reach, and a workload ' +
    'that is kept from a Service of its environment or command, are named too. Policies of network plugins ' +
    '(Cilium, Calico) are not evaluated.',
  remedies: ['Add a rule that allows this connection to the policy that is nearest, or a policy of its own.'],
  avoid: [
    'deleting the policy: it opens what it protects',
    'restarting the caller: the connection stays blocked',
    'taking the port of the Service: policies see the port of the pod',
  ],

  check: (snapshot) => {
    const blocked = byPolicy(blockedCalls(snapshot)).flatMap(findingsOf);
    if (blocked.length > 0) return blocked;
    // The workload is the one that is asked about, so that its name leads here.
    const silent = byPolicy(blockedSilently(snapshot)).flatMap((group) =>
      findingsOf(group).map((finding) => ({ ...finding, certainty: 'correlated' as const, culprit: group[0]?.client })),
    );
    return silent.length > 0 ? silent : closedFindings(closedPorts(snapshot));
  },
});

/** One finding a client, in the same words, so that they collapse. */
function findingsOf(blocked: readonly BlockedCall[]): readonly Finding[] {
  const clients = clientNames(blocked);
  return blocked.slice(0, 1).map((first): Finding => {
    const { policy, denial, direction, call } = first;
    const subject = refOf(policy);
    const what = connection(first);
    return {
      subject,
      problem: `keeps ${clients} from ${what} (${direction}): ${reasonOf(first)}`,
      certainty: call.dependency.told ? 'recomputed' : 'inferred',
      evidence: [
        { object: subject, source: 'spec', text: policyText(first) },
        {
          object: subject,
          source: 'recomputed',
          text: verdictText(denial, direction, `${what} from ${clients}`),
        },
        ...wordsOf(blocked),
      ],
      since: policy.metadata.creationTimestamp,
      fixes: [fixOf(first, clients)],
      missingEvidence: call.words === undefined ? [`whether ${clients} calls it now: its log does not say`] : [],
      nextCheck: `kubectl describe networkpolicy ${subject.name} -n ${subject.namespace}`,
    };
  });
}

/** Nobody has said that a connection fails, but the Service is asked about, and nobody can connect. */
const closedFindings = (closed: readonly ClosedPort[]): readonly Finding[] =>
  [...Map.groupBy(closed, ({ policy }) => policy.metadata.name).values()].flatMap((group) =>
    group.slice(0, 1).map((first) => closedFinding(first, group)),
  );

function closedFinding({ service, denial, policy }: ClosedPort, group: readonly ClosedPort[]): Finding {
  const [subject, server] = [refOf(policy), refOf(service)];
  const ports = listed(
    group.map(({ arrival }) => `${arrival.protocol} ${arrival.port ?? 'any port'}`),
    'and',
  );
  const { nearest } = denial;
  const why =
    nearest?.lacks === 'port'
      ? `${nearest.rule.field} allows only ${portsText(nearest.rule)}`
      : 'it isolates its pods for ingress and allows nothing';
  return {
    subject,
    problem: `lets nobody reach ${nameOf(server)} on ${ports}: ${why}`,
    certainty: 'recomputed',
    evidence: [
      { object: subject, source: 'spec', text: `spec.podSelector is ${selectorText(policy.spec?.podSelector ?? {})}` },
      {
        object: server,
        source: 'recomputed',
        text: `no rule of ${listed(denial.policies.map(nameOf), 'or')} lets anybody through`,
      },
    ],
    since: policy.metadata.creationTimestamp,
    fixes: [
      {
        advice: `add a rule to spec.ingress of ${nameOf(subject)} in namespace ${subject.namespace} that allows ${ports} from the pods that need it`,
        reason: 'the rest stays closed',
      },
    ],
    missingEvidence: ['who should reach it'],
    nextCheck: `kubectl describe networkpolicy ${subject.name} -n ${subject.namespace}`,
  };
}

/** `Service/db on TCP 5432`: the port is that of the pods, which policies see. */
function connection({ call: { dependency }, arrival, server }: BlockedCall): string {
  const target = server === undefined ? dependency.host : nameOf(server);
  const port = arrival.port === undefined ? '' : ` on ${arrival.protocol} ${arrival.port}`;
  return `${target}${port}`;
}

function reasonOf(blocked: BlockedCall): string {
  const { denial, direction, policy, server } = blocked;
  const { nearest, policies } = denial;
  if (nearest !== undefined) {
    return `${nearText(nearest, direction).replace(` of ${nameOf(refOf(policy))}`, '')}${slipOf(blocked)}`;
  }
  const others = policies.filter(({ name }) => name !== policy.metadata.name).map(nameOf);
  const end = direction === 'egress' || server === undefined ? 'the caller' : nameOf(server);
  return `it isolates the pods of ${end} and allows nothing of it${others.length === 0 ? '' : `, nor does ${others.slice(0, 2).join(' or ')}`}`;
}

/** What the one who wrote the nearest rule took for what the policy sees. */
function slipOf({ denial, arrival, server, serverAddress }: BlockedCall): string {
  const rule = denial.nearest?.rule;
  const named = rule?.ports.flatMap(({ port }) => (typeof port === 'string' ? [port] : [])) ?? [];
  const [own] = arrival.endpoint.pod?.ports?.filter(({ port }) => port === arrival.port) ?? [];
  if (denial.nearest?.lacks === 'port' && named.length > 0 && own?.name !== undefined) {
    return `, and the container port ${own.port} is named ${own.name}`;
  }
  const isOfService =
    serverAddress !== undefined &&
    rule?.peers.some(({ ipBlock }) => ipBlock?.cidr !== undefined && inBlock(serverAddress, ipBlock.cidr) === true);
  return isOfService === true && server !== undefined
    ? `, which has the cluster IP of ${nameOf(server)} in it, but policies see the addresses of the pods behind it`
    : '';
}

function policyText({ policy, denial }: BlockedCall): string {
  const selector = selectorText(policy.spec?.podSelector ?? {});
  const rule = denial.nearest?.rule;
  const nearest = rule === undefined ? '' : `; ${ruleName(rule)} allows ${portsText(rule)}`;
  return `spec.podSelector is ${selector}, policyTypes ${(policy.spec?.policyTypes ?? ['Ingress']).join(', ')}${nearest}`;
}

const wordsOf = (blocked: readonly BlockedCall[]): readonly Evidence[] =>
  blocked.slice(0, 2).flatMap(({ call: { pod, words } }) => {
    const line = words && tellingLine(words.text);
    return line === undefined || words === undefined
      ? []
      : [{ object: refOf(pod), source: 'log' as const, text: line.slice(0, 300), at: words.at }];
  });

function fixOf(blocked: BlockedCall, clients: string) {
  const { denial, direction, policy, call, arrival } = blocked;
  const port = arrival.port === undefined ? 'its port' : `${arrival.protocol} ${arrival.port}`;
  const name = `NetworkPolicy/${policy.metadata.name}`;
  const { nearest } = denial;
  if (nearest?.lacks === 'port') {
    return {
      advice: `add ${port} to ${nearest.rule.field}.ports of ${name} in namespace ${policy.metadata.namespace}`,
      reason: `that rule already allows it ${peersText(nearest.rule, direction)}, on other ports`,
    };
  }
  const { pod, addresses } = arrival.endpoint;
  const blocks = addresses.slice(0, 3).map((address) => `${address}/${address.includes(':') ? 128 : 32}`);
  const peer =
    direction === 'ingress'
      ? peerOf(call.pod.metadata)
      : pod === undefined && blocks.length > 0
        ? `ipBlock ${listed(blocks, 'and')}`
        : peerOf(pod ?? {});
  const field =
    nearest === undefined ? `spec.${direction}` : `${nearest.rule.field}.${direction === 'ingress' ? 'from' : 'to'}`;
  return {
    advice: `allow ${direction} on ${port} ${direction === 'ingress' ? 'from' : 'to'} ${peer} in ${field} of ${name} in namespace ${policy.metadata.namespace}`,
    reason: `${clients} then gets through, and the rest stays closed`,
  };
}

/** Labels that replicas of one revision have alone say nothing that lasts. */
const passing =
  /^(?:pod-template-hash|controller-revision-hash|topology\.kubernetes\.io\/.*|pod-template-generation|statefulset\.kubernetes\.io\/.*|apps\.kubernetes\.io\/.*|batch\.kubernetes\.io\/.*)$/;

function peerOf({
  labels = {},
  namespace,
}: {
  readonly labels?: Readonly<Record<string, string | undefined>> | undefined;
  readonly namespace?: string | undefined;
}): string {
  const lasting = Object.fromEntries(Object.entries(labels).filter(([key]) => !passing.test(key)));
  const where = namespace === undefined ? '' : ` of namespace ${namespace}`;
  return `${Object.keys(lasting).length === 0 ? 'the other end' : `pods with ${selectorText({ matchLabels: lasting })}`}${where}`;
}
