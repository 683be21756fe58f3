import { isAskedAbout } from '../../../asked-about.ts';
import { failedCalls, isUnanswered, isUnhindered } from '../../../network/calls.ts';
import { keyOf, nameOf, type ObjectRef, refOf, type Service } from '../../../objects.ts';
import { type EndpointSlice, slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';
import { needsOf } from '../../service-needs.ts';

export const svcHandWrittenEndpoints = defineRule({
  id: 'svc-hand-written-endpoints',
  title: 'Endpoints that somebody wrote for a Service lead to nothing that answers',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning:
    'The Service has no selector: its EndpointSlices are written by hand, and nobody corrects them when the thing behind moves.',
  detection:
    'spec.selector is empty and an EndpointSlice of the Service holds addresses, but a port of the Service has no port ' +
    'of the same name in any of them, which is how the two are matched; or a container that calls the Service is refused ' +
    'or (without a NetworkPolicy near it) gets no answer, and none of the addresses belongs to a pod. The first is told when somebody needs the Service ' +
    '(a route, a failed call) or asks about it.',
  remedies: ['Give the port of the EndpointSlice the name that it has in the Service.', 'Correct the address.'],
  avoid: ['restarting its callers: they come to the same address'],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingsOf(snapshot, service)),
});

function findingsOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const { spec } = service;
  if (spec?.type === 'ExternalName' || Object.keys(spec?.selector ?? {}).length > 0) return [];
  const slices = slicesOf(snapshot, service).filter(({ endpoints }) =>
    endpoints?.some(({ addresses = [], conditions }) => addresses.length > 0 && conditions?.ready !== false),
  );
  if (slices.length === 0) return [];
  const unmatched = spec?.clusterIP === 'None' ? [] : unmatchedPorts(snapshot, service, slices);
  // Such a Service answers on some nodes only: another rule says so.
  const isLocal = spec?.internalTrafficPolicy === 'Local';
  return unmatched.length > 0 || isLocal ? unmatched : unansweredAddress(snapshot, service, slices);
}

/** Ports of the Service whose name no port of its EndpointSlices has (kube-proxy matches by name alone). */
function unmatchedPorts(snapshot: Snapshot, service: Service, slices: readonly EndpointSlice[]): readonly Finding[] {
  const offered = slices.flatMap(({ ports }) => ports ?? []);
  const missing = (service.spec?.ports ?? []).filter(
    ({ name = '' }) => !offered.some((each) => (each.name ?? '') === name),
  );
  const needs = missing.length === 0 ? [] : needsOf(snapshot, service);
  const [port] = missing;
  const [slice] = slices;
  if (port === undefined || slice === undefined) return [];
  if (needs.length === 0 && !isAskedAbout(snapshot, refOf(service))) return [];
  const subject = refOf(service);
  const index = (slice.ports ?? []).findIndex((each) => each.port === (Number(port.targetPort) || port.port));
  return [
    {
      subject,
      problem: `sends port ${port.port} nowhere: the port is ${named(port.name)}, and ${nameOf(refOf(slice))}, written by hand, has ${portsText(slice)}`,
      certainty: 'declared',
      evidence: [
        { object: refOf(slice), source: 'spec', text: `ports: ${portsText(slice)}` },
        { object: subject, source: 'spec', text: `spec.ports: ${port.port} is ${named(port.name)}` },
        ...needs.slice(0, 2),
      ],
      fixes: [
        {
          advice: `set ports[${Math.max(index, 0)}].name of ${nameOf(refOf(slice))} to "${port.name ?? ''}"`,
          reason: 'a port of a Service and of its EndpointSlice belong together when their names are equal',
        },
      ],
      nextCheck: `kubectl get endpointslice ${slice.metadata.name} -n ${slice.metadata.namespace} -o yaml`,
    },
  ];
}

const named = (name: string | undefined): string => (name ? `named ${name}` : 'without a name');
const portsText = ({ ports }: EndpointSlice): string =>
  (ports ?? [])
    .slice(0, 5)
    .map(({ name, port }) => `${port} ${named(name)}`)
    .join(', ') || 'no port';

/** Addresses that do not answer a caller, when no pod has them: then policies and programs of pods are no question. */
function unansweredAddress(snapshot: Snapshot, service: Service, slices: readonly EndpointSlice[]): readonly Finding[] {
  const subject = refOf(service);
  const call = failedCalls(snapshot).find(
    (each) =>
      each.dependency.service !== undefined &&
      keyOf(each.dependency.service) === keyOf(subject) &&
      (each.dependency.failure === 'refused' || (isUnanswered(each) && isUnhindered(snapshot, each))) &&
      offers(service, each.dependency.port),
  );
  const addresses = slices.flatMap(({ endpoints }) => (endpoints ?? []).flatMap((each) => each.addresses ?? []));
  const ofPods = new Set(
    snapshot.all('Pod').flatMap(({ status }) => (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? [])),
  );
  const [slice] = slices;
  if (call === undefined || slice === undefined || addresses.some((address) => ofPods.has(address))) return [];
  const ref: ObjectRef = refOf(slice);
  const [address] = addresses;
  const target = `${address}${slice.ports?.[0]?.port === undefined ? '' : `:${slice.ports[0].port}`}`;
  const written: Evidence = { object: ref, source: 'spec', text: `endpoints: ${addresses.slice(0, 3).join(', ')}` };
  const how = call.dependency.failure === 'refused' ? 'refuses connections' : 'does not answer';
  return [
    {
      subject,
      problem: `leads to ${target}, as ${nameOf(ref)}, written by hand, says; that ${how}`,
      certainty: 'inferred',
      evidence: [written, ...callEvidence(call)],
      fixes: [
        {
          advice: `correct endpoints and ports of ${nameOf(ref)}`,
          reason: 'if what the Service stands for has another address or port now: nobody does it by itself',
        },
        { advice: `make ${target} answer`, reason: 'if the address is right' },
      ],
      missingEvidence: ['whether something else answers at the address (a connection from the node)'],
      nextCheck: `kubectl get endpointslice ${ref.name} -n ${ref.namespace} -o yaml`,
    },
  ];
}

/** A port that the Service does not have is another finding. */
const offers = ({ spec }: Service, asked: number | undefined): boolean =>
  asked === undefined || (spec?.ports ?? []).some(({ port }) => port === asked);
