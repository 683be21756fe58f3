import { describe, expect, it } from 'vitest';
import { listeningReads } from '../../../src/engines/listening-reads.ts';
import { indexSnapshot } from '../../../src/engines/snapshot.ts';
import type { SnapshotData } from '../../../src/engines/snapshot-data.ts';
import { aContainer, aDeployment, anObject, aPod, crashed, someData } from '../../support/builders.ts';
import { again, aSteadyLog } from '../../support/complaining-pod.ts';

const wanted = (data: SnapshotData): readonly string[] =>
  listeningReads(indexSnapshot(data)).map((read) =>
    read.verb === 'log' ? `${read.pod}/${read.container}` : read.verb,
  );
const inShop = (fields: Parameters<typeof someData>[0]) => someData({ scope: { namespace: 'shop' }, ...fields });
const about = (kind: string, name: string) => ({ namespace: 'shop', object: { kind, namespace: 'shop', name } });
const many = Array.from({ length: 20 }, (_, index) => aPod(`bare-${index}`));

describe('listeningReads', () => {
  it('reads one ready pod of each workload of a small namespace', () => {
    const objects = [...aDeployment('api', { replicas: 3 }).all, ...aDeployment('web', { replicas: 2 }).all];

    expect(wanted(inShop({ objects }))).toEqual(['api-5d8f-0/app', 'web-5d8f-0/app']);
  });

  it('reads none of a namespace with many workloads, and none of a cluster', () => {
    expect(wanted(inShop({ objects: many }))).toEqual([]);
    expect(wanted(someData({ objects: [aPod('web')] }))).toEqual([]);
  });

  it('leaves pods to others that are not ready, crash or end', () => {
    const objects = [
      aPod('dead', { containers: [aContainer('app', crashed({ exitCode: 1 }))] }),
      aPod('leaving', { metadata: { deletionTimestamp: '2026-11-23T11:59:00Z' } }),
      aPod('done', { status: { phase: 'Succeeded' } }),
    ];

    expect(wanted(inShop({ objects }))).toEqual([]);
  });

  it('reads the container that is ready beside one that is not', () => {
    const unready = aContainer('app', { status: { ready: false } });

    expect(wanted(inShop({ objects: [aPod('api', { containers: [unready, aContainer('proxy')] })] }))).toEqual([
      'api/proxy',
    ]);
  });

  it('reads the pod, or two pods of the workload or Service, that is asked about among many', () => {
    const { all } = aDeployment('api', { replicas: 4 });
    const service = anObject('Service', 'api', { spec: { selector: { app: 'api' } } });
    const objects = [...many, ...all, service];

    expect(wanted(someData({ objects, scope: about('Pod', 'bare-7') }))).toContain('bare-7/app');
    expect(wanted(someData({ objects, scope: about('Deployment', 'api') }))).toEqual([
      'api-5d8f-0/app',
      'api-5d8f-1/app',
    ]);
    expect(wanted(someData({ objects, scope: about('Service', 'api') }))).toEqual(['api-5d8f-0/app', 'api-5d8f-1/app']);
  });

  it('goes on to the pods behind a Service that a pod complains about', () => {
    const { all, pods } = aDeployment('api');
    const objects = [
      ...many,
      ...all,
      anObject('Service', 'api', { spec: { selector: { app: 'api' } } }),
      anObject('EndpointSlice', 'api-1', {
        metadata: { labels: { 'kubernetes.io/service-name': 'api' } },
        endpoints: pods.map(() => ({ addresses: ['10.244.0.9'], conditions: { ready: true } })),
      }),
    ];
    const logs = [aSteadyLog(again(['ERROR GET http://api/: 503 Service Unavailable']), { pod: 'bare-7' })];

    expect(wanted(inShop({ objects, logs }))).toEqual(['api-5d8f-0/app']);
  });

  it('asks for a few hundred lines', () => {
    const [read] = listeningReads(indexSnapshot(inShop({ objects: [aPod('web')] })));

    expect(read).toMatchObject({ verb: 'log', previous: false, tailLines: 300 });
  });
});
