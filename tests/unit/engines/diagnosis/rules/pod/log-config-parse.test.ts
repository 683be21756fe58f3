import { logConfigParse } from '../../../../../../src/engines/diagnosis/rules/pod/log-config-parse.ts';
import { aLog, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { again, complains } from '../../../../../support/complaining-pod.ts';
import { dies, dying } from '../../../../../support/dying-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const volumes = [{ name: 'config', configMap: { name: 'settings' } }];
const volumeMounts = [{ name: 'config', mountPath: '/etc/app' }];

testRule(logConfigParse, {
  silent: {
    'a ready pod that said so and went on': complains([
      'ERROR mail was not sent: environment variable SMTP_URL is not set',
      ...again(['INFO served']),
    ]),
    'a healthy pod': aSnapshot({
      objects: [aPod('api')],
      logs: [aLog('api', ['ERROR missing environment variable A_B'])],
    }),
    'a crash of another reason': dies(['ERROR order 42 has no tenant']),
    'a default that is taken': dies(['WARN CACHE_SIZE is not set, using 10', 'ERROR order 42 has no tenant']),
    'a file that is not there': dies(['ERROR failed to parse config /etc/app/app.yaml: no such file or directory']),
    'a folder in the place of the file': dies(['ERROR failed to parse config /etc/app/app.yaml: is a directory']),
    'an answer of somebody else that is no JSON': dies(['SyntaxError: Unexpected token < in JSON at position 0']),
    'a container whose log was not read': aSnapshot({ objects: [dying()] }),
  },
  speaks: {
    'of the headless Service by whose name it looks for itself': [
      aSnapshot({
        objects: [
          { ...dying(), metadata: { ...dying().metadata, labels: { app: 'api' } } },
          anObject('Service', 'ring', { spec: { clusterIP: 'None', selector: { app: 'api' } } }),
        ],
        logs: [
          aLog('api', [
            "WARN seed provider couldn't lookup host ring",
            ...['cache', 'hints', 'batches', 'metrics', 'storage'].map((part) => `INFO ${part} is initialised`),
            'ERROR org.apache.cassandra.exceptions.ConfigurationException: The seed provider lists no seeds.',
          ]),
        ],
        complete: ['Service'],
      }),
      {
        object: 'Pod/api',
        problem: 'it looks for itself by the name of Service/ring',
        fix: 'set spec.publishNotReadyAddresses: true in Service/ring',
      },
    ],
    'of an address that a Service brings in the place of a port': [
      aSnapshot({
        objects: [dying(), anObject('Service', 'api', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 80 }] } })],
        logs: [
          aLog('api', [
            "ERROR parsing the configuration file: '/etc/api/api.json': 1 error(s) decoding:",
            '',
            '* cannot parse \'port\' as int: strconv.ParseInt: parsing "tcp://10.96.0.7:80": invalid syntax',
          ]),
        ],
      }),
      {
        object: 'Pod/api',
        problem: 'Kubernetes sets API_PORT to tcp://10.96.0.7:80, because there is Service/api',
        fix: 'set enableServiceLinks to false',
      },
    ],
    'of a variable whose name is misspelt': [
      dies(['ERROR missing environment variable API_TOKEN'], { env: [{ name: 'API_TOCEN', value: 'x' }] }),
      {
        object: 'Pod/api',
        problem: '(env of container app has no API_TOKEN; it has API_TOCEN)',
        fix: 'rename API_TOCEN in env of container app to API_TOKEN',
      },
    ],
    'of no misspelling where two variables only look alike': [
      dies(['ERROR missing environment variable DB_HOST'], { env: [{ name: 'DB_PORT', value: '5432' }] }),
      { object: 'Pod/api', fix: '[{"advice":"add DB_HOST to env of container app' },
    ],
    'of a variable that must be provided': [
      dies(['DATABASE_HOST must be provided']),
      { object: 'Pod/api', fix: 'add DATABASE_HOST to env of container app' },
    ],
    'of the folder of a ConfigMap as of no file in it': [
      dies(['ERROR invalid configuration, settings read from /etc/app'], { volumeMounts }, { volumes }),
      { object: 'Pod/api', fix: '[{"advice":"correct the configuration that the log complains about' },
    ],
    'of a ready pod that says so all the time': [
      complains(again(['INFO polling', 'ERROR mail was not sent: environment variable SMTP_URL is not set'])),
      {
        object: 'Pod/api',
        problem: 'keeps saying: mail was not sent: environment variable SMTP_URL is not set',
        certainty: 'inferred',
      },
    ],
    'of the password that an image demands, and the variable for it': [
      dies([
        'Error: Database is uninitialized and superuser password is not specified.',
        '       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser.',
      ]),
      { object: 'Pod/api', problem: 'superuser password is not specified', fix: 'POSTGRES_PASSWORD' },
    ],
    'of a directive that Redis does not know': [
      dies([
        '*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***',
        'Reading the configuration file, at line 3',
        ">>> 'maxmemory-polcy allkeys-lru'",
        'Bad directive or wrong number of arguments',
      ]),
      { object: 'Pod/api', problem: "Bad directive or wrong number of arguments >>> 'maxmemory-polcy allkeys-lru'" },
    ],
    'of a missing variable, and how to set it': [
      dies(['starting', 'ERROR: missing environment variable API_TOKEN']),
      {
        object: 'Pod/api',
        problem: 'crashes 60 s after start with exit code 1: missing environment variable API_TOKEN',
        certainty: 'message',
        evidence: ['exit code 1 (Error)', 'ERROR: missing environment variable API_TOKEN'],
        fix: 'add API_TOKEN to env of container app in Pod/api',
      },
    ],
    'of a variable that Python asks for': [
      dies([
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 3, in <module>',
        "KeyError: 'API_TOKEN'",
      ]),
      { object: 'Pod/api', problem: "KeyError: 'API_TOKEN' (main.py:3)", fix: 'add API_TOKEN to env' },
    ],
    'of a variable that is there and empty, by the key that it comes from': [
      dies(['FATAL LOG_LEVEL is empty'], {
        env: [{ name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } }],
      }),
      {
        object: 'Pod/api',
        problem: 'LOG_LEVEL is empty (env[LOG_LEVEL] takes it from ConfigMap/settings key level)',
        fix: 'correct the value of LOG_LEVEL in ConfigMap/settings',
      },
    ],
    'of a file, by the key that it is': [
      dies(
        ['ERROR failed to parse config /etc/app/app.yaml: yaml: line 7: mapping values are not allowed here'],
        { volumeMounts },
        { volumes },
      ),
      {
        object: 'Pod/api',
        problem:
          'yaml: line 7: mapping values are not allowed here (/etc/app/app.yaml is key app.yaml of ConfigMap/settings)',
        fix: 'correct key app.yaml of ConfigMap/settings',
      },
    ],
    'of nginx': [
      dies(['2026/11/23 12:00:00 [emerg] 1#1: unknown directive "prox_pass" in /etc/nginx/nginx.conf:12']),
      { object: 'Pod/api', problem: 'unknown directive "prox_pass" in /etc/nginx/nginx.conf:12' },
    ],
  },
});
