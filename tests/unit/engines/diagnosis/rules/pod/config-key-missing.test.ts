import { configKeyMissing } from '../../../../../../src/engines/diagnosis/rules/pod/config-key-missing.ts';
import { aContainer, anEvent, anObject, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const keyRef = (name: string, key: string, kind = 'configMapKeyRef') => ({
  name: key,
  valueFrom: { [kind]: { name, key } },
});
const stated = (words: string) => waiting('CreateContainerConfigError', words);
const wanting = (env: readonly object[], words = "couldn't find key DATABASE_URL in ConfigMap shop/api-config") =>
  aPod('web', { containers: [aContainer('app', { env, ...stated(words) })] });
const url = keyRef('api-config', 'DATABASE_URL');
const aConfigMap = (...keys: readonly string[]) =>
  anObject('ConfigMap', 'api-config', { data: Object.fromEntries(keys.map((key) => [key, 'value'])) });

const mounting = (source: object) =>
  aPod('web', {
    spec: { volumes: [{ name: 'v', ...source }] },
    containers: [aContainer('app', waiting('ContainerCreating'))],
  });
const failedMount = (words: string) =>
  anEvent(aPod('web'), 'FailedMount', `MountVolume.SetUp failed for volume "v" : ${words}`);

testRule(configKeyMissing, {
  silent: {
    'a key that has been restored since': aSnapshot({ objects: [wanting([url]), aConfigMap('DATABASE_URL')] }),
    'an object that does not exist': aSnapshot({
      complete: ['ConfigMap'],
      objects: [wanting([url], 'configmap "api-config" not found')],
    }),
    'a running container whose key was removed after its start': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', { env: [url] })] }), aConfigMap('OTHER')],
    }),
    'an optional key': aSnapshot({
      objects: [
        mounting({ configMap: { name: 'api-config', optional: true, items: [{ key: 'x', path: 'x' }] } }),
        aConfigMap('OTHER'),
      ],
    }),
  },
  speaks: {
    'with the nearest key': [
      aSnapshot({ objects: [wanting([url]), aConfigMap('DATABASE_URI', 'LOG_LEVEL')] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: ConfigMap/api-config has no key DATABASE_URL (it has DATABASE_URI)',
        culprit: 'ConfigMap/api-config',
        certainty: 'declared',
        evidence: [
          "couldn't find key DATABASE_URL in ConfigMap shop/api-config",
          'containers[app].env[DATABASE_URL] asks for ConfigMap/api-config with DATABASE_URL',
          'keys: DATABASE_URI, LOG_LEVEL',
        ],
        fix: 'let containers[app].env[DATABASE_URL] ask for the key DATABASE_URI',
      },
    ],
    'with the first keys when none is near': [
      aSnapshot({ objects: [wanting([url]), aConfigMap('A1', 'B2', 'C3', 'D4', 'E5', 'F6')] }),
      { object: 'Pod/web', problem: 'has no key DATABASE_URL (it has A1, B2, C3, D4, E5 and 1 more)' },
    ],
    'of all keys at once, of which the kubelet names the first': [
      aSnapshot({ objects: [wanting([url, keyRef('api-config', 'QUEUE')]), aConfigMap()] }),
      { object: 'Pod/web', problem: 'has no keys DATABASE_URL and QUEUE (it is empty)' },
    ],
    'of a Secret, by its keys alone': [
      aSnapshot({
        objects: [
          wanting([keyRef('creds', 'passwd', 'secretKeyRef')], "couldn't find key passwd in Secret shop/creds"),
          anObject('Secret', 'creds', { data: { password: '[REDACTED]' } }),
        ],
      }),
      { object: 'Pod/web', problem: 'Secret/creds has no key passwd (it has password)', culprit: 'Secret/creds' },
    ],
    'of a volume, whose message does not name the object': [
      aSnapshot({
        objects: [
          mounting({ configMap: { name: 'api-config', items: [{ key: 'b.conf', path: 'b.conf' }] } }),
          failedMount('configmap references non-existent config key: b.conf'),
          aConfigMap('a.conf'),
        ],
      }),
      { object: 'Pod/web', problem: 'ConfigMap/api-config has no key b.conf (it has a.conf)', certainty: 'declared' },
    ],
    'of a Secret volume': [
      aSnapshot({
        objects: [
          mounting({ secret: { secretName: 'creds', items: [{ key: 'pass', path: 'p' }] } }),
          failedMount('references non-existent secret key: pass'),
          anObject('Secret', 'creds', { data: { password: '' } }),
        ],
      }),
      { object: 'Pod/web', problem: 'Secret/creds has no key pass (it has password)' },
    ],
    'from the message alone when the object was not read': [
      aSnapshot({ objects: [wanting([url])] }),
      { object: 'Pod/web', problem: 'ConfigMap/api-config has no key DATABASE_URL', certainty: 'message' },
    ],
    'alike for two workloads, so that they are one cause': [
      aSnapshot({
        objects: [
          wanting([url]),
          aPod('worker', {
            containers: [
              aContainer('job', {
                env: [{ ...url, name: 'URL' }],
                ...stated("couldn't find key DATABASE_URL in ConfigMap shop/api-config"),
              }),
            ],
          }),
          aConfigMap('DATABASE_URI'),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'cannot start: ConfigMap/api-config has no key DATABASE_URL (it has DATABASE_URI)',
      },
      {
        object: 'Pod/worker',
        problem: 'cannot start: ConfigMap/api-config has no key DATABASE_URL (it has DATABASE_URI)',
      },
    ],
  },
});
