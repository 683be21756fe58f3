import { dnsCorednsDown } from '../../../../../../src/engines/diagnosis/rules/service/dns-coredns-down.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import {
  aContainer,
  aDeployment,
  aLog,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const place = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
const service = anObject('Service', 'kube-dns', { metadata: place, spec: { selector: place.labels } });
const slice = (ready: boolean) =>
  anObject('EndpointSlice', 'kube-dns-1', {
    metadata: { ...place, labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    endpoints: [{ addresses: ['10.244.0.2'], conditions: { ready } }],
  });
const coredns = aPod('coredns-1', {
  metadata: place,
  containers: [aContainer('coredns', waiting('CrashLoopBackOff'))],
});
const timeout = 'dial tcp: lookup db on 10.96.0.10:53: read udp: i/o timeout';

function snapshot(objects: readonly KubernetesObject[], { words = timeout, spec = {} } = {}) {
  const web = aDeployment('web', {
    pod: { spec, containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
  });
  return aSnapshot({ objects: [...web.all, ...objects], logs: [aLog('web-5d8f-0', [words], { previous: true })] });
}

testRule(dnsCorednsDown, {
  silent: {
    'DNS that is ready': snapshot([service, slice(true)]),
    'DNS that was not read': snapshot([]),
    'endpoints that were not read': snapshot([service, coredns]),
    'a client that does not ask the cluster': snapshot([service, slice(false)], { spec: { dnsPolicy: 'Default' } }),
    'an app that says nothing of a name': snapshot([service, slice(false)], { words: 'panic: nil pointer' }),
  },
  speaks: {
    'of its pods': [
      snapshot([service, slice(false), coredns]),
      {
        object: 'Service/kube-dns',
        problem: 'is the DNS of the cluster and has no ready endpoint: 1 of 1 pods are not ready (CrashLoopBackOff)',
        certainty: 'declared',
        evidence: ['0 endpoints are ready', 'Deployment/web cannot resolve names'],
        fix: 'kubectl describe pods -n kube-system',
      },
    ],
    'of a Deployment without pods': [
      snapshot([service, slice(false)]),
      { object: 'Service/kube-dns', problem: 'has no ready endpoint: it has no pods' },
    ],
  },
});
