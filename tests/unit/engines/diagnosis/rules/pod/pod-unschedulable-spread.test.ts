import { podUnschedulableSpread } from '../../../../../../src/engines/diagnosis/rules/pod/pod-unschedulable-spread.ts';
import { aDeployment, anObject, aPendingPod, aPod, aSnapshot, ownedBy } from '../../../../../support/builders.ts';
import { aNode, dedicated, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const host = 'kubernetes.io/hostname';
const required = (kind: string, matchLabels: object, term: object = {}) => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: host, labelSelector: { matchLabels }, ...term }],
    },
  },
});
const spreading = (topologyKey: string, whenUnsatisfiable = 'DoNotSchedule') => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels: { app: 'api' } } },
  ],
});
const nodes = [1, 2].map((index) => aNode(`node-${index}`, { labels: { [host]: `node-${index}`, zone: `z${index}` } }));
const [first, second] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
const apart = required('podAntiAffinity', { app: 'api' });
const api = aDeployment('api', { pod: { metadata: { labels: { app: 'api' } }, spec: apart } });
const refused = (reason: string, spec: object, labels: Record<string, string> = { app: 'api' }) =>
  aPendingPod('api-5d8f-1', unschedulable(`1 node(s) ${reason}`), {
    spec: { ...spec },
    metadata: { labels, ...ownedBy(api.replicaSet) },
  });
const antiAffinity = "didn't match pod anti-affinity rules";
const affinity = "didn't match pod affinity rules";
const spread = "didn't match pod topology spread constraints";
const complete = ['Pod', 'Node'];

testRule(podUnschedulableSpread, {
  silent: {
    'a pod that waits for room': aSnapshot({
      complete,
      objects: [...api.all, refused('had untolerated taint(s)', apart), aNode('node-1', { taints: [dedicated] })],
    }),
    'a port of the node': aSnapshot({
      complete,
      objects: [...api.all, refused("didn't have free ports for the requested pod ports", apart), first],
    }),
    'pods that have their place': aSnapshot({ complete, objects: [...api.all, first] }),
  },
  speaks: {
    'of more domains than there are': [
      aSnapshot({
        complete,
        objects: [
          ...api.all,
          refused(spread, {
            topologySpreadConstraints: [{ ...spreading(host).topologySpreadConstraints[0], minDomains: 3 }],
          }),
          ...nodes,
        ],
      }),
      {
        object: 'Pod/api-5d8f-1',
        problem:
          'its topologySpreadConstraints ask for 3 domains of kubernetes.io/hostname (minDomains), and the nodes it may use have 2',
        fix: 'lower minDomains to 2',
      },
    ],
    'of an affinity with pods of another namespace': [
      aSnapshot({
        complete,
        objects: [
          aPod('cache', { metadata: { namespace: 'data', labels: { app: 'cache' } } }),
          refused(affinity, required('podAffinity', { app: 'cache' })),
          first,
        ],
      }),
      {
        object: 'Pod/api-5d8f-1',
        problem: 'no running pod has in this namespace (pods of namespace data have, and the term names no namespace)',
        fix: 'add namespaces: [data] to that term',
      },
    ],
    'of more replicas than nodes': [
      aSnapshot({ complete, objects: [...api.all, refused(antiAffinity, apart), first] }),
      {
        object: 'Pod/api-5d8f-1',
        problem:
          'cannot be scheduled: its podAntiAffinity keeps it away from pods with app=api in the same kubernetes.io/hostname, and every kubernetes.io/hostname it may use has one (Deployment/api)',
        certainty: 'recomputed',
        evidence: ['1 domain of kubernetes.io/hostname on 1 node it may use'],
        fix: 'run at most 1 replica of Deployment/api',
      },
    ],
    'of another workload that it must not be with, in any namespace': [
      aSnapshot({
        complete,
        objects: [
          aPod('noisy', { metadata: { namespace: 'other', labels: { app: 'noisy' } } }),
          refused(antiAffinity, required('podAntiAffinity', { app: 'noisy' }, { namespaceSelector: {} })),
          first,
        ],
      }),
      { object: 'Pod/api-5d8f-1', problem: 'has one (Pod/noisy)', fix: 'add a node with room in another' },
    ],
    'of the anti-affinity of the pod that is there': [
      aSnapshot({
        complete,
        objects: [...api.all, refused("didn't satisfy existing pods anti-affinity rules", {}), first],
      }),
      {
        object: 'Pod/api-5d8f-1',
        problem: 'Deployment/api keeps pods with app=api away from its own kubernetes.io/hostname (podAntiAffinity)',
      },
    ],
    'of an affinity with a label that is spelt otherwise': [
      aSnapshot({
        complete,
        objects: [
          aPod('cache', { metadata: { labels: { app: 'cache' } } }),
          refused(affinity, required('podAffinity', { app: 'cahce' })),
          first,
        ],
      }),
      {
        object: 'Pod/api-5d8f-1',
        problem:
          'wants a pod with app=cahce in the same kubernetes.io/hostname, and no running pod has (Pod/cache has app=cache)',
        fix: 'to app=cache, if that was meant',
      },
    ],
    'of an affinity with pods where there is no room': [
      aSnapshot({
        complete,
        objects: [
          aPod('cache', { metadata: { labels: { app: 'cache' } } }),
          refused(`${affinity}, 1 node(s) had untolerated taint(s)`, required('podAffinity', { app: 'cache' })),
          aNode('node-1', { labels: { [host]: 'node-1' }, taints: [dedicated] }),
          second,
        ],
      }),
      {
        object: 'Pod/api-5d8f-1',
        problem: 'no node with room is in a kubernetes.io/hostname that has one (Pod/cache)',
      },
    ],
    'of a spread over a label that no node has': [
      aSnapshot({ complete, objects: [refused(spread, spreading('zones')), first] }),
      {
        object: 'Pod/api-5d8f-1',
        problem: 'spread over zones, a label that no node has (nodes have zone)',
        fix: 'change topologyKey zones to zone',
      },
    ],
    'of a spread that would become uneven': [
      aSnapshot({
        complete,
        objects: [
          refused(`${spread}, 1 node(s) had untolerated taint(s)`, spreading('zone')),
          first,
          aNode('node-2', { labels: { zone: 'z2' }, taints: [dedicated] }),
        ],
      }),
      {
        object: 'Pod/api-5d8f-1',
        problem: 'allow a zone at most 1 more such pods than the emptiest, and the emptiest has no room for it',
        evidence: ['1 domain of zone on 1 node it may use, of 2 domains'],
      },
    ],
    'with the revision that had no such rule': [
      aSnapshot({
        complete,
        objects: [
          ...api.all,
          refused(antiAffinity, apart),
          first,
          anObject('ReplicaSet', 'api-old', {
            metadata: { ...ownedBy(api.deployment), annotations: { 'deployment.kubernetes.io/revision': '0' } },
            spec: { template: { spec: { containers: [] } } },
          }),
        ],
      }),
      { object: 'Pod/api-5d8f-1', fix: '"object":"deployment/api","namespace":"shop","revision":0' },
    ],
    'in the words of the scheduler without nodes': [
      aSnapshot({ objects: [refused(antiAffinity, apart)] }),
      {
        object: 'Pod/api-5d8f-1',
        problem: 'cannot be scheduled: its podAntiAffinity rules nodes out that are otherwise free',
        certainty: 'message',
      },
    ],
  },
});
