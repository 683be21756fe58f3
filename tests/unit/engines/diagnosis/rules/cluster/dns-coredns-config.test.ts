import { dnsCorednsConfig } from '../../../../../../src/engines/diagnosis/rules/cluster/dns-coredns-config.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const crashing = aContainer('coredns', crashed({ exitCode: 1, reason: 'Error' }));
const aServer = (labels: Record<string, string> = { 'k8s-app': 'kube-dns' }, container = crashing) =>
  aPod('coredns-x', {
    metadata: { labels },
    spec: { volumes: [{ name: 'config', configMap: { name: 'coredns' } }] },
    containers: [container],
  });
const config = anObject('ConfigMap', 'coredns', {
  metadata: { managedFields: [{ manager: 'kubectl-edit', time: minutesAgo(5) }] },
});
const saying = (line: string, pod = aServer()) =>
  aSnapshot({ objects: [pod, config], logs: [aLog('coredns-x', [line], { container: 'coredns', previous: true })] });
const parsing = "/etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'kubernets'";

testRule(dnsCorednsConfig, {
  silent: {
    'another error of CoreDNS': saying('plugin/errors: 2 db.shop.svc. A: read udp: i/o timeout'),
    'another program that says the same': saying(parsing, aServer({ app: 'web' })),
    'CoreDNS that runs': saying(parsing, aServer(undefined, aContainer('coredns'))),
    'CoreDNS without a log': aSnapshot({ objects: [aServer(), config] }),
  },
  speaks: {
    'of a Corefile that cannot be read': [
      saying(parsing),
      {
        object: 'Pod/coredns-x',
        problem:
          "cannot use its Corefile (ConfigMap/coredns): /etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'kubernets'",
        certainty: 'message',
        evidence: ['was last written by kubectl-edit'],
        fix: 'correct the Corefile at the line that the log names',
      },
    ],
    'of a loop, by another label': [
      saying(
        '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144"',
        aServer({ 'app.kubernetes.io/name': 'coredns' }),
      ),
      {
        object: 'Pod/coredns-x',
        problem: 'plugin/loop: Loop',
        fix: 'set forward . in the Corefile to the address of a real resolver',
      },
    ],
  },
});
