import { describe, expect, it } from 'vitest';
import { nextReads } from '../../../src/engines/reads.ts';
import type { PodRow, SnapshotData } from '../../../src/engines/snapshot-data.ts';
import {
  aContainer,
  aDeployment,
  anObject,
  aPendingPod,
  aPod,
  crashed,
  someData,
  waiting,
} from '../../support/builders.ts';

const aRow = (name: string, more: Partial<PodRow> = {}): PodRow => ({
  namespace: 'shop',
  name,
  ready: 1,
  containers: 1,
  status: 'Running',
  restarts: 0,
  age: '1h',
  ...more,
});
const inShop = (fields: Parameters<typeof someData>[0] = {}): SnapshotData =>
  someData({ scope: { namespace: 'shop' }, ...fields });
const wanted = (data: SnapshotData): readonly string[] =>
  nextReads(data).map((read) =>
    read.verb === 'log'
      ? `log ${read.pod}/${read.container}${read.previous ? ' previous' : ''}`
      : `${read.verb} ${read.kind} ${'name' in read ? read.name : (read.fieldSelector ?? read.as)}`,
  );

describe('nextReads', () => {
  it('begins with the small kinds in full and the pods as a table', () => {
    const reads = wanted(inShop());

    expect(reads).toContain('list Pod table');
    expect(reads).toContain('list Deployment full');
    expect(reads).not.toContain('list Pod full');
  });

  it('never asks for a Secret before something refers to it', () => {
    expect(wanted(inShop()).filter((read) => read.includes('Secret'))).toEqual([]);
  });

  it('reads a small namespace whole', () => {
    expect(wanted(inShop({ podRows: [aRow('web-1')] }))).toContain('list Pod full');
  });

  it('reads only suspects and a sibling of each by name in a large namespace', () => {
    const healthy = Array.from({ length: 300 }, (_, index) => aRow(`web-5d8f7c6b9-${String(index).padStart(5, 'a')}`));
    const suspect = aRow('web-5d8f7c6b9-zzzzz', { ready: 0, status: 'CrashLoopBackOff' });

    const reads = wanted(inShop({ podRows: [...healthy, suspect] })).filter((read) => read.includes(' Pod '));

    expect(reads).toContain('get Pod web-5d8f7c6b9-zzzzz');
    expect(reads.filter((read) => read.startsWith('get')).length).toBeLessThan(15);
    expect(reads).not.toContain('list Pod full');
  });

  it('cuts replicas before workloads', () => {
    const rows = Array.from({ length: 300 }, (_, index) =>
      aRow(`web-5d8f7c6b9-${String(index).padStart(5, 'a')}`, { ready: 0 }),
    );
    const other = aRow('mail-6c7d8e9f1-abcde', { ready: 0 });

    expect(wanted(inShop({ podRows: [...rows, other] }))).toContain('get Pod mail-6c7d8e9f1-abcde');
  });

  it('reads no whole pod of a healthy cluster', () => {
    const data = someData({ podRows: [aRow('web-1')], objects: [anObject('Namespace', 'shop')] });

    expect(wanted(data).filter((read) => read.includes(' Pod '))).toEqual(['list Pod table']);
  });

  it('reads the previous log of a container that died and the current one of a container that is not ready', () => {
    const dead = aPod('api-1', { containers: [aContainer('app', crashed({ exitCode: 1 }))] });
    const unready = aPod('web-1', { containers: [aContainer('app', { status: { ready: false } })] });

    expect(wanted(inShop({ objects: [dead, unready] })).filter((read) => read.startsWith('log'))).toEqual([
      'log api-1/app previous',
      'log web-1/app',
    ]);
  });

  it('reads the log of a pod that failed for good', () => {
    const ended = aContainer('app', { status: { ready: false, state: { terminated: { exitCode: 1 } } } });
    const failed = aPod('job-1', { containers: [ended] });

    expect(
      wanted(
        inShop({
          objects: [anObject('Pod', 'job-1', { spec: failed.spec, status: { ...failed.status, phase: 'Failed' } })],
        }),
      ),
    ).toContain('log job-1/app');
  });

  it('reads at most two replicas’ logs', () => {
    const { all } = aDeployment('api', {
      replicas: 5,
      pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] },
    });

    expect(wanted(inShop({ objects: all })).filter((read) => read.startsWith('log'))).toHaveLength(2);
  });

  it('reads what a broken pod refers to, then the names beside what does not exist', () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'conf', key: 'a' } } }];
    const pod = aPod('api-1', { containers: [aContainer('app', { env, ...waiting('CreateContainerConfigError') })] });
    const gone = {
      read: { verb: 'get', kind: 'ConfigMap', namespace: 'shop', name: 'conf' },
      outcome: 'absent',
    } as const;

    expect(wanted(inShop({ objects: [pod] }))).toContain('get ConfigMap conf');
    expect(wanted(inShop({ objects: [pod], reads: [gone] }))).toContain('list ConfigMap metadata');
  });

  it('reads nodes and the pods on them when a pod found no place', () => {
    const pending = aPendingPod('api-1', '0/1 nodes are available: 1 Insufficient cpu.');

    const reads = wanted(inShop({ objects: [pending, anObject('Node', 'node-1')] }));

    expect(reads).toContain('list Node full');
    expect(reads).toContain('list Pod spec.nodeName=node-1,status.phase!=Succeeded,status.phase!=Failed');
  });

  it('reads StorageClasses only when a claim is pending', () => {
    const claim = anObject('PersistentVolumeClaim', 'data', { status: { phase: 'Pending' } });

    expect(wanted(inShop({ objects: [claim] }))).toContain('list StorageClass full');
    expect(wanted(inShop())).not.toContain('list StorageClass full');
  });

  it('reads what is asked about, unless a list tells of it', () => {
    const asking = (kind: string, reads: SnapshotData['reads']) =>
      wanted(inShop({ scope: { namespace: 'shop', object: { kind, namespace: 'shop', name: 'web' } }, reads }));
    const listed = {
      read: { verb: 'list', kind: 'Deployment', namespace: 'shop', as: 'full' },
      outcome: 'ok',
    } as const;

    expect(asking('NetworkPolicy', [listed])).toContain('get NetworkPolicy web');
    expect(asking('Deployment', [listed])).not.toContain('get Deployment web');
    expect(asking('Deployment', [])).not.toContain('get Deployment web');
  });

  it('never repeats a read', () => {
    const data = inShop({ podRows: [aRow('web-1')] });
    const reads = nextReads(data).map((read) => ({ read, outcome: 'ok' as const }));

    expect(nextReads(inShop({ podRows: [aRow('web-1')], reads }))).toEqual([]);
  });
});
