import { dnsPolicyWrong } from '../../../../../../src/engines/diagnosis/rules/service/dns-policy-wrong.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const db = anObject('Service', 'db');
const noSuchHost = 'dial tcp: lookup db on 172.30.0.1:53: no such host';

function snapshot(spec: object, { words = noSuchHost, services = [db] } = {}) {
  const web = aDeployment('web', {
    pod: { spec: { ...spec }, containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
  });
  return aSnapshot({
    complete: ['Service'],
    objects: [...web.all, ...services],
    logs: [aLog('web-5d8f-0', [words], { previous: true })],
  });
}

testRule(dnsPolicyWrong, {
  silent: {
    'dnsPolicy ClusterFirst': snapshot({ dnsPolicy: 'ClusterFirst' }),
    'no dnsPolicy': snapshot({}),
    'hostNetwork with the policy for it': snapshot({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    'a Service that does not exist': snapshot({ dnsPolicy: 'Default' }, { services: [] }),
    'a Service that does not exist, and a resolver on the node that may know the cluster': snapshot(
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['169.254.20.10'], searches: ['shop.svc.cluster.local'] } },
      { services: [] },
    ),
    'a Service that does not exist, and search domains of another network': snapshot(
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['8.8.8.8'], searches: ['corp.example'] } },
      { services: [] },
    ),
    'a name outside of the cluster': snapshot(
      { dnsPolicy: 'Default' },
      { words: 'lookup api.example.com: no such host' },
    ),
    'a connection that was refused': snapshot(
      { dnsPolicy: 'Default' },
      { words: 'connect to db:5432: connection refused' },
    ),
  },
  speaks: {
    'of dnsPolicy Default': [
      snapshot({ dnsPolicy: 'Default' }),
      {
        object: 'Pod/web-5d8f-0',
        problem:
          'cannot resolve db, the name of Service/db: dnsPolicy is Default, so it asks the DNS of its node and not that of the cluster',
        certainty: 'declared',
        evidence: ['dnsPolicy is Default', 'no such host'],
        fix: 'set dnsPolicy to ClusterFirst in the pod template',
      },
    ],
    'of hostNetwork without the policy for it': [
      snapshot({ hostNetwork: true, dnsPolicy: 'ClusterFirst' }),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'hostNetwork is true and dnsPolicy is ClusterFirst',
        fix: 'ClusterFirstWithHostNet',
      },
    ],
    'of servers of the internet that are asked for names of the cluster': [
      snapshot(
        { dnsPolicy: 'None', dnsConfig: { nameservers: ['8.8.8.8'], searches: ['shop.svc.cluster.local'] } },
        { services: [] },
      ),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'cannot resolve db, nor any other name of the cluster: dnsPolicy is None, so it asks 8.8.8.8',
        fix: 'besides, there is no Service/db',
      },
    ],
    'of servers of its own': [
      snapshot({ dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } }),
      { object: 'Pod/web-5d8f-0', problem: 'so it asks 1.1.1.1', certainty: 'inferred' },
    ],
  },
});
