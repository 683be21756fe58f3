import { deploySurgeDeadlock } from '../../../../../../src/engines/diagnosis/rules/workload/deploy-surge-deadlock.ts';
import type { Pod } from '../../../../../../src/engines/objects.ts';
import {
  aContainer,
  anObject,
  aPendingPod,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aRollout = (strategy: object = {}, replicas = 1) =>
  anObject('Deployment', 'web', { spec: { replicas, strategy } });
const aRevision = (number: number, ready: number) =>
  anObject('ReplicaSet', `web-${number}`, {
    metadata: { ...ownedBy(aRollout()), annotations: { 'deployment.kubernetes.io/revision': `${number}` } },
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'app', image: `web:${number}` }] } } },
    status: { readyReplicas: ready },
  });
const revisions = [aRevision(2, 0), aRevision(1, 1)];
const node = anObject('Node', 'node-1', {
  metadata: { labels: { 'kubernetes.io/hostname': 'node-1' } },
  status: {
    allocatable: { cpu: '2', memory: '4Gi', pods: '10' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});
const onNode = { verb: 'list' as const, kind: 'Pod', fieldSelector: 'spec.nodeName=node-1', as: 'full' as const };
const reads = [{ read: onNode, outcome: 'ok' as const }];
const complete = ['Pod', 'Node'];

const port = { ports: [{ containerPort: 80, hostPort: 80 }] };
const cores = { resources: { requests: { cpu: '1500m' } } };
const noPort = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.";
const noRoom = '0/1 nodes are available: 1 Insufficient cpu.';
const together = "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.";
const apart = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
  },
};

const labels = { app: 'web' };
const anOldPod = (container: Record<string, unknown>, metadata: object = {}) =>
  aPod('web-1-x', {
    metadata: { ...ownedBy(aRevision(1, 1)), labels, ...metadata },
    containers: [aContainer('app', container)],
  });
const aNewPod = (message: string, container: Record<string, unknown>, spec: object = {}) =>
  aPendingPod('web-2-x', message, {
    metadata: { ...ownedBy(aRevision(2, 0)), labels },
    spec: { containers: [aContainer('app', container).spec], ...spec },
  });
const stuck = (pods: readonly Pod[], deployment = aRollout()) =>
  aSnapshot({ complete, reads, objects: [deployment, ...revisions, node, ...pods] });

testRule(deploySurgeDeadlock, {
  silent: {
    'a rollout that may take a pod away': stuck(
      [anOldPod(port), aNewPod(noPort, port)],
      aRollout({ rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }),
    ),
    Recreate: stuck([anOldPod(port), aNewPod(noPort, port)], aRollout({ type: 'Recreate' })),
    'a port that another workload holds': stuck([
      anOldPod({}),
      aNewPod(noPort, port),
      aPod('other', { containers: [aContainer('app', port)] }),
    ]),
    'room that no old pod of it would free': stuck([
      anOldPod({}),
      aNewPod(noRoom, cores),
      aPod('other', { containers: [aContainer('app', cores)] }),
    ]),
    'an old pod that is on its way out': stuck([
      anOldPod(port, { deletionTimestamp: minutesAgo(0.2) }),
      aNewPod(noPort, port),
    ]),
    'a first rollout': aSnapshot({
      complete,
      reads,
      objects: [aRollout(), aRevision(2, 0), node, aNewPod(noPort, port)],
    }),
  },
  speaks: {
    'of a port that its own old pod holds': [
      stuck([anOldPod(port), aNewPod(noPort, port)]),
      {
        object: 'Deployment/web',
        problem: 'cannot roll out revision 2: its new pod needs hostPort 80, which the pods of revision 1 hold',
        certainty: 'recomputed',
        evidence: ['holds hostPort 80 on node node-1', 'replicas 1, maxSurge 25%, maxUnavailable 25%'],
        fix: 'kubectl patch deployment/web -n shop',
      },
    ],
    'of anti-affinity to its own old pod': [
      stuck([anOldPod({}), aNewPod(together, {}, apart)]),
      { object: 'Deployment/web', problem: 'needs a place apart (podAntiAffinity over kubernetes.io/hostname)' },
    ],
    'of room that its own old pod takes': [
      stuck([anOldPod(cores), aNewPod(noRoom, cores)]),
      { object: 'Deployment/web', problem: 'needs room (cpu), which the pods of revision 1 hold' },
    ],
  },
});
