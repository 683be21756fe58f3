import { describe, expect, it } from 'vitest';
import { likelyService, namesakeReads, namesakes, strayPodReads } from '../../../src/engines/namesakes.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../support/builders.ts';

const web = aDeployment('web', {
  pod: { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
});
const scope = { namespace: 'shop' };
const reads = (words: string) =>
  namesakeReads(
    aSnapshot({
      scope,
      complete: ['Service'],
      objects: web.all,
      logs: [aLog('web-5d8f-0', [words], { previous: true })],
    }),
  );
const everywhere = [{ verb: 'list', kind: 'Service', as: 'metadata' }];

describe('namesakeReads', () => {
  it('looks in all namespaces for a Service that a container misses', () => {
    expect(reads('Error: getaddrinfo ENOTFOUND pg')).toEqual(everywhere);
    expect(reads('Error: getaddrinfo ENOTFOUND pg.prod')).toEqual(everywhere);
  });

  it('looks for a Service that an Ingress leads to in vain', () => {
    const ingress = anObject('Ingress', 'front', {
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    });

    expect(namesakeReads(aSnapshot({ scope, complete: ['Service'], objects: [ingress] }))).toEqual(everywhere);
  });

  it('reads nothing when none is missing', () => {
    expect(reads('dial tcp pg:5432: connection refused')).toEqual([]);
    expect(reads('Error: getaddrinfo ENOTFOUND api.example.com')).toEqual([]);
  });
});

describe('namesakes', () => {
  it('knows whole Services and names alone', () => {
    const head = anObject('Service', 'pg', { metadata: { namespace: 'data' } });
    const whole = anObject('Service', 'pg', { metadata: { namespace: 'test' } });

    expect(namesakes(aSnapshot({ heads: [head], objects: [whole] }), 'pg')).toEqual(['test', 'data']);
  });
});

describe('likelyService', () => {
  it('takes two labels for a Service and its namespace', () => {
    expect(likelyService('pg.data')).toEqual({ kind: 'Service', namespace: 'data', name: 'pg' });
    expect(likelyService('api.example.com')).toBeUndefined();
    expect(likelyService('pg')).toBeUndefined();
  });
});

describe('strayPodReads', () => {
  const reads = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'].map(
    (kind) => ({ read: { verb: 'list', kind, namespace: 'shop', as: 'full' }, outcome: 'ok' }) as const,
  );
  const api = anObject('Service', 'api', { spec: { selector: { app: 'api', tier: 'back' } } });

  it('looks everywhere for pods of a Service that has none', () => {
    expect(strayPodReads(aSnapshot({ scope, objects: [api], reads }))).toEqual([
      { verb: 'list', kind: 'Pod', labelSelector: 'app=api,tier=back', as: 'metadata' },
    ]);
  });

  it('reads nothing while a workload is selected, or in a question about the whole cluster', () => {
    const web = aDeployment('web').all;
    const service = anObject('Service', 'web', { spec: { selector: { app: 'web' } } });

    expect(strayPodReads(aSnapshot({ scope, objects: [...web, service], reads }))).toEqual([]);
    expect(strayPodReads(aSnapshot({ objects: [api], reads }))).toEqual([]);
    expect(strayPodReads(aSnapshot({ scope, objects: [api], reads: reads.slice(1) }))).toEqual([]);
  });
});
