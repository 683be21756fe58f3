import { serviceReferenceMissing } from '../../../../../../src/engines/diagnosis/rules/service/service-reference-missing.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const web = aDeployment('web', {
  pod: {
    containers: [
      aContainer('app', {
        env: [{ name: 'DB_URL', value: 'postgres://databse:5432' }],
        ...crashed({ exitCode: 1, reason: 'Error' }),
      }),
    ],
  },
});
const service = (name: string, namespace = 'shop') => anObject('Service', name, { metadata: { namespace } });
const snapshot = (words: string, objects: readonly KubernetesObject[] = [], complete = ['Service']) =>
  aSnapshot({ complete, objects: [...web.all, ...objects], logs: [aLog('web-5d8f-0', [words], { previous: true })] });

testRule(serviceReferenceMissing, {
  silent: {
    'a Service of that name under the domain of the cluster': snapshot(
      'lookup db.shop.svc.cluster.local: no such host',
      [service('db')],
    ),
    'a Service of that name': snapshot('lookup databse on 10.96.0.10:53: no such host', [service('databse')]),
    'Services that were not read': snapshot('lookup databse on 10.96.0.10:53: no such host', [], []),
    'a resolver that gets no answer': snapshot('lookup databse on 10.96.0.10:53: read udp: i/o timeout'),
    'a policy that keeps the pod from the DNS': snapshot(
      "wget: bad address 'databse:5432'",
      [anObject('NetworkPolicy', 'deny', { spec: { podSelector: {}, policyTypes: ['Egress'] } })],
      ['Service', 'NetworkPolicy'],
    ),
    'a resolver that fails for now, as glibc says it': snapshot(
      'could not translate host name "databse" to address: Temporary failure in name resolution',
    ),
    'a resolver that fails for now': snapshot('getaddrinfo EAI_AGAIN databse'),
    'a name outside of the cluster': snapshot('lookup api.example.com on 10.96.0.10:53: no such host'),
    'a refused connection': snapshot('connect to databse:5432: connection refused'),
  },
  speaks: {
    'of the Service that is spelt alike, and where the name stands': [
      snapshot('dial tcp: lookup databse on 10.96.0.10:53: no such host', [service('database'), service('web')]),
      {
        object: 'Pod/web-5d8f-0',
        problem:
          'asks for databse in env[DB_URL], and there is no Service/databse in namespace shop (there is Service/database)',
        culprit: 'Service/databse',
        certainty: 'message',
        evidence: ['no such host', 'the namespace has the Services database, web'],
        fix: 'write database instead of databse in env[DB_URL]',
      },
    ],
    'whatever else the program waited for in vain': [
      snapshot('timed out: error establishing connection: dial tcp: lookup databse on 10.96.0.10:53: no such host'),
      { object: 'Pod/web-5d8f-0', problem: 'there is no Service/databse in namespace shop' },
    ],
    'of no Service that is its own, however alike': [
      snapshot('dial tcp: lookup weeb on 10.96.0.10:53: no such host', [
        anObject('Service', 'web', { spec: { selector: { app: 'web' } } }),
      ]),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'there is no Service/weeb in namespace shop',
        fix: '[{"advice":"create Service/weeb in namespace shop',
      },
    ],
    'of one of another namespace, whatever labels that selects there': [
      snapshot('dial tcp: lookup weeb.other.svc.cluster.local on 10.96.0.10:53: no such host', [
        anObject('Service', 'web', { metadata: { namespace: 'other' }, spec: { selector: { app: 'web' } } }),
      ]),
      { object: 'Pod/web-5d8f-0', problem: 'there is no Service/weeb in namespace other (there is Service/web)' },
    ],
    'of the Service that a StatefulSet names for its pods, whatever is spelt alike': [
      snapshot('java.net.UnknownHostException: kafka-0.kafka-headless', [
        service('kafka'),
        anObject('StatefulSet', 'kafka', { spec: { serviceName: 'kafka-headless' } }),
      ]),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'asks for kafka-0.kafka-headless, and there is no Service/kafka-headless in namespace shop',
        fix: '"advice":"create the headless Service/kafka-headless (clusterIP: None)',
      },
    ],
    'of the Service of that name in another namespace': [
      snapshot('Error: getaddrinfo ENOTFOUND queue', [service('queue', 'data')]),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'there is no Service/queue in namespace shop (there is Service/queue in namespace data)',
        fix: 'write queue.data instead of queue',
      },
    ],
    'in the words of busybox': [
      snapshot("wget: bad address 'databse:5432'"),
      { object: 'Pod/web-5d8f-0', problem: 'there is no Service/databse in namespace shop' },
    ],
    'in the words of glibc': [
      snapshot('could not translate host name "databse" to address: Name or service not known'),
      { object: 'Pod/web-5d8f-0', problem: 'there is no Service/databse in namespace shop' },
    ],
    'of a namespace that is not the one of the Service': [
      snapshot('Error: getaddrinfo ENOTFOUND queue.prod', [service('queue', 'data')]),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'there is no Service/queue in namespace prod (there is Service/queue in namespace data)',
        fix: 'write queue.data instead of queue.prod',
      },
    ],
    'of a domain that is not the one of the cluster': [
      snapshot('lookup db.shop.svc.cluster.locl: no such host', [service('db')]),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'Service/db exists, but the domain is cluster.locl, not cluster.local',
        certainty: 'message',
        fix: 'write db.shop.svc.cluster.local instead',
      },
    ],
    'of the Service that a StatefulSet names': [
      snapshot('failed to resolve peer raft-0.raft-peers: no such host', [
        anObject('StatefulSet', 'raft', { spec: { serviceName: 'raft-peers' } }),
      ]),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'asks for raft-0.raft-peers, and there is no Service/raft-peers in namespace shop',
        evidence: ['spec.serviceName is raft-peers'],
        fix: 'create the headless Service/raft-peers',
      },
    ],
    'of the subdomain of a pod': [
      snapshot('lookup a.nodes.shop.svc.cluster.local: no such host', [
        anObject('Pod', 'a', { spec: { hostname: 'a', subdomain: 'nodes' } }),
      ]),
      { object: 'Pod/web-5d8f-0', evidence: ['spec.subdomain is nodes'], fix: 'set spec.subdomain of Pod/a' },
    ],
    'of nothing alike': [
      snapshot('lookup cache.shop.svc.cluster.local: no such host'),
      { object: 'Pod/web-5d8f-0', problem: 'there is no Service/cache in namespace shop', fix: 'create Service/cache' },
    ],
  },
});
