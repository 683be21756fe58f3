import { meshPolicyDenies } from '../../../../../../src/engines/diagnosis/rules/service/mesh-policy-denies.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const app = aContainer('app', {
  env: [{ name: 'LEDGER_URL', value: 'http://ledger:80' }],
  ...crashed({ exitCode: 1, reason: 'Error' }),
});
const client = (...more: readonly ReturnType<typeof aContainer>[]) =>
  aDeployment('web', { pod: { spec: { serviceAccountName: 'web' }, containers: [app, ...more] } }).all;
const ledger = aDeployment('ledger', { pod: { metadata: { labels: { app: 'ledger' } } } }).all;
const service = anObject('Service', 'ledger', { spec: { selector: { app: 'ledger' }, ports: [{ port: 80 }] } });
const policy = (name: string, spec: object, apiVersion = 'security.istio.io/v1') =>
  ({ apiVersion, kind: 'AuthorizationPolicy', metadata: { name, namespace: 'shop' }, spec }) as KubernetesObject;
const guard = policy('guard', { selector: { matchLabels: { app: 'ledger' } }, rules: [{}] });
const refused = 'unexpected status 403 from ledger: RBAC: access denied';

const ready = aDeployment('web', {
  pod: { containers: [aContainer('app', { env: [{ name: 'LEDGER_URL', value: 'http://ledger:80' }] })] },
}).all;

const snapshot = (objects: readonly KubernetesObject[], words = refused, container = 'app') =>
  aSnapshot({
    complete: ['Service'],
    objects: [...ledger, service, ...objects],
    logs: [aLog('web-5d8f-0', [words], { previous: true, container })],
  });

testRule(meshPolicyDenies, {
  silent: {
    'a refusal of another kind': snapshot(client(), 'unexpected status 403 Forbidden'),
    'a proxy that refuses others': snapshot(client(aContainer('istio-proxy')), refused, 'istio-proxy'),
    'a pod that is ready': snapshot(aDeployment('web', {}).all),
    'a ready client that was refused twice and went on': aSnapshot({
      complete: ['Service'],
      objects: [...ledger, service, guard, ...ready],
      logs: [aLog('web-5d8f-0', [refused, refused, 'served', 'served', 'served', 'served'], { container: 'app' })],
    }),
    'no log': aSnapshot({ objects: [...client(), guard] }),
  },
  speaks: {
    'of a ready client that is refused all the time': [
      aSnapshot({
        complete: ['Service'],
        objects: [...ledger, service, guard, ...ready],
        logs: [
          aLog(
            'web-5d8f-0',
            Array.from({ length: 6 }, () => `ERROR ${refused}`),
            { container: 'app' },
          ),
        ],
      }),
      { object: 'Pod/web-5d8f-0', culprit: 'AuthorizationPolicy/guard' },
    ],
    'of the policy that holds for the server, and the identity to allow': [
      snapshot([
        ...client(aContainer('istio-proxy')),
        guard,
        policy('audit', { action: 'AUDIT' }),
        policy('other', { selector: { matchLabels: { app: 'x' } } }),
        policy('foreign', {}, 'policy.example/v1'),
      ]),
      {
        object: 'Pod/web-5d8f-0',
        problem:
          'is refused by the mesh: Service/ledger answers "RBAC: access denied", and AuthorizationPolicy/guard decides who may call it',
        culprit: 'AuthorizationPolicy/guard',
        certainty: 'message',
        evidence: [refused, 'action ALLOW with 1 rule', 'cluster.local/ns/shop/sa/web'],
        fix: 'allow principal cluster.local/ns/shop/sa/web in AuthorizationPolicy/guard',
      },
    ],
    'of a client without a proxy': [
      snapshot([...client(), guard]),
      { object: 'Pod/web-5d8f-0', problem: 'its pod has no proxy of the mesh', fix: 'inject the proxy' },
    ],
    'of policies that were not read': [
      snapshot(client(aContainer('istio-proxy'))),
      { object: 'Pod/web-5d8f-0', fix: 'in an AuthorizationPolicy for Service/ledger' },
    ],
  },
});
