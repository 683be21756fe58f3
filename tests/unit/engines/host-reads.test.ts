import { describe, expect, it } from 'vitest';
import { aliasReads, farReads, hostReads } from '../../../src/engines/host-reads.ts';
import type { Read } from '../../../src/engines/snapshot-data.ts';
import { anObject, aSnapshot } from '../../support/builders.ts';
import { again, complains } from '../../support/complaining-pod.ts';

const everywhere = () => true;
const shown = (read: Read): string => {
  if (read.verb === 'log') return read.verb;
  const what = read.verb === 'get' ? read.name : (read.labelSelector ?? read.as);
  return `${read.verb} ${read.kind} ${read.namespace} ${what}`;
};
const own = ['list Service shop full', 'list EndpointSlice shop full'];
const served = (name: string, namespace: string) => [
  `get Service ${namespace} ${name}`,
  `list EndpointSlice ${namespace} kubernetes.io/service-name=${name}`,
];

describe('hostReads', () => {
  it.each([
    ['a bare name', 'db', []],
    ['a name of the own namespace', 'db.shop.svc', []],
    ['a name with a namespace', 'queue.data', served('queue', 'data')],
    [
      'a full name, with what that namespace has instead',
      'queue.data.svc.cluster.local.',
      [...served('queue', 'data'), 'list Service data metadata'],
    ],
    [
      'a pod behind a headless Service',
      'kafka-0.kafka.data.svc.cluster.local',
      [...served('kafka', 'data'), 'list Service data metadata'],
    ],
    ['a short name of such a pod', 'kafka-0.kafka.data', served('kafka', 'data')],
    ['an address', '10.96.0.12', []],
    ['a long domain', 'a.b.example.com', []],
    ['what no name can be', '-.svc.x', []],
  ])('of %s', (_, host, expected) => {
    expect(hostReads([host], 'shop', everywhere).map(shown)).toEqual([...own, ...expected]);
  });

  it('leaves out namespaces that may not be read', () => {
    expect(hostReads(['kube-dns.kube-system.svc'], 'shop', (name) => !name.startsWith('kube-')).map(shown)).toEqual(
      own,
    );
  });
});

describe('aliasReads', () => {
  const alias = anObject('Service', 'db', {
    spec: { type: 'ExternalName', externalName: 'postgres.data.svc.cluster.local' },
  });

  it('looks behind a Service that is another name, when a host means it', () => {
    const snapshot = aSnapshot({ objects: [alias] });

    expect(aliasReads(snapshot, ['db'], everywhere).map(shown)).toEqual(served('postgres', 'data'));
    expect(aliasReads(snapshot, ['web'], everywhere)).toEqual([]);
  });
});

describe('farReads', () => {
  const timeout = again(['curl: (28) Connection timed out after 3001 milliseconds']);
  const readsFor = (host: string, lines = timeout): readonly string[] =>
    farReads(complains(lines, { env: [{ name: 'RATES_URL', value: `http://${host}:8080` }] })).map(shown);

  it('are the Services of other namespaces that a ready container is to call which complains and does not say of whom', () => {
    expect(readsFor('rates.bank')).toEqual(served('rates', 'bank'));
    expect(readsFor('rates.bank.svc.cluster.local')).toEqual(served('rates', 'bank'));
  });

  it('are none of the own namespace, and none when nothing complains', () => {
    expect(readsFor('rates')).toEqual([]);
    expect(readsFor('rates.shop')).toEqual([]);
    expect(readsFor('rates.bank', again(['INFO served']))).toEqual([]);
  });
});
