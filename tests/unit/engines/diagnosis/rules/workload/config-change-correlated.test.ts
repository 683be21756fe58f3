import { configChangeCorrelated } from '../../../../../../src/engines/diagnosis/rules/workload/config-change-correlated.ts';
import {
  aContainer,
  aDeployment,
  aLog,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
  ownedBy,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const { deployment, replicaSet } = aDeployment('web');
const tuning = (minutes: number, more = {}) =>
  anObject('ConfigMap', 'tuning', {
    metadata: {
      managedFields: [
        { manager: 'kubectl-edit', time: minutesAgo(minutes), fieldsV1: { 'f:data': { 'f:MODE': {} }, ...more } },
      ],
    },
  });
const consumes = { envFrom: [{ configMapRef: { name: 'tuning' } }] };
const aReplica = (name: string, made: number, container: Record<string, unknown>) =>
  aPod(name, {
    metadata: { ...ownedBy(replicaSet), creationTimestamp: minutesAgo(made) },
    spec: { volumes: [{ name: `kube-api-access-${name}` }] },
    containers: [aContainer('app', { ...consumes, ...container })],
  });
const broken = aReplica('web-new', 4, crashed({ exitCode: 1, reason: 'Error' }));
const working = aReplica('web-old', 56, {});
const logs = [aLog('web-new', ['ERROR no such mode'], { previous: true })];
const of = (...objects: readonly object[]) =>
  aSnapshot({ objects: [deployment, replicaSet, ...objects] as never, logs });

testRule(configChangeCorrelated, {
  silent: {
    'no pod from before the change': of(tuning(5), broken),
    'a change after the failing pod was made': of(tuning(3), broken, working),
    'a change long before it': of(tuning(50), broken, working),
    'a pod that was made after the change and works': of(tuning(5), broken, working, aReplica('web-b', 3, {})),
    'a sibling with another template': of(tuning(5), broken, aReplica('web-old', 56, { image: 'web:0' })),
    'a ConfigMap that was not read': of(broken, working),
    'pods that are all well': of(tuning(5), working),
  },
  speaks: {
    'of the change between pods that work and pods that fail': [
      of(tuning(5), broken, working),
      {
        object: 'Deployment/web',
        problem:
          'fails since ConfigMap/tuning was changed: pods made after it fail, and pods of the same template from before still work (containers[app].envFrom)',
        certainty: 'inferred',
        evidence: ['ConfigMap/tuning was written by kubectl-edit', '1 failing pod was made after it'],
        fix: 'revert the last change of ConfigMap/tuning',
      },
    ],
  },
});
