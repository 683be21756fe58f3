import { podKubeletRejected } from '../../../../../../src/engines/diagnosis/rules/pod/pod-kubelet-rejected.ts';
import { aDeployment, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const rejected = (reason: string, message: string, minutes = 5) => ({
  phase: 'Failed',
  reason,
  message,
  conditions: [],
  startTime: minutesAgo(minutes),
  containerStatuses: [],
});
const affinity = rejected(
  'NodeAffinity',
  "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
);
const full = (minutes = 5) =>
  rejected(
    'OutOfcpu',
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 500, used: 1800, capacity: 2000",
    minutes,
  );
const ready = aDeployment('books');
const fixed = aDeployment('books', { pod: { status: affinity } });
const tuned = aDeployment('books', {
  pod: {
    spec: { securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1024' }] } },
    status: rejected('SysctlForbidden', 'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted'),
  },
});
const refused = (name: string, minutes = 5) =>
  aPod(name, { metadata: ownedBy(ready.replicaSet), status: full(minutes) });

testRule(podKubeletRejected, {
  silent: {
    'a race that is over': aSnapshot({ objects: [...ready.all, refused('books-a')] }),
    'what was refused long ago': aSnapshot({ objects: [...ready.all, refused('books-a', 90), refused('books-b', 95)] }),
    'a pod that was evicted': aSnapshot({ objects: [aPod('books', { status: rejected('Evicted', 'low') })] }),
    'a pod that failed by itself': aSnapshot({ objects: [aPod('books', { status: { phase: 'Failed' } })] }),
  },
  speaks: {
    'of a bare pod': [
      aSnapshot({ objects: [aPod('books', { status: affinity })] }),
      {
        object: 'Pod/books',
        problem: "is refused by the kubelet of node-1: NodeAffinity (didn't match Pod's node affinity/selector)",
        certainty: 'declared',
        fix: 'remove nodeName (node-1) from Pod/books',
      },
    ],
    'of a template that names the node': [
      aSnapshot({ objects: fixed.all }),
      { object: 'Pod/books-5d8f-0', fix: 'from the pod template of Deployment/books' },
    ],
    'of a sysctl that the kubelet does not allow': [
      aSnapshot({ objects: tuned.all }),
      {
        object: 'Pod/books-5d8f-0',
        problem: 'SysctlForbidden (forbidden sysctl: "net.core.somaxconn" not allowlisted)',
        fix: 'remove net.core.somaxconn from securityContext.sysctls of the pod template of Deployment/books',
      },
    ],
    'of one that was refused again': [
      aSnapshot({ objects: [...ready.all, refused('books-a'), refused('books-b', 6)] }),
      { object: 'Pod/books-a', problem: "OutOfcpu (Node didn't have enough resource: cpu)" },
      { object: 'Pod/books-b' },
    ],
  },
});
