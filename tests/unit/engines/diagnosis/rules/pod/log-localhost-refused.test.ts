import { logLocalhostRefused } from '../../../../../../src/engines/diagnosis/rules/pod/log-localhost-refused.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { again, aSteadyLog, complains } from '../../../../../support/complaining-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const refused = "wget: can't connect to remote host (127.0.0.1): Connection refused";
const toLocalhost = {
  env: [
    { name: 'CATALOG_HOST', value: 'localhost' },
    { name: 'CATALOG_PORT', value: '8090' },
  ],
};
const unconfigured =
  'The connection to the server localhost:8080 was refused - did you specify the right host or port?';
const token = { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };

testRule(logLocalhostRefused, {
  silent: {
    'a port that another container of the pod declares': aSnapshot({
      objects: [
        aPod('api', {
          containers: [aContainer('app', toLocalhost), aContainer('proxy', { ports: [{ containerPort: 8090 }] })],
        }),
      ],
      logs: [aSteadyLog(again([refused]))],
    }),
    'a refusal that was over a minute ago': complains(again([refused]), toLocalhost, { ago: 300 }),
    'a connection whose port nobody tells': complains(again([refused])),
    'another host that refuses': complains(again(['dial tcp 10.0.0.9:5432: connect: connection refused']), toLocalhost),
    'a client of the API that has a token': complains(again([unconfigured]), {
      volumeMounts: [token],
      ports: [{ containerPort: 8080 }],
    }),
  },
  speaks: {
    'of a host in the environment that is the pod itself': [
      complains(again([refused]), toLocalhost),
      {
        object: 'Pod/api',
        problem: '(localhost is the pod itself, and no container of it has port 8090)',
        fix: 'instead of localhost in env[CATALOG_HOST]',
      },
    ],
    'of the Service that is meant': [
      aSnapshot({
        objects: [
          aPod('api', { containers: [aContainer('app', toLocalhost)] }),
          anObject('Service', 'catalog', { spec: { ports: [{ port: 8090 }] } }),
        ],
        logs: [aSteadyLog(again([refused]))],
      }),
      { object: 'Pod/api', problem: 'Service/catalog has port 8090', fix: 'write catalog instead of localhost' },
    ],
    'of a client of the API that has no token': [
      complains(again([unconfigured])),
      {
        object: 'Pod/api',
        problem: 'no token is mounted',
        fix: 'set automountServiceAccountToken to true in the pod template',
      },
    ],
  },
});
