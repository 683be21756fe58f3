import { aliasedService } from '../../external-names.ts';
import { gateways, httpRoutes } from '../../gateway-api.ts';
import { serviceOfHost } from '../../hosts.ts';
import type { ObjectRef } from '../../objects.ts';
import { type Ingress } from '../../routes.ts';
import { selectorText } from '../../selectors.ts';
import { indexSnapshot, type Snapshot } from '../../snapshot.ts';
import type { Read, SnapshotData } from '../../snapshot-data.ts';
import { hostName } from '../dns.ts';
import { dnsReads } from '../dns-reads.ts';
import { podSelectorOf } from './client.ts';
import type { Question } from './question.ts';

/** Policies of network plugins, which decide too and are not evaluated; a cluster without them answers nothing. */
export const foreignPolicies = ['CiliumNetworkPolicy', 'GlobalNetworkPolicy', 'AdminNetworkPolicy'] as const;

/** What tracing a question needs to read next, given what was read so far. */
export function traceReads(question: Question, soFar: SnapshotData): readonly Read[] {
  const snapshot = indexSnapshot(soFar);
  const { from, namespace, to } = question;
  const services = servicesOf(snapshot, question).flatMap((ref) => [ref, ...behindAlias(snapshot, ref)]);
  const namespaces = [...new Set([namespace, ...services.map((service) => service.namespace ?? namespace)])];
  return [
    ...namespaces.flatMap((each) => ofNamespace(each)),
    ...(from === undefined ? outsideReads(snapshot, question) : clientReads(snapshot, from)),
    ...(from !== undefined && to.kind !== 'url' ? dnsReads(snapshot) : []),
    ...services.flatMap((service) => serviceReads(snapshot, service)),
  ];
}

/** Names of Services are few and cheap, and tell what a wrong one may have meant. */
const ofNamespace = (namespace: string): readonly Read[] => [
  { verb: 'get', kind: 'Namespace', name: namespace },
  { verb: 'list', kind: 'Service', namespace, as: 'full' },
  { verb: 'list', kind: 'NetworkPolicy', namespace, as: 'full' },
];

/** The Services that the question is about, as far as they are known by now. */
function servicesOf(snapshot: Snapshot, { namespace, to }: Question): readonly ObjectRef[] {
  switch (to.kind) {
    case 'service':
      return [to.ref];
    case 'host':
      return hostName(to.host, namespace)?.candidates ?? serviceAt(snapshot, to.host, namespace);
    default:
      return [...ingressesOf(snapshot, namespace).flatMap(backendsOfIngress), ...backendsOfRoutes(snapshot)];
  }
}

/** The Service that one is another name of; it is followed once. */
function behindAlias(snapshot: Snapshot, { namespace, name }: ObjectRef): readonly ObjectRef[] {
  const service = snapshot.find('Service', namespace, name);
  const alias = service && aliasedService(service);
  return alias === undefined ? [] : [alias];
}

function serviceAt(snapshot: Snapshot, address: string, namespace: string): readonly ObjectRef[] {
  const found = serviceOfHost(snapshot, address, namespace);
  return found === undefined ? [] : [found.ref];
}

const ingressesOf = (snapshot: Snapshot, namespace: string): readonly Ingress[] => snapshot.all('Ingress', namespace);

function backendsOfIngress({ spec, metadata: { namespace } }: Ingress): readonly ObjectRef[] {
  const backends = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ];
  return backends.flatMap((backend) => {
    const name = backend?.service?.name;
    return name === undefined ? [] : [{ kind: 'Service', namespace, name }];
  });
}

const backendsOfRoutes = (snapshot: Snapshot): readonly ObjectRef[] =>
  httpRoutes(snapshot).flatMap(({ metadata, spec }) =>
    (spec?.rules ?? [])
      .flatMap(({ backendRefs = [] }) => backendRefs)
      .flatMap(({ kind = 'Service', namespace, name }) =>
        kind === 'Service' && name !== undefined ? [{ kind, namespace: namespace ?? metadata.namespace, name }] : [],
      ),
  );

