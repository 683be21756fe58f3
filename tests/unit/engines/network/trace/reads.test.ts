import { describe, expect, it } from 'vitest';
import type { Question } from '../../../../../src/engines/network/trace/question.ts';
import { traceReads } from '../../../../../src/engines/network/trace/reads.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { aDeployment, anObject, someData } from '../../../../support/builders.ts';

const readsOf = (question: Partial<Question>, objects: readonly KubernetesObject[] = []): readonly string[] =>
  traceReads(
    { from: undefined, namespace: 'shop', to: { kind: 'url', host: 'shop.example', path: '/' }, ...question },
    someData({ objects }),
  ).map((read) => {
    if (read.verb === 'log') return 'log';
    const what = read.verb === 'get' ? `/${read.name}` : (read.labelSelector ?? '');
    return `${read.verb} ${read.kind} ${read.namespace ?? ''} ${what}`.trim().replaceAll(/\s+/g, ' ');
  });

const service = anObject('Service', 'db', { spec: { selector: { app: 'db' } } });

describe('what tracing reads', () => {
  it('is the routes of a namespace, then what they lead to', () => {
    const ingress = anObject('Ingress', 'gate', {
      spec: { tls: [{ secretName: 'cert' }], defaultBackend: { service: { name: 'db' } } },
    });

    expect(readsOf({})).toEqual([
      'get Namespace /shop',
      'list Service shop',
      'list NetworkPolicy shop',
      'list Ingress shop',
      'list HTTPRoute shop',
    ]);
    expect(readsOf({}, [ingress, service])).toEqual(
      expect.arrayContaining([
        'list IngressClass',
        'get Secret shop /cert',
        'list EndpointSlice shop kubernetes.io/service-name=db',
        'list Pod shop app=db',
      ]),
    );
  });

  it('is the client, its pods, the DNS and the Service that is named, in its own namespace', () => {
    const { deployment } = aDeployment('web');
    const from = { kind: 'Deployment', namespace: 'shop', name: 'web' };
    const reads = readsOf({ from, to: { kind: 'host', host: 'db.data.svc', port: undefined } }, [deployment]);

    expect(reads).toEqual(
      expect.arrayContaining([
        'list NetworkPolicy shop',
        'list NetworkPolicy data',
        'list Service data',
        'get Deployment shop /web',
        'list Pod shop app=web',
        'list Pod kube-system k8s-app=kube-dns',
      ]),
    );
    expect(reads.filter((read) => /Ingress|HTTPRoute/.test(read))).toEqual([]);
  });

  it('is the Gateway, its class and its certificate behind a route', () => {
    const apiVersion = 'gateway.networking.k8s.io/v1';
    const route = {
      apiVersion,
      kind: 'HTTPRoute',
      metadata: { name: 'r', namespace: 'shop' },
      spec: {
        parentRefs: [{ name: 'gw', namespace: 'infra' }],
        rules: [{ backendRefs: [{ name: 'db', namespace: 'data' }] }],
      },
    };
    const gateway = {
      apiVersion,
      kind: 'Gateway',
      metadata: { name: 'gw', namespace: 'infra' },
      spec: { gatewayClassName: 'gc', listeners: [{ tls: { certificateRefs: [{ name: 'cert' }] } }] },
    };

    expect(readsOf({}, [route, gateway])).toEqual(
      expect.arrayContaining([
        'get Gateway infra /gw',
        'get GatewayClass /gc',
        'get Secret infra /cert',
        'list ReferenceGrant data',
      ]),
    );
  });
});
