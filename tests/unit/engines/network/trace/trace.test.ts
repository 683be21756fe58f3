import { describe, expect, it } from 'vitest';
import { firstBroken, sentenceOf, verdictOfWay, type Way } from '../../../../../src/engines/network/trace/hops.ts';
import { destinationOf } from '../../../../../src/engines/network/trace/question.ts';
import { trace } from '../../../../../src/engines/network/trace/trace.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { aContainer, aDeployment, anObject, aPod, someData } from '../../../../support/builders.ts';

const everyKind = [
  'Service',
  'EndpointSlice',
  'Pod',
  'NetworkPolicy',
  'Namespace',
  'Ingress',
  'IngressClass',
  'Secret',
  'Gateway',
  'GatewayClass',
  'ReferenceGrant',
];

interface Asked {
  readonly to: string;
  readonly from?: { readonly kind: string; readonly name: string };
  readonly objects: readonly KubernetesObject[];
  readonly heads?: readonly KubernetesObject[];
  readonly complete?: readonly string[];
}

function ways({ to, from, objects, heads = [], complete = everyKind }: Asked): readonly Way[] {
  const destination = destinationOf(to, 'shop', from !== undefined);
  if (destination === undefined) throw new Error(`no destination: ${to}`);
  const client = from && { ...from, namespace: 'shop' };
  return trace({ from: client, namespace: 'shop', to: destination }, someData({ objects, heads, complete }));
}

/** `broken at tls: …`, `open`, `unknown at address: …`. */
function sayings(asked: Asked): readonly string[] {
  return ways(asked).map((way) => {
    const hop = firstBroken(way) ?? way.hops.find(({ state }) => state === 'unknown');
    return hop === undefined ? verdictOfWay(way) : `${hop.state} at ${hop.hop}: ${sentenceOf(hop)}`;
  });
}

const namespace = anObject('Namespace', 'shop', { metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } } });
const web = aDeployment('web', { pod: { metadata: { labels: { app: 'web' } }, status: { podIP: '10.0.0.1' } } });
const db = aDeployment('db', {
  pod: {
    metadata: { labels: { app: 'db' } },
    containers: [aContainer('db', { ports: [{ name: 'sql', containerPort: 5432 }] })],
    status: { podIP: '10.0.0.2' },
  },
});
const service = (spec: object = {}, name = 'db') =>
  anObject('Service', name, {
    spec: { selector: { app: 'db' }, clusterIP: '10.96.0.9', ports: [{ port: 5432, targetPort: 'sql' }], ...spec },
  });
const slice = (conditions: object = { ready: true }, name = 'db') =>
  anObject('EndpointSlice', `${name}-1`, {
    metadata: { labels: { 'kubernetes.io/service-name': name } },
    endpoints: [{ addresses: ['10.0.0.2'], conditions, targetRef: { kind: 'Pod', name: 'db-5d8f-0' } }],
    ports: [{ port: 5432 }],
  });
const policy = (name: string, spec: object) => anObject('NetworkPolicy', name, { spec });
const base = [namespace, ...web.all, ...db.all, service(), slice()];
const from = { kind: 'Deployment', name: 'web' };

