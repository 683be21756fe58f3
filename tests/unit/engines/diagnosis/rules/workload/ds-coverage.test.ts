import { dsCoverage } from '../../../../../../src/engines/diagnosis/rules/workload/ds-coverage.ts';
import { aContainer, anEvent, anObject, aPod, aSnapshot, crashed, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const counts = (desired: number, current: number, available: number) => ({
  desiredNumberScheduled: desired,
  currentNumberScheduled: current,
  numberAvailable: available,
});
const agent = (status: object | undefined, { spec = {} } = {}) =>
  anObject('DaemonSet', 'agent', { spec: { template: { spec } }, status });
const aDaemon = (name: string, broken = false) =>
  aPod(name, {
    metadata: ownedBy(agent({})),
    containers: [broken ? aContainer('app', crashed({ exitCode: 1 })) : aContainer()],
  });
const refused = anEvent(agent({}), 'FailedCreate', 'Error creating: exceeded quota: q');
const node = anObject('Node', 'node-1', { metadata: { labels: { disk: 'hdd' } } });
const fast = { spec: { nodeSelector: { disk: 'ssd' } } };

testRule(dsCoverage, {
  silent: {
    'every node served': aSnapshot({ objects: [agent(counts(2, 2, 2)), aDaemon('agent-a'), aDaemon('agent-b')] }),
    'a pod that is being replaced': aSnapshot({ objects: [agent(counts(2, 1, 1)), aDaemon('agent-a')] }),
    'pods that start': aSnapshot({ objects: [agent(counts(2, 2, 1)), aDaemon('agent-a')] }),
    'no status yet': aSnapshot({ objects: [agent(undefined, fast), node], complete: ['Node'] }),
    'nodes that could not be read': aSnapshot({ objects: [agent(counts(0, 0, 0), fast), node] }),
    'a node that has the label, and a taint': aSnapshot({
      complete: ['Node'],
      objects: [agent(counts(0, 0, 0), { spec: { nodeSelector: { disk: 'hdd' } } }), node],
    }),
  },
  speaks: {
    'of the nodes whose pod is broken': [
      aSnapshot({ objects: [agent(counts(2, 2, 1)), aDaemon('agent-a'), aDaemon('agent-b', true)] }),
      {
        object: 'DaemonSet/agent',
        problem: 'is available on 1 of 2 nodes (not on node-1)',
        evidence: ['numberAvailable 1, desiredNumberScheduled 2', 'CrashLoopBackOff on node-1'],
      },
    ],
    'of pods that the API server refuses': [
      aSnapshot({ objects: [agent(counts(2, 1, 1)), aDaemon('agent-a'), refused] }),
      { object: 'DaemonSet/agent', problem: 'is available on 1 of 2 nodes; 1 of its pods does not exist' },
    ],
    'of a label that no node has': [
      aSnapshot({ complete: ['Node'], objects: [agent(counts(0, 0, 0), fast), node] }),
      {
        object: 'DaemonSet/agent',
        problem: 'runs on no node: none of 1 has disk=ssd, which its nodeSelector wants',
        certainty: 'recomputed',
      },
    ],
  },
});
