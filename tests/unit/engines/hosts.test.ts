import { describe, expect, it } from 'vitest';
import { hostsOfEnv, serviceOfHost } from '../../../src/engines/hosts.ts';
import { anObject, aSnapshot } from '../../support/builders.ts';

const snapshot = aSnapshot({
  complete: ['Service'],
  objects: [
    anObject('Service', 'db', { spec: { clusterIP: '10.96.0.12' } }),
    anObject('Service', 'queue', { metadata: { namespace: 'infra' }, spec: {} }),
    anObject('EndpointSlice', 'db-1', {
      metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
      endpoints: [{ addresses: ['10.244.0.7'] }],
    }),
  ],
});
const serviceName = (host: string) => {
  const found = serviceOfHost(snapshot, host, 'shop');
  return found && `${found.ref.namespace}/${found.ref.name}${found.service === undefined ? ' absent' : ''}`;
};

describe('serviceOfHost', () => {
  it.each([
    ['db', 'shop/db'],
    ['queue.infra', 'infra/queue'],
    ['queue.infra.svc.cluster.local.', 'infra/queue'],
    ['db-0.db.shop.svc.cluster.local', 'shop/db'],
    ['db-0.db', 'shop/db'],
    ['10.96.0.12', 'shop/db'],
    ['10.244.0.7', 'shop/db'],
    ['cache', 'shop/cache absent'],
    ['cache.shop.svc', 'shop/cache absent'],
  ])('resolves %s', (host, service) => {
    expect(serviceName(host)).toBe(service);
  });

  it.each(['api.example.com', 'example.com', '192.0.2.1', 'a.b.c.d.example'])(
    'leaves %s outside of the cluster',
    (host) => {
      expect(serviceName(host)).toBeUndefined();
    },
  );

  it('looks behind a Service that is only another name of one', () => {
    const alias = anObject('Service', 'broker', {
      spec: { type: 'ExternalName', externalName: 'queue.infra.svc.cluster.local' },
    });
    const behind = aSnapshot({ ...snapshot.data, objects: [...snapshot.data.objects, alias] });

    expect(serviceOfHost(behind, 'broker', 'shop')?.ref).toMatchObject({ namespace: 'infra', name: 'queue' });
  });

  it('does not claim that a Service is absent whose list was not read', () => {
    expect(serviceOfHost(aSnapshot(), 'db', 'shop')).toBeUndefined();
  });
});

describe('hostsOfEnv', () => {
  const hosts = (container: Parameters<typeof hostsOfEnv>[0]) =>
    hostsOfEnv(container).map(({ host, port, field }) => `${host}:${port ?? ''} ${field}`);

  it('reads URLs without their credentials, host names, and host and port pairs', () => {
    expect(
      hosts({
        env: [
          { name: 'DATABASE_URL', value: 'postgres://user:p@ss@db:5432/shop' },
          { name: 'CACHE_HOST', value: 'cache' },
          { name: 'BROKERS', value: 'kafka-0.kafka:9092,kafka-1.kafka:9092' },
          { name: 'MODE', value: 'production' },
        ],
        args: ['--upstream=http://api.shop.svc.cluster.local:8080/'],
      }),
    ).toEqual(
      expect.arrayContaining([
        'cache: env[CACHE_HOST]',
        'kafka-0.kafka:9092 env[BROKERS]',
        'kafka-1.kafka:9092 env[BROKERS]',
        'api.shop.svc.cluster.local:8080 args',
      ]),
    );
  });

  it.each([
    ['Host=orders;Username=u;Database=shop', 'orders', undefined],
    ['Server=tcp:sql,1433;Database=shop;User Id=u', 'sql', 1433],
    ['host=db port=5432 dbname=shop', 'db', undefined],
  ])('reads the connection string %s', (value, host, port) => {
    expect(hostsOfEnv({ env: [{ name: 'CONNECTION', value }] })).toEqual([{ host, port, field: 'env[CONNECTION]' }]);
  });

  it.each(['server=true', 'rewrite host=off', 'MyHost=db;', 'Host=localhost;Port=1'])(
    'reads no host in %s',
    (value) => {
      expect(hostsOfEnv({ env: [{ name: 'OPTIONS', value }] })).toEqual([]);
    },
  );

  it('reads what a waiting loop asks', () => {
    expect(hosts({ command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] })).toEqual(['db:5432 command']);
    expect(hosts({ command: ['sh', '-c', 'until nslookup db.shop.svc.cluster.local; do sleep 1; done'] })).toContain(
      'db.shop.svc.cluster.local: command',
    );
  });

  it('names the variable when the command says the same', () => {
    const env = [{ name: 'DATABASE_URL', value: 'postgres://db:5432/shop' }];

    expect(hosts({ env, args: ['--database=postgres://db:5432/shop'] })).toEqual(['db:5432 env[DATABASE_URL]']);
  });

  it('finds none in images, paths and times', () => {
    expect(hosts({ args: ['--config=/etc/app/a.yaml', 'busybox:1.36', '12:30', '--listen=localhost:8080'] })).toEqual(
      [],
    );
  });
});