describe('from a workload to a Service', () => {
  it('is open when every hop is', () => {
    const [way] = ways({ to: 'db:5432', from, objects: base });

    expect(way).toMatchObject({ name: 'shop/web → Service/db port 5432' });
    expect(way?.hops.map(({ hop, state }) => `${state} ${hop}`)).toEqual([
      'ok client',
      'ok dns-policy',
      'ok dns-egress',
      'ok dns-name',
      'ok port',
      'ok selector',
      'ok endpoints',
      'ok target-port',
      'ok egress',
      'ok ingress',
    ]);
  });

  it('takes a name with a namespace, an address of the Service, and one of its ports when none is named', () => {
    expect(sayings({ to: 'shop/db:5432', from, objects: base })).toEqual(['open']);
    expect(sayings({ to: 'db.shop.svc.cluster.local', from, objects: base })).toEqual(['open']);
    expect(sayings({ to: '10.96.0.9:5432', from, objects: base })).toEqual(['open']);
    expect(sayings({ to: 'db', from: { kind: 'Pod', name: 'web-5d8f-0' }, objects: base })).toEqual(['open']);
  });

  it('names the Service that there is not, and the one that may be meant', () => {
    expect(sayings({ to: 'bd', from, objects: base })).toEqual([
      'broken at dns-name: Service/bd is what bd should resolve to, and does not exist in namespace shop, but there is db',
    ]);
    expect(sayings({ to: 'db.nowhere.svc', from, objects: base })).toEqual([
      'broken at dns-name: Service/db is what db.nowhere.svc should resolve to, and there is no namespace nowhere',
    ]);
    expect(sayings({ to: 'example.com:443', from, objects: base })).toEqual([
      'unknown at dns-name: example.com is no Service: a name outside of the cluster, which is not followed',
    ]);
  });

  it('names the policy that holds back the answer of the DNS, though the rest is allowed', () => {
    const toDb = policy('to-db', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
    });

    const [way] = ways({ to: 'db', from, objects: [...base, toDb] });

    expect(way?.hops.filter(({ state }) => state !== 'ok').map(({ hop }) => hop)).toEqual(['dns-egress']);
    expect(way?.hops.find(({ hop }) => hop === 'dns-egress')?.text).toBe(
      'NetworkPolicy/to-db isolates the pod for egress, and no rule lets UDP 53 to the DNS of the cluster through',
    );
  });

  it('names the policy of the other side, its nearest rule, and how to extend it', () => {
    const guard = policy('guard', {
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 5432 }] }],
    });

    const [way] = ways({ to: 'db', from, objects: [...base, guard] });

    expect(way && firstBroken(way)).toMatchObject({
      hop: 'ingress',
      object: { kind: 'Pod', name: 'db-5d8f-0' },
      text: 'NetworkPolicy/guard isolates the pod for ingress, and no rule lets TCP 5432 from shop/web through (spec.ingress[0] of NetworkPolicy/guard allows it only from pods with app=api of its own namespace)',
      fix: 'extend spec.ingress[0].from of NetworkPolicy/guard by TCP 5432 from shop/web, or correct it',
    });
  });

  it('does not say that a connection is open when policies were not read, or are of another kind', () => {
    const unread = everyKind.filter((kind) => kind !== 'NetworkPolicy');
    const cilium = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'l7', namespace: 'shop' },
    };

    expect(sayings({ to: 'db', from, objects: base, complete: unread })).toEqual([
      'unknown at dns-egress: Pod/web-5d8f-0: UDP 53 to the DNS of the cluster: the NetworkPolicies of namespace shop were not read',
    ]);
    expect(sayings({ to: 'db', from, objects: base, heads: [cilium] })).toEqual([
      'unknown at other-policies: CiliumNetworkPolicy/l7 is a policy of the network plugin that is not evaluated here',
    ]);
  });

  it('knows a pod that asks the DNS of its node', () => {
    const agent = aPod('agent', { spec: { hostNetwork: true } });

    expect(sayings({ to: 'db', from: { kind: 'Pod', name: 'agent' }, objects: [...base, agent] })).toEqual([
      'broken at dns-policy: Pod/agent uses hostNetwork with dnsPolicy ClusterFirst, so it asks the DNS of its node, which knows no Service',
    ]);
  });

  it('judges a workload without pods by its template', () => {
    const deny = policy('deny', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] });

    expect(
      sayings({ to: 'db', from, objects: [namespace, web.deployment, ...db.all, service(), slice(), deny] }),
    ).toEqual([
      'broken at dns-egress: Deployment/web: NetworkPolicy/deny isolates the pod for egress, and no rule lets UDP 53 to the DNS of the cluster through',
    ]);
  });

  it('goes no further than an address outside', () => {
    const deny = policy('deny', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
    });

    expect(sayings({ to: '203.0.113.5:443', from, objects: base })).toEqual([
      'unknown at endpoints: 203.0.113.5 is no known Service: what is there is not seen',
    ]);
    expect(sayings({ to: '203.0.113.5:443', from, objects: [...base, deny] })[0]).toContain('broken at egress');
  });
});

