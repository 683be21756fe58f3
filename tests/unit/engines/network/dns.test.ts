import { describe, expect, it } from 'vitest';
import { dnsServers, dnsServersOf, hostName, resolve } from '../../../../src/engines/network/dns.ts';
import { anObject, aPod, aSnapshot } from '../../../support/builders.ts';

const candidates = (host: string) =>
  hostName(host, 'shop')?.candidates.map(({ namespace, name }) => `${namespace}/${name}`);

describe('hostName', () => {
  it.each([
    ['db', ['shop/db']],
    ['db.data', ['data/db', 'shop/data']],
    ['db-0.db.data', ['data/db']],
    ['db.data.svc', ['data/db']],
    ['DB.data.svc.cluster.local.', ['data/db']],
    ['db-0.db.data.svc.cluster.local', ['data/db']],
    ['api.eu.example.com', []],
  ])('takes %s for %j', (host, expected) => {
    expect(candidates(host)).toEqual(expected);
  });

  it('knows which names can only be those of Services', () => {
    expect(['db', 'db.data.svc', 'db.data', 'example.com'].map((host) => hostName(host, 'shop')?.internal)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('leaves addresses alone', () => {
    expect(['10.0.0.1', 'fd00::1'].map((host) => hostName(host, 'shop'))).toEqual([undefined, undefined]);
  });
});

describe('resolve', () => {
  const name = {
    candidates: ['data', 'shop'].map((namespace) => ({ kind: 'Service', namespace, name: 'db' })),
    internal: false,
  };

  it('takes the first that exists, and one that is not known before one that does not exist', () => {
    const db = anObject('Service', 'db');
    const read = (namespace: string) => ({
      read: { verb: 'list' as const, kind: 'Service', namespace, as: 'full' as const },
      outcome: 'ok' as const,
    });

    expect(resolve(aSnapshot({ objects: [db], complete: ['Service'] }), name)).toMatchObject({ service: db });
    expect(resolve(aSnapshot({ reads: [read('data')] }), name)).toMatchObject({
      ref: { namespace: 'shop' },
      presence: 'unknown',
    });
    expect(resolve(aSnapshot({ complete: ['Service'] }), name)).toMatchObject({
      ref: { namespace: 'data' },
      presence: 'absent',
    });
  });
});

describe('dnsServersOf', () => {
  it.each([
    [{}, 'cluster'],
    [{ dnsPolicy: 'ClusterFirst' }, 'cluster'],
    [{ hostNetwork: true }, 'node'],
    [{ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, 'cluster'],
    [{ dnsPolicy: 'Default' }, 'node'],
    [{ dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } }, 'own'],
  ])('of %j is %s', (spec, expected) => {
    expect(dnsServersOf(spec)).toBe(expected);
  });
});

describe('dnsServers', () => {
  const place = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

  it('are the pods of the cluster, at the port behind the Service', () => {
    const pod = aPod('coredns-1', { metadata: place, status: { podIP: '10.244.0.2' } });
    const service = anObject('Service', 'kube-dns', { metadata: place });
    const slice = anObject('EndpointSlice', 'kube-dns-x', {
      metadata: { ...place, labels: { 'kubernetes.io/service-name': 'kube-dns' } },
      ports: [{ name: 'dns', protocol: 'UDP', port: 5353 }],
    });

    const [server] = dnsServers(aSnapshot({ objects: [pod, service, slice] }));

    expect(server).toMatchObject({
      port: 5353,
      endpoint: { pod: { namespace: 'kube-system' }, addresses: ['10.244.0.2'] },
    });
  });

  it('are by convention what they are elsewhere, when none were read', () => {
    expect(dnsServers(aSnapshot())).toMatchObject([
      { port: 53, endpoint: { pod: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }, addresses: [] } },
    ]);
  });
});
