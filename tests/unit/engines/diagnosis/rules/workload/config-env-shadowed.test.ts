import { configEnvShadowed } from '../../../../../../src/engines/diagnosis/rules/workload/config-env-shadowed.ts';
import { aContainer, aDeployment, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const withEnv = (spec: object) => aDeployment('api', { pod: { containers: [aContainer('app', { ...spec })] } }).all;
const literal = (name: string, value: string) => ({ name, value });
const fromSecret = { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'creds', key: 'token' } } };
const envFrom = [{ configMapRef: { name: 'base' } }, { configMapRef: { name: 'extra' } }];
const aConfigMap = (name: string, ...keys: readonly string[]) =>
  anObject('ConfigMap', name, { data: Object.fromEntries(keys.map((key) => [key, 'x'])) });

testRule(configEnvShadowed, {
  silent: {
    'different names': aSnapshot({ objects: withEnv({ env: [literal('A', '1'), literal('B', '1')] }) }),
    'the same definition twice': aSnapshot({ objects: withEnv({ env: [literal('A', '1'), literal('A', '1')] }) }),
    'a prefix that keeps keys apart': aSnapshot({
      objects: [
        ...withEnv({
          envFrom: [{ configMapRef: { name: 'base' } }, { prefix: 'X_', configMapRef: { name: 'extra' } }],
        }),
        aConfigMap('base', 'LEVEL'),
        aConfigMap('extra', 'LEVEL'),
      ],
    }),
    'a ConfigMap that was not read': aSnapshot({ objects: withEnv({ env: [literal('LEVEL', '1')], envFrom }) }),
  },
  speaks: {
    'of two literals': [
      aSnapshot({ objects: withEnv({ env: [literal('LOG_LEVEL', 'debug'), literal('LOG_LEVEL', 'info')] }) }),
      {
        object: 'Deployment/api',
        problem: 'defines LOG_LEVEL 2 times in container app: env[1] (literal) wins over env[0] (literal)',
        certainty: 'declared',
        fix: 'keep one definition of LOG_LEVEL',
      },
    ],
    'of a literal over a Secret, without the value': [
      aSnapshot({ objects: withEnv({ env: [fromSecret, literal('TOKEN', 'test')] }) }),
      { object: 'Deployment/api', problem: 'env[1] (literal) wins over env[0] (Secret/creds token)' },
    ],
    'of two ConfigMaps with the same key': [
      aSnapshot({ objects: [...withEnv({ envFrom }), aConfigMap('base', 'LEVEL'), aConfigMap('extra', 'LEVEL')] }),
      { object: 'Deployment/api', problem: 'envFrom ConfigMap/extra wins over envFrom ConfigMap/base' },
    ],
    'of env over envFrom': [
      aSnapshot({ objects: [...withEnv({ env: [literal('LEVEL', '1')], envFrom }), aConfigMap('base', 'LEVEL')] }),
      { object: 'Deployment/api', problem: 'env[0] (literal) wins over envFrom ConfigMap/base' },
    ],
  },
});