function serviceReads(snapshot: Snapshot, { namespace, name }: ObjectRef): readonly Read[] {
  const service = snapshot.find('Service', namespace, name);
  if (service === undefined) return [];
  const selector = service.spec?.selector ?? {};
  return [
    { verb: 'list', kind: 'EndpointSlice', namespace, labelSelector: `kubernetes.io/service-name=${name}`, as: 'full' },
    ...(Object.keys(selector).length > 0
      ? [
          {
            verb: 'list' as const,
            kind: 'Pod',
            namespace,
            labelSelector: selectorText({ matchLabels: selector }),
            as: 'full' as const,
          },
        ]
      : []),
    ...foreignPolicies.map(
      (kind): Read => ({
        verb: 'list',
        kind,
        namespace: kind === 'CiliumNetworkPolicy' ? namespace : undefined,
        as: 'metadata',
      }),
    ),
  ];
}

function clientReads(snapshot: Snapshot, from: ObjectRef): readonly Read[] {
  const { kind, namespace, name } = from;
  const selector = podSelectorOf(snapshot, from);
  return [
    { verb: 'get', kind, namespace, name },
    ...(selector === undefined
      ? []
      : [
          { verb: 'list' as const, kind: 'Pod', namespace, labelSelector: selectorText(selector), as: 'full' as const },
        ]),
  ];
}

function outsideReads(snapshot: Snapshot, { namespace, to }: Question): readonly Read[] {
  if (to.kind === 'service' || to.kind === 'host') return [];
  const wanted = (kind: string): readonly Read[] => {
    if (to.kind === 'url') return [{ verb: 'list', kind, namespace, as: 'full' }];
    return to.ref.kind === kind ? [{ verb: 'get', kind, namespace: to.ref.namespace, name: to.ref.name }] : [];
  };
  return [
    ...wanted('Ingress'),
    ...wanted('HTTPRoute'),
    ...(ingressesOf(snapshot, namespace).length > 0
      ? [{ verb: 'list' as const, kind: 'IngressClass', as: 'full' as const }]
      : []),
    ...secretsOf(snapshot, namespace),
    ...gatewayReads(snapshot),
  ];
}

/** The Secrets that TLS of the routes names; the names of their neighbours when one does not exist. */
function secretsOf(snapshot: Snapshot, namespace: string): readonly Read[] {
  const names = [
    ...ingressesOf(snapshot, namespace).flatMap(({ spec }) =>
      (spec?.tls ?? []).flatMap(({ secretName }) =>
        secretName === undefined ? [] : [{ namespace, name: secretName }],
      ),
    ),
    ...gateways(snapshot).flatMap(({ metadata, spec }) =>
      (spec?.listeners ?? [])
        .flatMap(({ tls }) => tls?.certificateRefs ?? [])
        .flatMap((each) =>
          each.name === undefined ? [] : [{ namespace: each.namespace ?? metadata.namespace, name: each.name }],
        ),
    ),
  ];
  return names.flatMap(({ namespace: home, name }): readonly Read[] => [
    { verb: 'get', kind: 'Secret', namespace: home, name },
    ...(snapshot.presence('Secret', home, name) === 'absent'
      ? [{ verb: 'list' as const, kind: 'Secret', namespace: home, as: 'metadata' as const }]
      : []),
  ]);
}

function gatewayReads(snapshot: Snapshot): readonly Read[] {
  const routes = httpRoutes(snapshot);
  const parents = routes.flatMap(({ metadata, spec }) =>
    (spec?.parentRefs ?? []).flatMap(({ kind = 'Gateway', namespace, name }) =>
      kind === 'Gateway' && name !== undefined ? [{ kind, namespace: namespace ?? metadata.namespace, name }] : [],
    ),
  );
  const foreign = backendsOfRoutes(snapshot).flatMap(({ namespace }) =>
    routes.some(({ metadata }) => metadata.namespace === namespace) ? [] : (namespace ?? []),
  );
  return [
    ...parents.map(({ kind, namespace, name }): Read => ({ verb: 'get', kind, namespace, name })),
    ...gateways(snapshot).flatMap(({ spec }): readonly Read[] =>
      spec?.gatewayClassName === undefined ? [] : [{ verb: 'get', kind: 'GatewayClass', name: spec.gatewayClassName }],
    ),
    ...[...new Set(foreign)].map(
      (namespace): Read => ({ verb: 'list', kind: 'ReferenceGrant', namespace, as: 'full' }),
    ),
  ];
}
