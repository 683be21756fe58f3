import { netpolBlocksFlow } from '../../../../../../src/engines/diagnosis/rules/service/netpol-blocks-flow.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['Service', 'Pod', 'EndpointSlice', 'NetworkPolicy', 'Namespace'];
const client = (name: string) =>
  aDeployment(name, {
    pod: {
      metadata: { labels: { app: name, 'pod-template-hash': '5d8f' } },
      containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))],
    },
  });
const [web, api] = [client('web'), client('api')];
const db = aDeployment('db', {
  pod: {
    metadata: { labels: { app: 'db' } },
    containers: [aContainer('db', { ports: [{ name: 'sql', containerPort: 5432 }] })],
  },
});
const service = anObject('Service', 'db', {
  spec: { selector: { app: 'db' }, ports: [{ port: 5433, targetPort: 'sql' }] },
});
const slice = (ready = true) =>
  anObject('EndpointSlice', 'db-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
    endpoints: [{ addresses: ['10.0.0.2'], conditions: { ready } }],
    ports: [{ port: 5432 }],
  });
const policy = (name: string, spec: object) => anObject('NetworkPolicy', name, { spec });
const guard = (...ingress: readonly object[]) =>
  policy('guard', { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'], ingress });
const fromApi = { from: [{ podSelector: { matchLabels: { app: 'api' } } }] };

const timeout = 'dial tcp: connect to db:5433: i/o timeout';
const saying = (words: string, pods: readonly string[] = ['web-5d8f-0']) =>
  pods.map((pod) => aLog(pod, [words], { previous: true }));
const base: readonly KubernetesObject[] = [...web.all, ...db.all, service, slice()];
const snapshot = (policies: readonly KubernetesObject[], words = timeout, objects = base, read = complete) =>
  aSnapshot({ complete: read, objects: [...objects, ...policies], logs: saying(words) });

const asked = (...policies: readonly KubernetesObject[]) =>
  aSnapshot({
    complete,
    objects: [...db.all, service, slice(), ...policies],
    scope: { namespace: 'shop', object: { kind: 'Service', namespace: 'shop', name: 'db' } },
  });

const kiosk = aDeployment('kiosk', {
  pod: {
    metadata: { labels: { app: 'kiosk' } },
    containers: [aContainer('app', { env: [{ name: 'DB_HOST', value: 'db:5433' }] })],
  },
});
const askedKiosk = (kind: string, ...policies: readonly KubernetesObject[]) =>
  aSnapshot({
    complete,
    objects: [...kiosk.all, ...db.all, service, slice(), ...policies],
    ...(kind !== '' && { scope: { namespace: 'shop', object: { kind, namespace: 'shop', name: 'kiosk' } } }),
  });

testRule(netpolBlocksFlow, {
  silent: {
    'a ready workload of which nobody asks': askedKiosk('', guard(fromApi)),
    'a workload that is asked about and may call what it names': askedKiosk('Deployment', guard({})),
    'a Service that is asked about and lets somebody in': asked(guard(fromApi)),
    'a Service that nobody may reach and nobody asks about': aSnapshot({
      complete,
      objects: [...db.all, service, slice(), guard()],
    }),
    'no policies': snapshot([]),
    'policies that were not read': snapshot([], timeout, base, ['Service', 'Pod', 'EndpointSlice']),
    'a policy that lets it through': snapshot([guard({ ports: [{ port: 5432 }] })]),
    'a policy for other pods': snapshot([policy('other', { podSelector: { matchLabels: { app: 'cache' } } })]),
    'another policy that lets it through': snapshot([guard(), policy('all', { podSelector: {}, ingress: [{}] })]),
    'a connection that arrived and was refused': snapshot(
      [guard()],
      'dial tcp: connect to db:5433: connection refused',
    ),
    'a name that did not resolve': snapshot([guard()], 'lookup db on 10.96.0.10:53: no such host'),
    'a Service without a ready endpoint': snapshot([guard()], timeout, [...web.all, ...db.all, service, slice(false)]),
    'an app that says nothing of a connection': snapshot([guard()], 'panic: nil pointer'),
    'a policy without a spec': snapshot([anObject('NetworkPolicy', 'bare')]),
    'pods of which one is let in': aSnapshot({
      complete,
      objects: [
        ...base,
        aDeployment('db2', { pod: { metadata: { labels: { app: 'db', tier: 'b' } } } }).pods[0] ?? service,
        policy('a', { podSelector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] } }),
      ],
      logs: saying(timeout),
    }),
  },
  speaks: {
    'of a workload that is asked about and kept from what it is to call': [
      askedKiosk('Deployment', guard(fromApi)),
      {
        object: 'NetworkPolicy/guard',
        problem: 'keeps Deployment/kiosk from Service/db on TCP 5432 (ingress)',
        certainty: 'inferred',
        fix: 'allow ingress on TCP 5432 from pods with app=kiosk',
      },
    ],
    'of a Service that is asked about and that nobody may reach': [
      asked(guard()),
      {
        object: 'NetworkPolicy/guard',
        problem: 'lets nobody reach Service/db on TCP 5432: it isolates its pods for ingress and allows nothing',
        certainty: 'recomputed',
      },
    ],
    'of one on whose port nobody may reach it': [
      asked(guard({ ports: [{ port: 5433 }] })),
      { object: 'NetworkPolicy/guard', problem: 'spec.ingress[0] allows only TCP 5433' },
    ],
    'of the rule that is nearest, and whom it should let in': [
      snapshot([guard(fromApi)]),
      {
        object: 'NetworkPolicy/guard',
        problem:
          'keeps Deployment/web from Service/db on TCP 5432 (ingress): spec.ingress[0] allows it only from pods with app=api of its own namespace',
        certainty: 'recomputed',
        evidence: [
          'spec.podSelector is app=db, policyTypes Ingress',
          'isolates the pod for ingress, and no rule lets Service/db on TCP 5432 from Deployment/web through',
          timeout,
        ],
        fix: 'allow ingress on TCP 5432 from pods with app=web of namespace shop in spec.ingress[0].from of NetworkPolicy/guard',
      },
    ],
    'of the port of the Service, which policies do not see': [
      snapshot([guard({ ports: [{ port: 5433 }] })]),
      {
        object: 'NetworkPolicy/guard',
        problem: 'spec.ingress[0] allows only TCP 5433',
        fix: 'add TCP 5432 to spec.ingress[0].ports of NetworkPolicy/guard',
      },
    ],
    'of a policy that denies all, beside another': [
      snapshot([policy('deny-a', { podSelector: {} }), policy('deny-b', { podSelector: {} })]),
      {
        object: 'NetworkPolicy/deny-a',
        problem: 'it isolates the pods of Service/db and allows nothing of it, nor does NetworkPolicy/deny-b',
      },
    ],
    'of the egress of the caller': [
      snapshot(
        [policy('out', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] })],
        'connect to db:5433 timed out',
      ),
      {
        object: 'NetworkPolicy/out',
        problem: 'keeps Deployment/web from Service/db on TCP 5432 (egress): it isolates the pods of the caller',
        fix: 'allow egress on TCP 5432 to pods with app=db of namespace shop in spec.egress of NetworkPolicy/out',
      },
    ],
    'of an address outside that the caller may not reach': [
      snapshot(
        [
          policy('out', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
          }),
        ],
        'dial tcp 203.0.113.7:443: i/o timeout',
      ),
      { object: 'NetworkPolicy/out', problem: 'keeps Deployment/web from 203.0.113.7 on TCP 443 (egress)' },
    ],
    'once, of all callers': [
      aSnapshot({
        complete,
        objects: [...base, ...api.all, guard()],
        logs: saying(timeout, ['web-5d8f-0', 'api-5d8f-0']),
      }),
      { object: 'NetworkPolicy/guard', problem: 'keeps Deployment/web and Deployment/api from Service/db' },
    ],
    'of pods of which only the template is known': [
      snapshot([guard(fromApi)], timeout, [...web.all, db.deployment, service, slice()]),
      { object: 'NetworkPolicy/guard', problem: 'keeps Deployment/web from Service/db on TCP 5432' },
    ],
  },
});