describe('from a Service to its pods', () => {
  const to = 'service/db';
  const without = base.filter(({ kind }) => kind !== 'Service' && kind !== 'EndpointSlice');
  const said = (...objects: readonly KubernetesObject[]) => sayings({ to, objects: [...without, ...objects] });

  it('is open', () => {
    expect(said(service(), slice())).toEqual(['open']);
  });

  it('names a port that there is not', () => {
    expect(sayings({ to: 'service/db:80', objects: base })).toEqual([
      'broken at port: Service/db has no port 80, only 5432',
    ]);
  });

  it('names a selector that no pod has', () => {
    expect(said(service({ selector: { app: 'database' } }), slice({ ready: false }))).toEqual([
      'broken at selector: Service/db selects app=database, and no pod has these labels',
    ]);
  });

  it('names endpoints of which none is ready', () => {
    expect(said(service(), slice({ ready: false }))[0]).toContain(
      'broken at endpoints: Service/db has no ready endpoint',
    );
  });

  it('names a container port that there is not, and only doubts a number that is not declared', () => {
    expect(said(service({ ports: [{ name: 'x', port: 5432, targetPort: 'slq' }] }), slice())).toEqual([
      'broken at target-port: Service/db sends to the container port named slq, which no container has (they have sql (5432))',
    ]);
    expect(said(service({ ports: [{ port: 5432, targetPort: 80 }] }), slice())[0]).toContain(
      'unknown at target-port: Service/db sends to container port 80, which no container declares',
    );
  });

  it('connects to the pods of a headless Service themselves', () => {
    expect(said(service({ clusterIP: 'None' }), slice())).toEqual(['open']);
  });

  it('does not follow another name', () => {
    expect(said(service({ type: 'ExternalName', externalName: 'db.example.com' }))[0]).toContain(
      'is another name of db.example.com',
    );
  });

  it('says that another name leads to no Service, when that is known', () => {
    const alias = service({ type: 'ExternalName', externalName: 'gone.shop.svc.cluster.local' });

    expect(said(alias).join(' ')).toContain('and there is no Service/gone in namespace shop');
  });

  it('knows a Service that selects nothing and has no endpoints', () => {
    expect(said(service({ selector: undefined })).join(' ')).toContain(
      'has no selector, and nobody has given it endpoints',
    );
  });

  it('does not know who comes from outside', () => {
    const guard = policy('guard', {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }] }],
    });

    expect(said(service(), slice(), guard)).toEqual([
      'unknown at ingress: Pod/db-5d8f-0: TCP 5432 from outside: spec.ingress[0] of NetworkPolicy/guard decides, and it is not known who connects',
    ]);
  });
});

describe('through an Ingress', () => {
  const nginx = anObject('IngressClass', 'nginx', {
    metadata: { namespace: undefined },
    spec: { controller: 'k8s.io/x' },
  });
  const ingress = (spec: object = {}) =>
    anObject('Ingress', 'gate', {
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'shop.example',
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name: 'db', port: { number: 5432 } } } },
                { path: '/gone', pathType: 'Prefix', backend: { service: { name: 'gone', port: { number: 80 } } } },
              ],
            },
          },
        ],
        ...spec,
      },
      status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } },
    });
  const tls = { tls: [{ hosts: ['shop.example'], secretName: 'cert' }] };
  const secret = (fields: object) => anObject('Secret', 'cert', { ...fields });
  const pair = { 'tls.crt': 'x', 'tls.key': 'x' };

  it('follows every path, and one of a URL', () => {
    const objects = [...base, nginx, ingress()];

    expect(sayings({ to: 'ingress/gate', objects })).toEqual([
      'open',
      'broken at backend: Service/gone does not exist in namespace shop',
    ]);
    expect(ways({ to: 'shop.example/gone/1', objects }).map(({ name }) => name)).toEqual(['shop.example/gone']);
    expect(ways({ to: 'shop.example/gonewith', objects }).map(({ name }) => name)).toEqual(['shop.example/']);
    expect(sayings({ to: 'shp.example/', objects })[0]).toContain('no Ingress or HTTPRoute takes host shp.example');
  });

  it('names a class that does not exist', () => {
    expect(sayings({ to: 'shop.example/', objects: [...base, nginx, ingress({ ingressClassName: 'ngnix' })] })).toEqual(
      ['broken at class: IngressClass/ngnix is the class of Ingress/gate, and does not exist (there is nginx)'],
    );
  });

  it('looks at the Secret of TLS', () => {
    const said = (...objects: readonly KubernetesObject[]) =>
      sayings({ to: 'shop.example/', objects: [...base, nginx, ingress(tls), ...objects] })[0];

    expect(said(secret({ type: 'kubernetes.io/tls', data: pair }))).toBe('open');
    expect(said()).toBe('broken at tls: Secret/cert should hold the certificate, and does not exist');
    expect(said(secret({ type: 'kubernetes.io/dockerconfigjson', data: {} }))).toContain('not kubernetes.io/tls');
    expect(said(secret({ type: 'Opaque', data: { cert: 'x' } }))).toBe(
      'broken at tls: Secret/cert has no tls.crt and no tls.key (it has cert)',
    );
    expect(
      sayings({
        to: 'shop.example/',
        objects: [...base, nginx, ingress(tls)],
        complete: everyKind.filter((kind) => kind !== 'Secret'),
      })[0],
    ).toBe('unknown at tls: Secret/cert holds the certificate, and was not read');
  });
});

