import { nearest } from '../../../platform/nearest.ts';
import { type ObjectRef, type Pod, type PodSpec } from '../../objects.ts';
import { isFinished, isReady, isTerminating } from '../../pods.ts';
import { templateOf } from '../../references.ts';
import { matchesSelector, selectorText } from '../../selectors.ts';
import type { Snapshot } from '../../snapshot.ts';
import { dnsLabels, dnsNamespace, dnsServers, dnsServersOf, type HostName, type Resolution } from '../dns.ts';
import { endpointOfPod, endpointOfTemplate } from '../endpoints.ts';
import { brokenHop, type Hop, okHop, unknownHop } from './hops.ts';
import { policyHop, type Side } from './policies.ts';

/** Who connects: the pods of a workload, or the one that its template would make. */
export interface Client extends Side {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly spec: PodSpec | undefined;
  readonly hops: readonly Hop[];
}

export function clientOf(snapshot: Snapshot, ref: ObjectRef): Client {
  const { namespace = '', name } = ref;
  const pods = clientPods(snapshot, ref).toSorted((a, b) => Number(isReady(b)) - Number(isReady(a)));
  const template = templateOf(snapshot.head(ref));
  const running = pods.filter(isReady).length;
  const hop =
    running > 0
      ? okHop('client', ref, ref.kind === 'Pod' ? 'is ready' : `has ${running} of ${pods.length} pods ready`)
      : unknownHop(
          'client',
          ref,
          pods.length === 0 ? 'has no pod: judged by its template' : 'has no ready pod: it may not get so far',
        );
  return {
    ref,
    name: `${namespace}/${name}`,
    namespace,
    spec: pods[0]?.spec ?? template?.spec,
    endpoints: pods.length > 0 ? pods.map((pod) => endpointOfPod(snapshot, pod)) : [endpointOfTemplate(snapshot, ref)],
    hops: [hop],
  };
}

function clientPods(snapshot: Snapshot, ref: ObjectRef): readonly Pod[] {
  if (ref.kind === 'Pod')
    return snapshot.all('Pod', ref.namespace).filter(({ metadata }) => metadata.name === ref.name);
  const selector = podSelectorOf(snapshot, ref);
  return snapshot
    .all('Pod', ref.namespace)
    .filter((pod) => matchesSelector(selector, pod.metadata.labels) && !isFinished(pod) && !isTerminating(pod));
}

/** Kinds that own pods by a selector. */
export const selectingKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'] as const;

export function podSelectorOf(snapshot: Snapshot, { kind, namespace, name }: ObjectRef) {
  const known = selectingKinds.find((each) => each === kind);
  return known === undefined ? undefined : snapshot.find(known, namespace, name)?.spec?.selector;
}

/** Which servers the client asks, what they make of the name, and whether it may ask them. */
export function dnsHops(snapshot: Snapshot, client: Client, asked: AskedName): readonly Hop[] {
  const servers = client.spec === undefined ? undefined : dnsServersOf(client.spec);
  return [
    ...policyOfDns(client, servers),
    ...(servers === 'cluster' || servers === undefined ? [egressToDns(snapshot, client)] : []),
    nameHop(snapshot, client, asked),
  ];
}

interface AskedName {
  readonly host: string;
  readonly name: HostName;
  readonly found: Resolution;
}

function policyOfDns({ ref, spec }: Client, servers: ReturnType<typeof dnsServersOf> | undefined): readonly Hop[] {
  if (servers === undefined) return [unknownHop('dns-policy', ref, 'has a pod template that was not read')];
  const policy = spec?.dnsPolicy ?? 'ClusterFirst';
  if (servers === 'cluster') return [okHop('dns-policy', ref, `asks the DNS of the cluster (dnsPolicy ${policy})`)];
  if (servers === 'own') {
    const own = (spec?.dnsConfig?.nameservers ?? []).join(', ');
    return [
      unknownHop('dns-policy', ref, `asks its own DNS servers ${own}; whether they know the cluster is not known`),
    ];
  }
  const onNode = spec?.hostNetwork === true && policy === 'ClusterFirst';
  return [
    brokenHop('dns-policy', ref, {
      text: onNode
        ? 'uses hostNetwork with dnsPolicy ClusterFirst, so it asks the DNS of its node, which knows no Service'
        : `has dnsPolicy ${policy}, so it asks the DNS of its node, which knows no Service`,
      fix: `set dnsPolicy to ${spec?.hostNetwork === true ? 'ClusterFirstWithHostNet' : 'ClusterFirst'}`,
    }),
  ];
}

