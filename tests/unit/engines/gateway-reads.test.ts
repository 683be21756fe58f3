import { describe, expect, it } from 'vitest';
import { gatewayReads } from '../../../src/engines/gateway-reads.ts';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import type { ReadOutcome } from '../../../src/engines/snapshot-data.ts';
import { aSnapshot } from '../../support/builders.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
const object = (kind: string, name: string, spec: object): KubernetesObject =>
  ({ apiVersion, kind, metadata: { name, namespace: 'shop' }, spec }) as KubernetesObject;
const route = object('HTTPRoute', 'r', { parentRefs: [{ name: 'gw' }, { name: 'edge', namespace: 'infra' }] });
const gateway = object('Gateway', 'gw', { gatewayClassName: 'gc' });
const listed = (outcome: ReadOutcome) => ({
  read: { verb: 'list', kind: 'HTTPRoute', apiVersion, namespace: 'shop', as: 'full' } as const,
  outcome,
});
const shop = { namespace: 'shop' };
const reads = (fields: Parameters<typeof aSnapshot>[0]) =>
  gatewayReads(aSnapshot({ scope: shop, ...fields })).map((read) =>
    read.verb === 'log'
      ? read.verb
      : `${read.verb} ${read.kind} ${'name' in read ? read.name : (read.namespace ?? '')}`,
  );

describe('gatewayReads', () => {
  it('begins with one list, which tells whether the cluster serves the Gateway API', () => {
    expect(reads({})).toEqual(['list HTTPRoute shop']);
    expect(reads({ scope: {} })).toEqual(['list HTTPRoute ']);
  });

  it.each(['absent', 'denied', 'failed'] as const)('ends there when that list is %s', (outcome) => {
    expect(reads({ reads: [listed(outcome)] })).toEqual(['list HTTPRoute shop']);
  });

  it('goes on to Gateways, those of other namespaces by name, and to their classes', () => {
    expect(reads({ reads: [listed('ok')], objects: [route, gateway] })).toEqual([
      'list HTTPRoute shop',
      'list GRPCRoute shop',
      'list Gateway shop',
      'get Gateway edge',
      'get GatewayClass gc',
    ]);
  });

  it('reads the certificates of listeners in the namespace in question', () => {
    const ref = (namespace?: string) => ({ name: 'tls', ...(namespace !== undefined && { namespace }) });
    const secured = object('Gateway', 'gw', {
      listeners: [{ name: 'https', tls: { certificateRefs: [ref(), ref('vault')] } }],
    });

    expect(reads({ objects: [secured] })).toEqual(['list HTTPRoute shop', 'get Secret tls']);
    expect(reads({ scope: {}, objects: [secured] })).toEqual(['list HTTPRoute ']);
  });

  it('asks an archive only for what its routes name', () => {
    expect(reads({ source: 'bundle.tgz' })).toEqual([]);
    expect(reads({ source: 'bundle.tgz', objects: [route] })).toEqual(['get Gateway gw', 'get Gateway edge']);
  });
});