describe('through a Gateway', () => {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  const object = (kind: string, name: string, fields: object, home: string | undefined = 'shop') =>
    ({
      apiVersion,
      kind,
      metadata: { name, ...(home !== undefined && { namespace: home }) },
      ...fields,
    }) as KubernetesObject;
  const accepted = { type: 'Accepted', status: 'True' };
  const programmed = { type: 'Programmed', status: 'True' };
  const gatewayClass = object('GatewayClass', 'gc', { status: { conditions: [accepted] } }, undefined);
  const gateway = (conditions: readonly object[] = [accepted, programmed]) =>
    object('Gateway', 'gw', { spec: { gatewayClassName: 'gc' }, status: { conditions } });
  const route = (backend: object = { name: 'db', port: 5432 }, conditions: readonly object[] = [accepted]) =>
    object('HTTPRoute', 'shop', {
      spec: { parentRefs: [{ name: 'gw' }], hostnames: ['shop.example'], rules: [{ backendRefs: [backend] }] },
      status: { parents: [{ parentRef: { name: 'gw' }, conditions }] },
    });
  const said = (...objects: readonly KubernetesObject[]) =>
    sayings({ to: 'httproute/shop', objects: [...base, ...objects] });

  it('is open', () => {
    expect(said(gatewayClass, gateway(), route())).toEqual(['open']);
  });

  it('names a Gateway that is missing or not programmed, and a route that is not accepted', () => {
    const failed = { type: 'Programmed', status: 'False', reason: 'AddressNotAssigned' };
    const refused = { type: 'Accepted', status: 'False', reason: 'NotAllowedByListeners', message: 'no' };

    expect(said(route())[0]).toContain('broken at gateway: Gateway/gw does not exist');
    expect(said(gatewayClass, gateway([accepted, failed]), route())).toEqual([
      'broken at gateway: Gateway/gw is not programmed (AddressNotAssigned)',
    ]);
    expect(said(gatewayClass, gateway(), route(undefined, [refused]))).toEqual([
      'broken at route: HTTPRoute/shop is not accepted by Gateway/gw (NotAllowedByListeners: no)',
    ]);
  });

  it('needs a grant for a Service of another namespace', () => {
    const elsewhere = route({ name: 'db', namespace: 'data', port: 5432 });
    const grant = object(
      'ReferenceGrant',
      'g',
      { spec: { from: [{ kind: 'HTTPRoute', namespace: 'shop' }], to: [{ kind: 'Service' }] } },
      'data',
    );

    expect(said(gatewayClass, gateway(), elsewhere)[0]).toContain('grants no HTTPRoute of shop');
    expect(said(gatewayClass, gateway(), elsewhere, grant)).toEqual([
      'broken at backend: Service/db does not exist in namespace data',
    ]);
  });
});

describe('half-filled objects', () => {
  it('may hold null where a list is empty, as EndpointSlices do', () => {
    const empty = anObject('EndpointSlice', 'db-1', {
      metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
      endpoints: null,
      ports: null,
    });
    const nobody = policy('nobody', { podSelector: {}, ingress: [{ from: null, ports: null }], egress: null });
    const objects = [...base.filter(({ kind }) => kind !== 'EndpointSlice'), empty, nobody];

    expect(sayings({ to: 'service/db', objects })[0]).toContain('broken at endpoints');
  });

  it('never end in a crash or a verdict of open', () => {
    const bare = ['Service', 'Ingress', 'EndpointSlice', 'NetworkPolicy'].map((kind) =>
      anObject(kind as 'Service', 'db', {}),
    );

    expect(sayings({ to: 'service/db', objects: bare })[0]).not.toBe('open');
    expect(sayings({ to: 'ingress/db', objects: bare })).toEqual(['unknown at route: Ingress/db leads to no Service']);
    expect(sayings({ to: 'db', from: { kind: 'Pod', name: 'none' }, objects: bare })[0]).not.toBe('open');
  });
});
