import { dnsPodNameMissing } from '../../../../../../src/engines/diagnosis/rules/service/dns-pod-name-missing.ts';
import {
  aContainer,
  aLog,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const service = (spec: object = {}) =>
  anObject('Service', 'pg', { spec: { clusterIP: 'None', selector: { app: 'pg' }, ports: [{ port: 5432 }], ...spec } });
const slice = (...names: readonly string[]) =>
  anObject('EndpointSlice', 'pg-x', {
    metadata: { labels: { 'kubernetes.io/service-name': 'pg' } },
    endpoints: names.map((hostname) => ({ hostname, addresses: ['10.0.0.1'], conditions: { ready: true } })),
  });
const set = (spec: object = {}) =>
  anObject('StatefulSet', 'raft', { spec: { serviceName: 'pg', replicas: 3, selector: {}, ...spec } });
const app = aContainer('app', crashed({ exitCode: 1, reason: 'Error' }));
const web = aPod('web', { containers: [app] });
const member = (name: string) => aPod(name, { metadata: ownedBy(set()), containers: [app] });
const says = (host: string, pod = 'web') => ({
  logs: [aLog(pod, [`lookup ${host} on 10.96.0.10:53: no such host`], { previous: true })],
});
const complete = ['EndpointSlice', 'Service', 'StatefulSet', 'Pod'];

testRule(dnsPodNameMissing, {
  silent: {
    'a pod of that name that DNS has': aSnapshot({
      complete,
      objects: [service(), slice('postgres-0'), web],
      ...says('postgres-0.pg'),
    }),
    'EndpointSlices that were not read': aSnapshot({
      complete: ['Service'],
      objects: [service(), web],
      ...says('pg-0.pg'),
    }),
    'a Service with an address of its own': aSnapshot({
      complete,
      objects: [service({ clusterIP: '10.96.0.4' }), slice('postgres-0'), web],
      ...says('pg-0.pg'),
    }),
    'the Service itself': aSnapshot({ complete, objects: [service(), slice('postgres-0'), web], ...says('pg.shop') }),
    'a peer that a parallel set is about to make': aSnapshot({
      complete,
      objects: [service(), slice(), set({ podManagementPolicy: 'Parallel' }), member('raft-0')],
      ...says('raft-1.pg', 'raft-0'),
    }),
    'a peer whose name is published before it is ready': aSnapshot({
      complete,
      objects: [service({ publishNotReadyAddresses: true }), slice(), set(), member('raft-0'), member('raft-1')],
      ...says('raft-1.pg', 'raft-0'),
    }),
  },
  speaks: {
    'of a name that no pod behind the Service has': [
      aSnapshot({ complete, objects: [service(), slice('postgres-0'), web], ...says('pg-0.pg') }),
      {
        object: 'Pod/web',
        problem: 'asks for pg-0.pg, and no pod behind Service/pg is called pg-0: it has postgres-0',
        fix: 'write postgres-0 instead of pg-0',
      },
    ],
    'of a pod that has its name behind another Service': [
      aSnapshot({
        complete,
        objects: [
          service(),
          slice(),
          set({ serviceName: 'raft' }),
          aPod('raft-0', { metadata: ownedBy(set()), spec: { hostname: 'raft-0', subdomain: 'raft' } }),
          web,
        ],
        ...says('raft-0.pg'),
      }),
      {
        object: 'Pod/web',
        problem:
          'asks for raft-0.pg, and spec.serviceName of StatefulSet/raft is raft, so that raft-0 has no name behind Service/pg',
        fix: 'make StatefulSet/raft anew with serviceName pg',
      },
    ],
    'of a member that the set does not have': [
      aSnapshot({ complete, objects: [service(), slice('raft-0'), set({ replicas: 1 }), web], ...says('raft-2.pg') }),
      { object: 'Pod/web', problem: 'StatefulSet/raft has only 1 replicas: there is no raft-2' },
    ],
    'of members that wait for each other in order': [
      aSnapshot({ complete, objects: [service(), slice(), set(), member('raft-0')], ...says('raft-1.pg', 'raft-0') }),
      {
        object: 'Pod/raft-0',
        problem: 'podManagementPolicy OrderedReady makes raft-1 only when raft-0 is ready: both wait for ever',
        fix: 'podManagementPolicy: Parallel',
      },
    ],
    'of members that have no name before they are ready': [
      aSnapshot({
        complete,
        objects: [
          service(),
          slice(),
          set(),
          member('raft-0'),
          aPod('raft-1', { containers: [aContainer('app', waiting('ContainerCreating'))] }),
        ],
        ...says('raft-1.pg', 'raft-0'),
      }),
      { object: 'Pod/raft-0', fix: 'set spec.publishNotReadyAddresses: true in Service/pg' },
    ],
  },
});
