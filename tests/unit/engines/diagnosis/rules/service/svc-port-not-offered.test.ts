import { svcPortNotOffered } from '../../../../../../src/engines/diagnosis/rules/service/svc-port-not-offered.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import {
  aContainer,
  aDeployment,
  aLog,
  anObject,
  aSnapshot,
  crashed,
  withFields,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const calling = (env: readonly object[]) =>
  aDeployment('web', {
    pod: { containers: [aContainer('app', { env, ...crashed({ exitCode: 1, reason: 'Error' }) })] },
  });
const web = aDeployment('web', {
  pod: {
    containers: [
      aContainer('app', {
        env: [{ name: 'API_URL', value: 'http://api:8080' }],
        ...crashed({ exitCode: 1, reason: 'Error' }),
      }),
    ],
  },
});
const api = (spec: object) => anObject('Service', 'api', { spec: { clusterIP: '10.96.0.7', ...spec } });
const slice = anObject('EndpointSlice', 'api-1', {
  metadata: { labels: { 'kubernetes.io/service-name': 'api' } },
  endpoints: [{ addresses: ['10.244.0.7'] }],
});
const snapshot = (words: string, service: KubernetesObject) =>
  aSnapshot({
    complete: ['Service'],
    objects: [...web.all, service, slice],
    logs: [aLog('web-5d8f-0', [words], { previous: true })],
  });
/** A program that is told this, says no port, and is refused. */
const headless = (told: string, port: object) =>
  aSnapshot({
    complete: ['Service', 'EndpointSlice'],
    objects: [
      ...calling([{ name: 'API', value: told }]).all,
      api({ clusterIP: 'None', ports: [port] }),
      withFields(slice, { ports: [{ port: 8080 }] }),
    ],
    logs: [
      aLog('web-5d8f-0', ["wget: can't connect to remote host (10.244.0.7): Connection refused"], { previous: true }),
    ],
  });
const http80 = { port: 80, targetPort: 'web' };
const http = { ports: [{ port: 80, targetPort: 8080 }] };
const timeout = 'dial tcp api:8080: i/o timeout';

testRule(svcPortNotOffered, {
  silent: {
    'a port that the Service has': snapshot(timeout, api({ ports: [{ port: 8080 }] })),
    'a headless Service': snapshot(timeout, api({ ...http, clusterIP: 'None' })),
    'a headless Service whose port is that of its pods': headless('http://api:8080/', {
      port: 8080,
      targetPort: 'web',
    }),
    'a headless Service that is asked for the port of its pods': headless('http://api:8080/', http80),
    'a headless Service that is asked for no port that is known': headless('api', http80),
    'a Service that is another name': snapshot(timeout, api({ ...http, type: 'ExternalName' })),
    'a Service without ports': snapshot(timeout, api({})),
    'a failure that names no port': snapshot('connect to api: i/o timeout', api(http)),
    'a connection to a pod itself': snapshot('dial tcp 10.244.0.7:8080: connect: connection refused', api(http)),
    'a name that does not resolve': snapshot('dial tcp: lookup api on 10.96.0.10:53: no such host', api(http)),
    'a connection that was closed': snapshot('read tcp 10.244.0.9:4711->10.96.0.7:8080: connection reset', api(http)),
  },
  speaks: {
    'with the port that its pods declare': [
      aSnapshot({
        complete: ['Service'],
        objects: [
          ...web.all,
          api({ ...http, selector: { app: 'api' } }),
          slice,
          ...aDeployment('api', {
            pod: {
              metadata: { labels: { app: 'api' } },
              containers: [aContainer('app', { ports: [{ containerPort: 9121 }] })],
            },
          }).all,
        ],
        logs: [aLog('web-5d8f-0', ['dial tcp api:9121: i/o timeout'], { previous: true })],
      }),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'for port 9121',
        fix: '[{"advice":"add port 9121 to spec.ports of Service/api","reason":"its pods declare that port"}]',
      },
    ],
    'of a headless Service, which turns no port into another': [
      headless('http://api/items', http80),
      {
        object: 'Pod/web-5d8f-0',
        problem:
          'asks Service/api for port 80 (env[API]), but that is headless: nothing turns its port 80 into targetPort web, and its pods listen on 8080',
        certainty: 'recomputed',
        evidence: ['spec.clusterIP: None', 'Connection refused'],
        fix: 'write port 8080 instead of 80 in env[API]',
      },
    ],
    'of the port and where it stands': [
      snapshot(timeout, api(http)),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'asks Service/api for port 8080 (env[API_URL]), which has only 80; 8080 is the port of its pods',
        certainty: 'recomputed',
        evidence: ['i/o timeout', 'spec.ports: 80'],
        fix: 'write port 80 instead of 8080 in env[API_URL]',
      },
    ],
    'of the setting that holds the port alone': [
      aSnapshot({
        complete: ['Service'],
        objects: [
          ...calling([
            { name: 'API_HOST', value: 'api' },
            { name: 'API_PORT', value: '8080' },
          ]).all,
          api(http),
          slice,
        ],
        logs: [aLog('web-5d8f-0', [timeout], { previous: true })],
      }),
      { object: 'Pod/web-5d8f-0', fix: 'write port 80 instead of 8080 in env[API_PORT]' },
    ],
    'of a cluster IP': [
      snapshot('dial tcp 10.96.0.7:8080: i/o timeout', api({ ports: [{ name: 'web', port: 80 }] })),
      { object: 'Pod/web-5d8f-0', problem: 'which has only web 80' },
    ],
    'of a port that is there for UDP only': [
      snapshot(timeout, api({ ports: [{ port: 8080, protocol: 'UDP' }] })),
      { object: 'Pod/web-5d8f-0', problem: 'which has only 8080 (UDP)', fix: 'add port 8080' },
    ],
    'of several ports without choosing': [
      snapshot(timeout, api({ ports: [{ port: 80 }, { port: 443 }] })),
      { object: 'Pod/web-5d8f-0', fix: 'write the port that is meant (80, 443)' },
    ],
  },
});
