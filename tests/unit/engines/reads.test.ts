import { describe, expect, it } from 'vitest';
import { nextReads } from '../../../src/engines/reads.ts';
import type { PodRow, Read, SnapshotData } from '../../../src/engines/snapshot-data.ts';
import {
  aContainer,
  aDeployment,
  aLog,
  anEvent,
  anObject,
  aPendingPod,
  aPod,
  crashed,
  minutesAgo,
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
      : `${read.verb} ${read.kind} ${'name' in read ? read.name : shapeOf(read)}`,
  );
const shapeOf = ({ fieldSelector, as, atMost }: Extract<Read, { verb: 'list' }>): string =>
  fieldSelector ?? (atMost === undefined ? as : `${as} at most ${atMost}`);
/** What became of reading the pods of a namespace that has many. */
const tooMany = {
  read: { verb: 'list', kind: 'Pod', namespace: 'shop', as: 'full', atMost: 200 },
  outcome: 'exceeded',
} as const;

describe('nextReads', () => {
  it('begins with the small kinds in full, and the pods where there are few', () => {
    const reads = wanted(inShop());

    expect(reads).toContain('list Pod full at most 200');
    expect(reads).toContain('list Deployment full');
    expect(reads).not.toContain('list Pod table');
  });

  it('reads many pods as a table', () => {
    expect(wanted(inShop({ reads: [tooMany] }))).toContain('list Pod table');
  });

  it('never asks for a Secret before something refers to it', () => {
    expect(wanted(inShop()).filter((read) => read.includes('Secret'))).toEqual([]);
  });

  it('reads a small namespace whole when one of its rows is suspect', () => {
    expect(wanted(someData({ podRows: [aRow('web-1', { ready: 0 })] }))).toContain('list Pod full');
    expect(wanted(someData({ podRows: [aRow('web-1')] }))).not.toContain('list Pod full');
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

  it('reads old rollouts and endpoints of a whole cluster only where something may be wrong', () => {
    const namespaces = ['shop', 'mail'].map((name) => anObject('Namespace', name));
    const workload = (namespace: string, ready: number) =>
      anObject('Deployment', 'web', {
        metadata: { namespace, generation: 1 },
        spec: { replicas: 2, template: { metadata: { labels: { app: 'web' } } } },
        status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: ready },
      });
    const service = (namespace: string, app: string) =>
      anObject('Service', app, { metadata: { namespace }, spec: { selector: { app } } });
    const lists = ['Deployment', 'StatefulSet', 'DaemonSet'].map(
      (kind) => ({ read: { verb: 'list', kind, as: 'full' }, outcome: 'ok' }) as const,
    );
    const places = (objects: SnapshotData['objects'], reads: SnapshotData['reads'] = lists): readonly string[] =>
      nextReads(someData({ objects: [...namespaces, ...objects], reads })).flatMap((read) =>
        read.verb === 'list' && ['ReplicaSet', 'EndpointSlice'].includes(read.kind)
          ? `${read.kind} ${read.namespace ?? 'everywhere'}`
          : [],
      );

    expect(places([workload('shop', 2), service('shop', 'web')])).toEqual([]);
    expect(places([workload('shop', 2), service('shop', 'api')])).toEqual(['EndpointSlice shop']);
    expect(places([service('shop', 'api')], [])).toEqual([]);
    expect(places([workload('shop', 0), service('shop', 'web'), workload('mail', 2)])).toEqual([
      'ReplicaSet shop',
      'EndpointSlice shop',
    ]);
  });

  it('reads the previous log of a container that died and the current one of a container that is not ready', () => {
    const dead = aPod('api-1', { containers: [aContainer('app', crashed({ exitCode: 1 }))] });
    const unready = aPod('web-1', { containers: [aContainer('app', { status: { ready: false } })] });

    expect(wanted(inShop({ objects: [dead, unready] })).filter((read) => read.startsWith('log'))).toEqual([
      'log api-1/app previous',
      'log web-1/app',
    ]);
  });

  it('reads only the last log of a container that ended and was not started again yet', () => {
    const ended = aContainer('app', {
      status: {
        ready: false,
        restartCount: 2,
        state: { terminated: { exitCode: 1 } },
        lastState: { terminated: { exitCode: 1 } },
      },
    });

    const reads = wanted(inShop({ objects: [aPod('api-1', { containers: [ended] })] }));

    expect(reads.filter((read) => read.startsWith('log'))).toEqual(['log api-1/app']);
  });

  it('reads the previous log as well when the container had started again before its log came', () => {
    const ended = aContainer('app', {
      status: { ready: false, restartCount: 2, state: { terminated: { exitCode: 1, finishedAt: minutesAgo(2) } } },
    });
    const objects = [aPod('api-1', { containers: [ended] })];
    const logOf = (at: string) => ({ ...aLog('api-1', []), lines: [{ text: 'starting', at }] });
    const logsAfter = (log: ReturnType<typeof aLog>) =>
      wanted(inShop({ objects, logs: [log] })).filter((read) => read.startsWith('log'));

    expect(logsAfter(logOf(minutesAgo(1)))).toContain('log api-1/app previous');
    expect(logsAfter(aLog('api-1', []))).toContain('log api-1/app previous');
    expect(logsAfter(logOf(minutesAgo(3)))).toEqual(['log api-1/app']);
  });

  it('asks for a log that is gone by its other address', () => {
    const dead = aPod('api-1', { containers: [aContainer('app', crashed({ exitCode: 1 }))] });
    const read = { namespace: 'shop', pod: 'api-1', container: 'app', previous: true, tailLines: 100 };
    const gone = { read: { verb: 'log' as const, ...read }, outcome: 'absent' as const };
    const snapshot = inShop({ objects: [dead] });

    const reads = wanted({ ...snapshot, reads: [...snapshot.reads, gone] });

    expect(reads.filter((each) => each.startsWith('log'))).toEqual(['log api-1/app previous', 'log api-1/app']);
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
    expect(wanted(inShop({ objects: [pod], reads: [gone] }))).toContain('list ConfigMap metadata.name=conf');
    expect(wanted(inShop({ objects: [pod] }))).not.toContain('list ConfigMap metadata.name=conf');
    expect(wanted(inShop({ source: 'a.kubemend.gz', objects: [pod], reads: [gone] }))).not.toContain(
      'list ConfigMap metadata.name=conf',
    );
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

  it('reads the certificates of Ingresses in a question about a namespace, and names alike only when one is missing', () => {
    const ingress = anObject('Ingress', 'web', { spec: { tls: [{ secretName: 'cert' }, { hosts: ['a.example'] }] } });
    const missing = {
      read: { verb: 'get', kind: 'Secret', namespace: 'shop', name: 'cert' },
      outcome: 'absent',
    } as const;

    expect(wanted(inShop({ objects: [ingress] }))).toContain('get Secret cert');
    expect(wanted(inShop({ objects: [ingress] }))).not.toContain('list Secret metadata');
    expect(wanted(inShop({ objects: [ingress], reads: [missing] }))).toContain('list Secret metadata');
    expect(wanted(someData({ objects: [ingress] }))).not.toContain('get Secret cert');
  });

  it('reads a volume by name only when its claim is not in order', () => {
    const claim = (phase: string) =>
      anObject('PersistentVolumeClaim', 'books', { spec: { volumeName: 'disk-1' }, status: { phase } });

    expect(wanted(inShop({ objects: [claim('Lost')] }))).toContain('get PersistentVolume disk-1');
    expect(wanted(inShop({ objects: [claim('Bound')] })).filter((read) => read.includes('PersistentVolume '))).toEqual(
      [],
    );
  });

  it('reads all volumes only when a claim waits for one made by hand', () => {
    const claim = anObject('PersistentVolumeClaim', 'books', {
      spec: { storageClassName: 'fast' },
      status: { phase: 'Pending' },
    });
    const aClass = (provisioner: string) => anObject('StorageClass', 'fast', { provisioner });

    const byHand = wanted(inShop({ objects: [claim, aClass('kubernetes.io/no-provisioner')] }));
    const provisioned = wanted(inShop({ objects: [claim, aClass('disk.csi.example')] }));

    expect(byHand).toContain('list PersistentVolume full');
    expect(provisioned).not.toContain('list PersistentVolume full');
    expect(provisioned).toContain('get CSIDriver disk.csi.example');
  });

  it('reads where volumes are and how many are attached only when the scheduler speaks of it', () => {
    const claim = anObject('PersistentVolumeClaim', 'books', {
      spec: { volumeName: 'disk-1' },
      status: { phase: 'Bound' },
    });
    const pod = (reason: string) =>
      aPendingPod('books-0', `0/2 nodes are available: 2 ${reason}.`, {
        spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] },
      });

    const topology = wanted(inShop({ objects: [claim, pod("node(s) didn't match PersistentVolume's node affinity")] }));
    const limit = wanted(inShop({ objects: [claim, pod('node(s) exceed max volume count')] }));
    const other = wanted(inShop({ objects: [claim, pod('Insufficient cpu')] }));

    expect(topology).toContain('get PersistentVolume disk-1');
    expect(limit).toEqual(expect.arrayContaining(['list CSINode full', 'list VolumeAttachment full']));
    expect(other.filter((read) => /PersistentVolume |CSI|Attachment/.test(read))).toEqual([]);
  });

  it('reads the class of a claim that is full or is to grow', () => {
    const claim = (asked: string) =>
      anObject('PersistentVolumeClaim', 'books', {
        spec: { storageClassName: 'fast', resources: { requests: { storage: asked } } },
        status: { phase: 'Bound', capacity: { storage: '1Gi' } },
      });

    expect(wanted(inShop({ objects: [claim('2Gi')] }))).toContain('get StorageClass fast');
    expect(wanted(inShop({ objects: [claim('1Gi')] }))).not.toContain('get StorageClass fast');
  });

  it('reads the node of a pod that should be gone, and not of one that is going', () => {
    const pod = (minutes: number) => aPod('books', { metadata: { deletionTimestamp: minutesAgo(minutes) } });

    expect(wanted(inShop({ objects: [pod(9)] }))).toContain('get Node node-1');
    expect(wanted(inShop({ objects: [pod(0)] }))).not.toContain('get Node node-1');
  });

  it("reads the scheduler's lease when it has not looked at a pod", () => {
    const unseen = aPod('books', { spec: { nodeName: undefined }, status: { phase: 'Pending', conditions: [] } });

    expect(wanted(inShop({ objects: [unseen] }))).toContain('get Lease kube-scheduler');
    expect(wanted(inShop({ objects: [aPendingPod('books', 'no room')] }))).not.toContain('get Lease kube-scheduler');
  });

  it('reads what is said of the node of a container that was killed from outside', () => {
    const pod = (exitCode: number) => aPod('books', { containers: [aContainer('app', crashed({ exitCode }))] });
    const about = 'list Event involvedObject.kind=Node,involvedObject.name=node-1';

    expect(wanted(inShop({ objects: [pod(255)] }))).toContain(about);
    expect(wanted(inShop({ objects: [pod(1)] }))).not.toContain(about);
  });

  it('reads IngressClasses only when nobody serves an Ingress that names one', () => {
    const spec = { ingressClassName: 'nginx' };
    const served = anObject('Ingress', 'web', { spec, status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } });

    expect(wanted(inShop({ objects: [anObject('Ingress', 'web', { spec })] }))).toContain('list IngressClass metadata');
    expect(wanted(inShop({ objects: [served] }))).not.toContain('list IngressClass metadata');
  });

  it('reads what a broken pod of another namespace refers to, when a Service there is needed', () => {
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'a' } } }];
    const pod = aPod('db-0', {
      metadata: { namespace: 'data' },
      containers: [aContainer('app', { env, ...waiting('CreateContainerConfigError') })],
    });
    const service = anObject('Service', 'db', { metadata: { namespace: 'data' } });

    expect(wanted(inShop({ objects: [service, pod] }))).toContain('get Secret db');
  });

  it('reads the Service of a webhook that refuses pods because it cannot be called', () => {
    const job = anObject('Job', 'import', { status: {} });
    const words =
      'Error creating: Internal error occurred: failed calling webhook "guard.example": failed to call webhook: Post "https://guard.policy.svc:443/v?timeout=3s": no endpoints available for service "guard"';

    expect(wanted(inShop({ objects: [job, anEvent(job, 'FailedCreate', words)] as never }))).toContain(
      'get Service guard',
    );
  });

  it('reads the Service behind an API that does not answer', () => {
    const api = (status: string) =>
      anObject('APIService', 'v1beta1.external.metrics.k8s.io', {
        metadata: { namespace: undefined },
        spec: { service: { namespace: 'metrics', name: 'adapter' } },
        status: { conditions: [{ type: 'Available', status }] },
      });

    expect(wanted(inShop({ objects: [api('False')] }))).toContain('get Service adapter');
    expect(wanted(inShop({ objects: [api('True')] }))).not.toContain('get Service adapter');
  });

  it('reads the agents of a node on which a Service with endpoints does not answer', () => {
    const web = aDeployment('web', { pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] } }).all;
    const service = anObject('Service', 'db');
    const slice = (ready: boolean) =>
      anObject('EndpointSlice', 'db-1', {
        metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
        endpoints: [{ addresses: ['10.0.0.9'], conditions: { ready } }],
      });
    const reading = (ready: boolean) =>
      wanted(
        inShop({
          objects: [...web, service, slice(ready)],
          logs: [aLog('web-5d8f-0', ['dial tcp: connect to db:80: i/o timeout'], { previous: true })],
        }),
      );

    expect(reading(true)).toContain('list Pod spec.nodeName=node-1');
    expect(reading(false)).not.toContain('list Pod spec.nodeName=node-1');
  });

  it('reads the log of an agent that crashes on such a node', () => {
    const agent = aPod('kube-proxy-x', {
      metadata: { namespace: 'kube-system' },
      containers: [aContainer('proxy', crashed({ exitCode: 1 }))],
    });

    expect(wanted(inShop({ objects: [agent] }))).toContain('log kube-proxy-x/proxy previous');
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

  it('reads of another namespace only what stands behind a Service', () => {
    const queue = anObject('Service', 'queue', { metadata: { namespace: 'data' } });

    const reads = nextReads(inShop({ objects: [queue] }));

    const kinds = reads.flatMap((read) =>
      'namespace' in read && read.namespace === 'data' && 'kind' in read ? read.kind : [],
    );
    expect(kinds).toContain('EndpointSlice');
    expect(kinds).not.toContain('CronJob');
  });

  it('asks nothing more about pods that a quota keeps out', () => {
    const refused = (reason: string) => [
      anObject('ReplicaSet', 'web', {
        spec: { replicas: 1 },
        status: {
          replicas: 0,
          conditions: [{ type: 'ReplicaFailure', status: 'True', message: `pods "web-x" is forbidden: ${reason}` }],
        },
      }),
    ];

    expect(wanted(inShop({ objects: refused('exceeded quota: few') }))).not.toContain('list ServiceAccount metadata');
    expect(wanted(inShop({ objects: refused('error looking up service account shop/web') }))).toContain(
      'list ServiceAccount metadata',
    );
  });

  it('looks up what a Service is another name of, and reads that namespace only when a suspect asks for it', () => {
    const alias = anObject('Service', 'db', {
      spec: { type: 'ExternalName', externalName: 'postgres.data.svc.cluster.local' },
    });
    const target = anObject('Service', 'postgres', { metadata: { namespace: 'data' } });
    const env = [{ name: 'DB_HOST', value: 'db' }];
    const pod = aPod('api-1', { containers: [aContainer('app', { env, ...crashed({ exitCode: 1 }) })] });
    const namespaces = (data: SnapshotData) =>
      nextReads(data).flatMap((read) => (read.verb === 'list' && read.kind === 'Deployment' ? read.namespace : []));

    expect(wanted(inShop({ objects: [alias] }))).toContain('get Service postgres');
    expect(namespaces(inShop({ objects: [alias, target] }))).toEqual(['shop']);
    expect(namespaces(inShop({ objects: [alias, target, pod] }))).toEqual(['shop', 'data']);
  });
});
