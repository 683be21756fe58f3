import { describe, expect, it } from 'vitest';
import { networkReads } from '../../../../src/engines/network/symptoms.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Scope } from '../../../../src/engines/snapshot-data.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../support/builders.ts';

const web = aDeployment('web', {
  pod: {
    containers: [
      aContainer('app', {
        env: [{ name: 'DB_URL', value: 'http://db.data:80' }],
        ...crashed({ exitCode: 1, reason: 'Error' }),
      }),
    ],
  },
}).all;
const db = anObject('Service', 'db', { metadata: { namespace: 'data' } });

function readsFor(
  words: string,
  { objects = [], scope = {} }: { objects?: readonly KubernetesObject[]; scope?: Scope } = {},
) {
  const snapshot = aSnapshot({
    complete: ['Service'],
    objects: [...web, db, ...objects],
    logs: [aLog('web-5d8f-0', [words], { previous: true })],
    scope,
  });
  return networkReads(snapshot).map((read) =>
    read.verb === 'log' ? 'log' : `${read.kind} ${read.verb === 'get' ? read.name : (read.namespace ?? '')}`.trim(),
  );
}

const dns = ['Namespace kube-system', 'Service kube-system', 'Pod kube-system'];

describe('what a failed connection calls for', () => {
  it('is nothing, when none failed, or one was refused', () => {
    expect(readsFor('panic: nil pointer')).toEqual([]);
    expect(readsFor('dial tcp: connect to db.data:80: connection refused')).toEqual([]);
  });

  it('is the policies of both ends, when nobody answers', () => {
    expect(readsFor('dial tcp: connect to db.data:80: i/o timeout')).toEqual([
      'NetworkPolicy shop',
      'NetworkPolicy data',
    ]);
  });

  it('is the DNS as well, when a name does not resolve', () => {
    expect(readsFor('lookup db.data on 10.96.0.10:53: no such host')).toEqual([
      'NetworkPolicy shop',
      'NetworkPolicy data',
      ...dns,
    ]);
  });

  it('is the endpoints of the DNS, once its Service is known', () => {
    const service = anObject('Service', 'kube-dns', {
      metadata: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    });

    expect(readsFor('lookup db.data: no such host', { objects: [service] })).toContain('EndpointSlice kube-system');
  });

  it('is who may call a server whose proxy refused somebody', () => {
    expect(readsFor('error: 403 from db.data: RBAC: access denied')).toEqual(['AuthorizationPolicy data']);
  });
});

describe('what a question calls for', () => {
  it('is the policies around a Service', () => {
    const object = { kind: 'Service', namespace: 'data', name: 'db' };

    expect(readsFor('all is well', { scope: { namespace: 'data', object } })).toEqual(['NetworkPolicy data']);
  });

  it('is the log of a pod behind a Service that refuses, or that is asked about', () => {
    const api = aDeployment('api', { pod: { containers: [aContainer('app')] } });
    const service = anObject('Service', 'api', { spec: { selector: { app: 'api' }, ports: [{ port: 80 }] } });
    const slice = anObject('EndpointSlice', 'api-1', {
      metadata: { labels: { 'kubernetes.io/service-name': 'api' } },
      endpoints: [{ addresses: ['10.244.0.7'] }],
    });
    const objects = [...api.all, service, slice];
    const object = { kind: 'Service', namespace: 'shop', name: 'api' };

    expect(readsFor('dial tcp api:80: connection refused', { objects })).toEqual(['log']);
    expect(readsFor('panic: nil pointer', { objects, scope: { namespace: 'shop', object } })).toContain('log');
    expect(readsFor('panic: nil pointer', { objects })).toEqual([]);
  });
});