function nameHop(snapshot: Snapshot, { namespace }: Client, { host, name, found }: AskedName): Hop {
  const { ref, presence } = found;
  if (ref !== undefined && presence === 'present') {
    const suffix = `${ref.name}.${ref.namespace}.svc`;
    const how =
      host === suffix || host.startsWith(`${suffix}.`) ? '' : `, found by the search domain of namespace ${namespace}`;
    return okHop('dns-name', ref, `is what ${host} resolves to${how}`);
  }
  if (ref === undefined || (!name.internal && presence === 'absent' && !hasNamespace(snapshot, ref.namespace)))
    return unknownHop(
      'dns-name',
      undefined,
      `${host} is no Service: a name outside of the cluster, which is not followed`,
    );
  if (presence === 'unknown') return unknownHop('dns-name', ref, `is what ${host} means, and was not read`);
  return missingService(snapshot, ref, host);
}

const hasNamespace = (snapshot: Snapshot, namespace: string | undefined): boolean =>
  snapshot.presence('Namespace', undefined, namespace ?? '') === 'present';

function missingService(snapshot: Snapshot, ref: ObjectRef, host: string): Hop {
  const { namespace = '', name } = ref;
  if (snapshot.presence('Namespace', undefined, namespace) === 'absent') {
    return brokenHop('dns-name', ref, {
      text: `is what ${host} should resolve to, and there is no namespace ${namespace}`,
      fix: 'correct the namespace in the name',
    });
  }
  const names = snapshot.names('Service', namespace);
  const [alike] = nearest(name, names, 1);
  const elsewhere = snapshot
    .all('Service')
    .find(({ metadata }) => metadata.name === name && metadata.namespace !== namespace);
  const other = elsewhere === undefined ? undefined : `${name}.${elsewhere.metadata.namespace}.svc`;
  const hint = alike === undefined ? '' : `, but there is ${alike}`;
  return brokenHop('dns-name', ref, {
    text: `is what ${host} should resolve to, and does not exist in namespace ${namespace}${hint}`,
    fix:
      alike !== undefined
        ? `write ${alike} if that was meant, or create Service/${name}`
        : other === undefined
          ? `create Service/${name} in namespace ${namespace}, or correct the name`
          : `write ${other} if that was meant`,
  });
}

function egressToDns(snapshot: Snapshot, client: Client): Hop {
  const servers = dnsServers(snapshot);
  const hops = (['UDP', 'TCP'] as const).map((protocol) =>
    policyHop(snapshot, 'egress', {
      from: client,
      arrivals: servers.map(({ endpoint, port }) => ({ endpoint, port, protocol })),
      to: 'the DNS of the cluster',
      remedy: (policies) =>
        `add to ${policies} an egress rule for UDP 53 and TCP 53 to pods with ${selectorText({ matchLabels: dnsLabels })} of namespace ${dnsNamespace}`,
    }),
  );
  const [udp, tcp] = hops;
  if (udp === undefined) return unknownHop('dns-egress', client.ref, 'the DNS of the cluster was not found');
  // Answers that do not fit into a datagram are asked for again over TCP; few are so long.
  const tcpDenied =
    udp.state === 'ok' && tcp?.state === 'broken' ? '; TCP 53 is not allowed, which long answers need' : '';
  return { ...udp, hop: 'dns-egress', text: `${udp.text}${tcpDenied}` };
}
