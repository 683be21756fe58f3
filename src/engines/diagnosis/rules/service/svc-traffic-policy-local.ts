import { type FailedCall, failedCalls, isNameFailure } from '../../../network/calls.ts';
import { nameOf, refOf, type Service } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { readyEndpoints } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const svcTrafficPolicyLocal = defineRule({
  id: 'svc-traffic-policy-local',
  title: 'A Service drops traffic of nodes without an endpoint',
  area: 'service',
  class: 'cause',
  severity: 'medium',
  meaning: 'Clients on some nodes reach the Service, those on others never do, although it has ready endpoints.',
  detection:
    'spec.internalTrafficPolicy is Local, a container says that it cannot reach the Service, and no ready endpoint is on ' +
    'the node of its pod, while there are some on other nodes. To which nodes a load balancer sends is not told by the ' +
    'API: of externalTrafficPolicy nothing is said.',
  remedies: ['Set internalTrafficPolicy to Cluster.', 'Run a pod of the Service on every node, as a DaemonSet does.'],
  avoid: ['restarting the client: where it lands decides, not its state'],

  check: (snapshot) => {
    const calls = failedCalls(snapshot).filter((call) => !isNameFailure(call));
    const dropped = calls.flatMap((call) => droppedBy(snapshot, call) ?? []);
    return [...Map.groupBy(dropped, ({ service }) => service).values()].flatMap((group) => findingOf(snapshot, group));
  },
});

interface Dropped {
  readonly call: FailedCall;
  readonly service: Service;
  readonly node: string;
  /** Nodes with a ready endpoint. */
  readonly nodes: readonly string[];
}

function droppedBy(snapshot: Snapshot, call: FailedCall): Dropped | undefined {
  const ref = call.dependency.service;
  const service: Service | undefined = ref && snapshot.find('Service', ref.namespace, ref.name);
  const node = call.pod.spec?.nodeName;
  // Clients of a headless Service connect to the pods themselves.
  if (service?.spec?.internalTrafficPolicy !== 'Local' || service.spec.clusterIP === 'None' || node === undefined)
    return undefined;
  const endpoints = readyEndpoints(snapshot, service) ?? [];
  const nodes = endpoints.flatMap(({ nodeName }) => nodeName ?? []);
  if (nodes.length < endpoints.length || nodes.length === 0 || nodes.includes(node)) return undefined;
  return { call, service, node, nodes: [...new Set(nodes)].toSorted() };
}

function findingOf(snapshot: Snapshot, group: readonly Dropped[]): readonly Finding[] {
  const [first] = group;
  if (first === undefined) return [];
  const { service, nodes } = first;
  const subject = refOf(service);
  const clients = [...new Set(group.map(({ call }) => nameOf(workloadOf(snapshot, call.pod))))]
    .slice(0, 3)
    .join(' and ');
  const froms = [...new Set(group.map(({ node }) => node))].toSorted().slice(0, 3).join(', ');
  return [
    {
      subject,
      problem: `drops what ${clients} sends from node ${froms}: spec.internalTrafficPolicy is Local, and its ready endpoints are on ${nodes.slice(0, 3).join(', ')} only`,
      certainty: 'recomputed',
      evidence: [
        { object: subject, source: 'spec', text: 'spec.internalTrafficPolicy is Local' },
        {
          object: subject,
          source: 'recomputed',
          text: `ready endpoints on ${nodes.slice(0, 5).join(', ')}, none on ${froms}`,
        },
        ...group.slice(0, 2).flatMap(({ call }) => callEvidence(call)),
      ],
      since: service.metadata.creationTimestamp,
      fixes: [
        {
          advice: `kubectl patch service ${subject.name} -n ${subject.namespace} -p '{"spec":{"internalTrafficPolicy":"Cluster"}}'`,
          reason: 'endpoints of every node then take the traffic',
        },
        { advice: `run its pods on ${froms} too, as a DaemonSet does`, reason: 'if the traffic must stay on its node' },
      ],
      nextCheck: `kubectl get endpointslices -n ${subject.namespace} -l kubernetes.io/service-name=${subject.name} -o yaml`,
    },
  ];
}
