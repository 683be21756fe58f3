import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../src/engines/healing/action.ts';
import { guardReads } from '../../../../src/engines/healing/guard-reads.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Read } from '../../../../src/engines/snapshot-data.ts';
import { aContainer, anObject, aPod, aSnapshot, crashed } from '../../../support/builders.ts';
import {
  aLiveDeployment,
  aRevision,
  cordon,
  drain,
  evict,
  resize,
  restart,
  rollback,
} from '../../../support/healing.ts';
import { aNode } from '../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target, all, pods } = aLiveDeployment({
  metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux' } },
});
const texts = (reads: readonly Read[]): readonly string[] =>
  reads.map((read) =>
    [
      read.verb,
      read.verb === 'log' ? '' : read.kind,
      read.namespace,
      'name' in read ? read.name : undefined,
      'labelSelector' in read ? read.labelSelector : undefined,
      'fieldSelector' in read ? read.fieldSelector : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  );

describe('guardReads', () => {
  it('begins with what does not depend on the object', () => {
    expect(texts(guardReads(restart(web), aSnapshot()))).toEqual([
      'get Namespace shop',
      'list Node',
      'list Deployment shop',
      'list ReplicaSet shop',
      'list StatefulSet shop',
      'list DaemonSet shop',
      'list Job shop',
      'list PodDisruptionBudget shop',
      'list HorizontalPodAutoscaler shop',
      'list ResourceQuota shop',
      'list ScaledObject shop',
      'list VerticalPodAutoscaler shop',
      'list ControllerRevision shop',
    ]);
  });

  it('goes on with its pods and whoever delivers it', () => {
    const read = texts(guardReads(restart(web), aSnapshot({ objects: all })));

    expect(read.slice(13)).toEqual(['list Pod shop app=web', 'get Kustomization flux apps']);
  });

  it('reads the neighbours of a pod that would be evicted', () => {
    const pod = { kind: 'Pod', namespace: 'shop', name: pods[0]?.metadata.name ?? '' };

    expect(texts(guardReads(evict(pod), aSnapshot({ objects: all })))).toContain('list Pod shop app=web');
  });

  it('reads what is on any node before a resize of what has no pod', () => {
    const snapshot = aSnapshot({ objects: [target, aNode('node-1'), aNode('node-2')] });

    expect(texts(guardReads(resize(web, {}), snapshot))).toEqual(
      expect.arrayContaining(['list Pod spec.nodeName=node-1', 'list Pod spec.nodeName=node-2']),
    );
  });

  it('reads what is on other nodes when a Ready pod cannot come back to its own', () => {
    const pod = { kind: 'Pod', namespace: 'shop', name: pods[0]?.metadata.name ?? '' };
    const read = (...nodes: readonly KubernetesObject[]) =>
      texts(guardReads(evict(pod), aSnapshot({ objects: [...all, ...nodes] }))).filter((text) =>
        text.includes('nodeName'),
      );
    const away = aNode('node-3', { taints: [{ key: 'gpu', effect: 'NoSchedule' }] });

    expect(read(aNode('node-1'), aNode('node-2'))).toEqual([]);
    expect(read(aNode('node-1', { unschedulable: true }), aNode('node-2'), away)).toEqual([
      'list Pod spec.nodeName=node-2',
    ]);
  });

  it('reads what the successor of a Ready pod needs, and of no other', () => {
    const envFrom = [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'db', optional: true } }];
    const read = (fields: object) => {
      const { all: objects } = aLiveDeployment({ pod: { containers: [aContainer('app', { envFrom, ...fields })] } });
      const pod = { kind: 'Pod', namespace: 'shop', name: 'web-5d8f-0' };
      return texts(guardReads(evict(pod), aSnapshot({ objects }))).filter((text) =>
        /get (?:ConfigMap|Secret)/.test(text),
      );
    };

    expect(read({})).toEqual(['get ConfigMap shop settings']);
    expect(read(crashed({ exitCode: 1 }))).toEqual([]);
  });

  it('reads the volumes of what is evicted, which may be tied to a node', () => {
    const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
    const { all: objects } = aLiveDeployment({ replicas: 1, pod: { spec } });
    const claim = anObject('PersistentVolumeClaim', 'data', { spec: { volumeName: 'pv-1' } });
    const read = (action: Action, ...more: readonly KubernetesObject[]) =>
      texts(guardReads(action, aSnapshot({ objects: [...objects, aNode('node-1'), ...more] })));
    const evicted = evict({ kind: 'Pod', namespace: 'shop', name: 'web-5d8f-0' });

    expect(read(evicted)).toContain('get PersistentVolumeClaim shop data');
    expect(read(evicted, claim)).toContain('get PersistentVolume pv-1');
    expect(read(drain({ kind: 'Node', name: 'node-1' }), claim)).toContain('get PersistentVolume pv-1');
    expect(read(restart(web), claim).join()).not.toContain('PersistentVolume ');
  });

  it('reads what is on the nodes before a resize, and what revisions need before a rollback', () => {
    const revision = aRevision(target, 4, { image: 'app:0.9', serviceAccountName: 'web', priorityClassName: 'high' });
    const snapshot = aSnapshot({ objects: [...all, revision] });

    expect(texts(guardReads(resize(web, {}), snapshot))).toContain('list Pod spec.nodeName=node-1');
    expect(texts(guardReads(rollback(web), snapshot))).toEqual(
      expect.arrayContaining(['get ServiceAccount shop web', 'get PriorityClass high']),
    );
    expect(texts(guardReads(restart(web), snapshot)).join()).not.toMatch(/nodeName|ServiceAccount/);
  });

  it('reads the definitions of custom kinds that came with what changes its version', () => {
    const released = aLiveDeployment({ metadata: { labels: { 'app.kubernetes.io/instance': 'shop' } } });
    const snapshot = aSnapshot({ objects: released.all });
    const definitions = 'list CustomResourceDefinition app.kubernetes.io/instance=shop';

    expect(texts(guardReads(rollback(web), snapshot))).toContain(definitions);
    expect(texts(guardReads(restart(web), snapshot))).not.toContain(definitions);
    expect(texts(guardReads(rollback(web), aSnapshot({ objects: all }))).join()).not.toContain('CustomResource');
  });

  it('reads all nodes, the pods of one, and then what owns those', () => {
    const node = { kind: 'Node', name: 'node-1' };

    const others = aSnapshot({ objects: [aNode('node-1'), aNode('node-2'), aNode('node-3', { unschedulable: true })] });

    expect(texts(guardReads(cordon(node), others))).toEqual(['list Node', 'list Pod spec.nodeName=node-1']);
    expect(texts(guardReads(drain(node), others))).toContain('list Pod spec.nodeName=node-2');
    expect(texts(guardReads(drain(node), others)).join()).not.toContain('node-3');
    expect(texts(guardReads(drain(node), aSnapshot({ objects: [aPod('web-1')] })))).toEqual(
      expect.arrayContaining(['list Pod shop', 'list StatefulSet shop', 'list PodDisruptionBudget shop']),
    );
  });
});
