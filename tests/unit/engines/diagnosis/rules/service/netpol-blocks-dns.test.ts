import { netpolBlocksDns } from '../../../../../../src/engines/diagnosis/rules/service/netpol-blocks-dns.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['Service', 'Pod', 'EndpointSlice', 'NetworkPolicy', 'Namespace'];
const web = (spec: object = {}) =>
  aDeployment('web', {
    pod: {
      metadata: { labels: { app: 'web' } },
      spec: { ...spec },
      containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))],
    },
  });
const policy = (name: string, spec: object) => anObject('NetworkPolicy', name, { spec });
const egress = (...rules: readonly object[]) =>
  policy('out', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: rules });
const toDb = { to: [{ podSelector: { matchLabels: { app: 'db' } } }] };
const dnsPods = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
const timeout = 'dial tcp: lookup db on 10.96.0.10:53: read udp 10.244.0.9:41234->10.96.0.10:53: i/o timeout';

const snapshot = (policies: readonly ReturnType<typeof policy>[], words = timeout, workload = web()) =>
  aSnapshot({
    complete,
    objects: [...workload.all, ...policies],
    logs: [aLog('web-5d8f-0', [words], { previous: true })],
  });

testRule(netpolBlocksDns, {
  silent: {
    'no policies': snapshot([]),
    'egress that is not isolated': snapshot([policy('in', { podSelector: {}, policyTypes: ['Ingress'] })]),
    'DNS allowed to the pods': snapshot([egress({ to: [dnsPods], ports: [{ port: 53, protocol: 'UDP' }] })]),
    'DNS allowed to everyone': snapshot([egress({ ports: [{ port: 53, protocol: 'UDP' }] })]),
    'DNS allowed by another policy': snapshot([
      egress(toDb),
      policy('dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [dnsPods] }] }),
    ]),
    'a connection that timed out after its name was found': snapshot(
      [egress(toDb)],
      'connect to db:5432: connection timed out',
    ),
    'a pod that asks the DNS of its node': snapshot([egress(toDb)], timeout, web({ dnsPolicy: 'Default' })),
    'an app that says nothing of a name': snapshot([egress(toDb)], 'panic: nil pointer'),
    'an address that decides and is not known': snapshot([egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] })]),
  },
  speaks: {
    'of egress without DNS': [
      snapshot([egress(toDb)]),
      {
        object: 'NetworkPolicy/out',
        problem:
          'keeps Deployment/web from the DNS of the cluster: it isolates the pods for egress and allows no UDP 53 to pods with k8s-app=kube-dns of namespace kube-system',
        certainty: 'recomputed',
        evidence: ['spec.podSelector is app=web, with 1 egress rules', 'no rule lets UDP 53', timeout],
        fix: 'a rule for UDP 53 and TCP 53',
      },
    ],
    'of TCP 53 alone': [
      snapshot([egress({ ports: [{ port: 53 }] })], "wget: bad address 'db:5432'"),
      { object: 'NetworkPolicy/out', problem: 'allows no UDP 53' },
    ],
    'of two policies once': [
      snapshot([egress(toDb), policy('zero', { podSelector: {}, policyTypes: ['Egress'] })]),
      { object: 'NetworkPolicy/out', problem: 'nor does NetworkPolicy/zero' },
    ],
  },
});
