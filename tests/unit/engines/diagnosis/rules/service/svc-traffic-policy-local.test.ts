import { svcTrafficPolicyLocal } from '../../../../../../src/engines/diagnosis/rules/service/svc-traffic-policy-local.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const web = aDeployment('web', {
  pod: { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
}).all;
const service = (spec: object = {}) =>
  anObject('Service', 'cache', { spec: { internalTrafficPolicy: 'Local', ports: [{ port: 6379 }], ...spec } });
const slice = (...nodes: readonly (string | undefined)[]) =>
  anObject('EndpointSlice', 'cache-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'cache' } },
    endpoints: nodes.map((nodeName, index) => ({
      addresses: [`10.0.0.${index}`],
      nodeName,
      conditions: { ready: true },
    })),
  });
const snapshot = (
  objects: readonly KubernetesObject[],
  words = 'dial tcp: connect to cache:6379: connection refused',
) =>
  aSnapshot({
    complete: ['Service'],
    objects: [...web, ...objects],
    logs: [aLog('web-5d8f-0', [words], { previous: true })],
  });

testRule(svcTrafficPolicyLocal, {
  silent: {
    'an endpoint on the node of the client': snapshot([service(), slice('node-1', 'node-2')]),
    'policy Cluster': snapshot([service({ internalTrafficPolicy: 'Cluster' }), slice('node-2')]),
    'no ready endpoint at all': snapshot([service(), slice()]),
    'endpoints of which the node is not known': snapshot([service(), slice('node-2', undefined)]),
    'a headless Service': snapshot([service({ clusterIP: 'None' }), slice('node-2')]),
    'a name that does not resolve': snapshot([service(), slice('node-2')], 'lookup cache: no such host'),
    'an app that says nothing of a connection': snapshot([service(), slice('node-2')], 'panic: nil pointer'),
  },
  speaks: {
    'of the nodes that have endpoints, and the one that has none': [
      snapshot([service(), slice('node-3', 'node-2', 'node-2')]),
      {
        object: 'Service/cache',
        problem:
          'drops what Deployment/web sends from node node-1: spec.internalTrafficPolicy is Local, and its ready endpoints are on node-2, node-3 only',
        certainty: 'recomputed',
        evidence: ['ready endpoints on node-2, node-3, none on node-1', 'connection refused'],
        fix: 'internalTrafficPolicy',
      },
    ],
  },
});
