import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { onSuspicion } from '../../../src/engines/on-suspicion.ts';
import { anAutoscaler } from '../../support/autoscalers.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  waiting,
} from '../../support/builders.ts';

const tlsIngress = anObject('Ingress', 'web', { spec: { tls: [{ hosts: ['example.com'], secretName: 'tls' }] } });
const web = aDeployment('web', { replicas: 0, spec: { replicas: 1 } });

it.each<[string, readonly KubernetesObject[], readonly string[]]>([
  ['healthy objects', [...aDeployment('web').all, anAutoscaler('web'), anObject('Node', 'node-1')], []],
  ['a cordoned node', [anObject('Node', 'node-1', { spec: { unschedulable: true } })], ['PodDisruptionBudget']],
  [
    'a variable whose key may be missing',
    [
      aPod('api', {
        containers: [
          aContainer('app', {
            env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'app', key: 'MODE', optional: true } } }],
          }),
        ],
      }),
    ],
    ['ConfigMap app'],
  ],
  [
    'a Secret that a pod waits for',
    [
      aPod('api', {
        containers: [aContainer('app', waiting('CreateContainerConfigError', 'secret "db" not found'))],
      }),
    ],
    ['Certificate', 'ExternalSecret', 'ExternalSecret', 'SealedSecret'],
  ],
  [
    'an autoscaler without metrics',
    [anAutoscaler('web', { ScalingActive: ['FailedGetExternalMetric', 'not found'] })],
    ['APIService v1beta1.external.metrics.k8s.io'],
  ],
  [
    'a namespace that cannot be listed',
    [
      anObject('Namespace', 'old', {
        status: { conditions: [{ type: 'NamespaceDeletionDiscoveryFailure', status: 'True' }] },
      }),
    ],
    ['APIService'],
  ],
  [
    'a container that was killed at a limit that a LimitRange gave it',
    [
      aPod('api', {
        metadata: { annotations: { 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: memory limit' } },
        containers: [aContainer('app', crashed({ exitCode: 137, reason: 'OOMKilled' }))],
      }),
    ],
    ['LimitRange'],
  ],
  [
    'a DaemonSet that no node wants',
    [
      anObject('DaemonSet', 'agent', {
        spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } },
        status: { desiredNumberScheduled: 0 },
      }),
    ],
    ['Node'],
  ],
  ['an Ingress whose certificate is there', [tlsIngress, anObject('Secret', 'tls')], []],
  ['an Ingress whose certificate is not', [tlsIngress], ['Certificate']],
  [
    'a webhook that cannot be called',
    [
      web.replicaSet,
      anEvent(web.replicaSet, 'FailedCreate', 'failed calling webhook "guard.example": connection refused'),
    ],
    ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  ],
])('reads for %s no more than %3$j', (_, objects, expected) => {
  const reads = onSuspicion(aSnapshot({ objects, complete: ['Secret'] }));

  expect(
    reads.map((read) =>
      [read.verb === 'log' ? 'log' : read.kind, read.verb === 'get' ? read.name : ''].join(' ').trim(),
    ),
  ).toEqual(expected);
});

it('reads budgets for a node that is asked about', () => {
  const reads = onSuspicion(aSnapshot({ scope: { object: { kind: 'Node', name: 'node-1' } } }));

  expect(reads).toEqual([{ verb: 'list', kind: 'PodDisruptionBudget', namespace: undefined, as: 'full' }]);
});
