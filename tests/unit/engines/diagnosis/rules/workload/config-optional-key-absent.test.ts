import { configOptionalKeyAbsent } from '../../../../../../src/engines/diagnosis/rules/workload/config-optional-key-absent.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const takes = (name: string, key: string, { optional = true, kind = 'configMapKeyRef', from = 'app' } = {}) => ({
  name,
  valueFrom: { [kind]: { name: from, key, optional } },
});
const pod = (...env: readonly object[]) => aPod('web', { containers: [aContainer('app', { env })] });
const map = (...keys: readonly string[]) =>
  anObject('ConfigMap', 'app', { data: Object.fromEntries(keys.map((key) => [key, 'x'])) });

testRule(configOptionalKeyAbsent, {
  silent: {
    'a key that is there': aSnapshot({ objects: [pod(takes('MODE', 'MODE')), map('MODE')] }),
    'a key that is optional for good reason': aSnapshot({
      objects: [pod(takes('EXTRA_FLAGS', 'EXTRA_FLAGS')), map('MODE', 'LEVEL')],
    }),
    'a key that is not optional, without which nothing starts': aSnapshot({
      objects: [pod(takes('MODE', 'MDOE', { optional: false })), map('MODE')],
    }),
    'a near key that is taken too': aSnapshot({
      objects: [pod(takes('CODE', 'CODE'), takes('MODE', 'MODE')), map('MODE')],
    }),
    'a key that differs in its number': aSnapshot({ objects: [pod(takes('X', 'SHARD_2')), map('SHARD_1')] }),
    'a ConfigMap that is not there': aSnapshot({ complete: ['ConfigMap'], objects: [pod(takes('MODE', 'MDOE'))] }),
  },
  speaks: {
    'of a slip of the pen': [
      aSnapshot({ objects: [pod(takes('MODE', 'MDOE')), map('MODE', 'LEVEL')] }),
      {
        object: 'Pod/web',
        problem: 'starts container app without MODE: ConfigMap/app has no key MDOE, which is optional, but has MODE',
        evidence: ['keys: LEVEL, MODE'],
        fix: 'let env[MODE] ask for key MODE',
      },
    ],
    'of a Secret': [
      aSnapshot({
        objects: [
          pod(takes('DB_URL', 'dsn', { kind: 'secretKeyRef', from: 'db' })),
          anObject('Secret', 'db', { data: { DB_URL: '[REDACTED]' } }),
        ],
      }),
      { object: 'Pod/web', problem: 'Secret/db has no key dsn' },
    ],
  },
});
