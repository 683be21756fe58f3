import { describe, expect, it } from 'vitest';
import type { KubernetesObject, ObjectRef } from '../../../../src/engines/objects.ts';
import { nodesOf, storyOf, subjectOf } from '../../../../src/engines/timeline/subjects.ts';
import { aContainer, aDeployment, anObject, aPod, aSnapshot } from '../../../support/builders.ts';

const envFrom = [{ configMapRef: { name: 'settings' } }];
const web = aDeployment('web', { replicas: 2, pod: { containers: [aContainer('app', { envFrom })] } });
const api = aDeployment('api', { pod: { spec: { nodeName: 'node-2' } } });
const objects: readonly KubernetesObject[] = [
  ...web.all,
  ...api.all,
  anObject('ConfigMap', 'settings'),
  anObject('ConfigMap', 'other'),
  anObject('Service', 'web', { spec: { selector: { app: 'web' } } }),
  anObject('HorizontalPodAutoscaler', 'web', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } } }),
];
const snapshot = aSnapshot({ objects });
const ref = (kind: string, name: string): ObjectRef => ({ kind, namespace: 'shop', name });
const storyNames = (object: ObjectRef) =>
  objects
    .map(({ kind, metadata }) => ref(kind, metadata.name))
    .filter(storyOf(snapshot, object))
    .map(({ kind, name }) => `${kind}/${name}`);

const whole = ['Deployment/web', 'ReplicaSet/web-5d8f', 'Pod/web-5d8f-0', 'Pod/web-5d8f-1', 'ConfigMap/settings'];

describe('the story of', () => {
  it.each([
    ['a Deployment', ref('Deployment', 'web'), [...whole, 'HorizontalPodAutoscaler/web']],
    ['a Service', ref('Service', 'web'), [...whole, 'Service/web', 'HorizontalPodAutoscaler/web']],
    [
      'a ConfigMap is also that of its consumers',
      ref('ConfigMap', 'settings'),
      [...whole, 'HorizontalPodAutoscaler/web'],
    ],
    ['a ConfigMap that nobody uses', ref('ConfigMap', 'other'), ['ConfigMap/other']],
    [
      'a pod is without its siblings',
      ref('Pod', 'web-5d8f-0'),
      ['Deployment/web', 'ReplicaSet/web-5d8f', 'Pod/web-5d8f-0', 'ConfigMap/settings'],
    ],
  ])('%s', (_, object, names) => {
    expect(storyNames(object)).toEqual(names);
  });

  it('everything leaves out nothing', () => {
    expect(storyOf(snapshot, undefined)(ref('Widget', 'x'))).toBe(true);
  });
});

describe('the nodes of a story', () => {
  it('are those on which its pods run, or the node itself', () => {
    expect(nodesOf(snapshot, ref('Deployment', 'web'), 'shop')).toEqual(new Set(['node-1']));
    expect(nodesOf(snapshot, undefined, 'shop')).toEqual(new Set(['node-1', 'node-2']));
    expect(nodesOf(snapshot, { kind: 'Node', name: 'node-9' }, undefined)).toEqual(new Set(['node-9']));
  });
});

describe('the subject of a pod that is gone', () => {
  it.each([
    ['web-5d8f-zzzzz', 'web'],
    ['web-5d8f-zz-zzz', 'web-5d8f-zz-zzz'],
    ['unknown-1', 'unknown-1'],
  ])('of the name %s is %s', (name, subject) => {
    expect(subjectOf(snapshot, ref('Pod', name)).name).toBe(subject);
  });

  it('is the longer of two names that fit', () => {
    const both = aSnapshot({ objects: [anObject('StatefulSet', 'db'), anObject('StatefulSet', 'db-0'), aPod('x')] });

    expect(subjectOf(both, ref('Pod', 'db-0-1')).name).toBe('db-0');
  });
});
