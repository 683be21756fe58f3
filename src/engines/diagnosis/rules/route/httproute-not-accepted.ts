import {
  type Condition,
  conditionText,
  failedCondition,
  type Gateway,
  gatewayOf,
  gatewayRoutes,
  type HttpRoute,
  isGranted,
  type ParentRef,
} from '../../../gateway-api.ts';
import { nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const httprouteNotAccepted = defineRule({
  id: 'httproute-not-accepted',
  title: 'An HTTPRoute is not attached, or leads to nothing',
  area: 'route',
  class: 'cause',
  severity: 'high',
  meaning: 'The Gateway does not serve the route, or answers 500 for the backends that it cannot resolve.',
  detection:
    'status.parents has Accepted or ResolvedRefs False, by type and for the current generation, or a parent Gateway does ' +
    'not exist. Host names of the listeners, missing Services and missing ReferenceGrants are looked up. HTTPRoutes ' +
    'and GRPCRoutes are read where the cluster serves the Gateway API; other routes when one is asked about.',
  remedies: [
    'Correct parentRefs, host names or backends.',
    'Create the ReferenceGrant that a backend in another namespace needs.',
  ],
  avoid: ['comparing labels of the route: a listener with a selector looks at those of the namespace'],

  check: (snapshot) => gatewayRoutes(snapshot).flatMap((route) => findingsOf(snapshot, route)),
});

function findingsOf(snapshot: Snapshot, route: HttpRoute): readonly Finding[] {
  const parents = (route.spec?.parentRefs ?? []).filter(({ kind = 'Gateway' }) => kind === 'Gateway');
  return parents.flatMap((parent) => findingOf(snapshot, route, parent));
}

function findingOf(snapshot: Snapshot, route: HttpRoute, parent: ParentRef): readonly Finding[] {
  const subject = refOf(route);
  const home = route.metadata.namespace;
  const gateway: ObjectRef = { kind: 'Gateway', namespace: parent.namespace ?? home, name: parent.name ?? '' };
  const base = { subject, certainty: 'declared' as const, since: undefined };
  if (snapshot.presence('Gateway', gateway.namespace, gateway.name) === 'absent') {
    const where = gateway.namespace === home ? '' : ` in namespace ${gateway.namespace}`;
    return [
      {
        ...base,
        problem: `is served by nobody: ${nameOf(gateway)}, which spec.parentRefs names, does not exist${where}`,
        culprit: gateway,
        evidence: [{ object: subject, source: 'spec', text: `spec.parentRefs names ${nameOf(gateway)}${where}` }],
        fixes: [
          {
            advice: `correct spec.parentRefs of ${nameOf(subject)}, or create ${nameOf(gateway)}`,
            reason: 'a route without a Gateway receives nothing',
          },
        ],
      },
    ];
  }
  const said = route.status?.parents?.find(
    ({ parentRef }) =>
      parentRef?.name === parent.name &&
      parentRef?.sectionName === parent.sectionName &&
      (parentRef?.namespace ?? home) === gateway.namespace,
  );
  const failed = failedCondition(route, said?.conditions, ['Accepted', 'ResolvedRefs']);
  if (failed === undefined) return [];
  const what =
    failed.type === 'Accepted' ? `is not accepted by ${nameOf(gateway)}` : 'has backends that cannot be resolved';
  const hint = hintFor(snapshot, route, { parent, failed });
  return [
    {
      ...base,
      problem: `${what}: ${hint ?? conditionText(failed)}`,
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `${failed.type} of ${nameOf(gateway)} is False: ${conditionText(failed)}`,
          at: failed.lastTransitionTime,
        },
      ],
      since: failed.lastTransitionTime,
      fixes: [{ advice: fixFor(failed, route), reason: hint ?? conditionText(failed) }],
      nextCheck: `kubectl get ${subject.kind.toLowerCase()} ${subject.name} -n ${subject.namespace} -o yaml`,
    },
  ];
}

interface Failure {
  readonly parent: ParentRef;
  readonly failed: Condition;
}

/** The exact name behind a reason, where it can be looked up. */
function hintFor(snapshot: Snapshot, route: HttpRoute, { parent, failed }: Failure): string | undefined {
  const gateway = gatewayOf(snapshot, route, parent);
  switch (failed.reason) {
    case 'NoMatchingListenerHostname':
      return gateway && hostHint(route, gateway, parent);
    case 'NoMatchingParent':
      return (
        gateway &&
        `no listener of Gateway/${parent.name} is named ${parent.sectionName} (it has ${listenersOf(gateway, {})
          .map(({ name }) => name)
          .join(', ')})`
      );
    case 'BackendNotFound':
      return missingBackend(snapshot, route);
    case 'RefNotPermitted':
      return ungranted(snapshot, route);
    default:
      return undefined;
  }
}

const listenersOf = ({ spec }: Gateway, { sectionName }: ParentRef) =>
  (spec?.listeners ?? []).filter(({ name }) => sectionName === undefined || name === sectionName);

function hostHint(route: HttpRoute, gateway: Gateway, parent: ParentRef): string {
  const wanted = (route.spec?.hostnames ?? []).join(', ');
  const offered = listenersOf(gateway, parent).map(({ hostname }) => hostname ?? '*');
  return `no listener takes ${wanted} (they take ${offered.join(', ')})`;
}

const backendsOf = ({ spec, metadata }: HttpRoute): readonly (ObjectRef & { readonly namespace: string })[] =>
  (spec?.rules ?? [])
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .filter(({ kind = 'Service' }) => kind === 'Service')
    .map(({ namespace, name = '' }) => ({ kind: 'Service', namespace: namespace ?? metadata.namespace ?? '', name }));

function missingBackend(snapshot: Snapshot, route: HttpRoute): string | undefined {
  const missing = backendsOf(route).find(
    ({ namespace, name }) => snapshot.presence('Service', namespace, name) === 'absent',
  );
  return missing && `${nameOf(missing)} does not exist in namespace ${missing.namespace}`;
}

function ungranted(snapshot: Snapshot, route: HttpRoute): string | undefined {
  const home = route.metadata.namespace;
  const backend = backendsOf(route).find(
    (each) => each.namespace !== home && !isGranted(snapshot, { kind: route.kind, namespace: home }, each),
  );
  return (
    backend &&
    `no ReferenceGrant in namespace ${backend.namespace} lets ${route.kind}s of ${home} refer to ${nameOf(backend)}`
  );
}

function fixFor({ reason }: Condition, route: HttpRoute): string {
  const name = nameOf(refOf(route));
  switch (reason) {
    case 'NotAllowedByListeners':
      return `let a listener allow namespace ${route.metadata.namespace} (allowedRoutes.namespaces), or move ${name}`;
    case 'NoMatchingListenerHostname':
      return `make spec.hostnames of ${name} fit a listener`;
    case 'NoMatchingParent':
      return `correct sectionName or port in spec.parentRefs of ${name}`;
    case 'BackendNotFound':
      return `correct backendRefs of ${name}, or create the Service`;
    case 'RefNotPermitted':
      return `create a ReferenceGrant where the Service is, from ${route.kind}s of namespace ${route.metadata.namespace}`;
    default:
      return `correct what the condition of ${name} names`;
  }
}
