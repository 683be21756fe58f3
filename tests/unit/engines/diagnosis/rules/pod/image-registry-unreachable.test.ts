import { imageRegistryUnreachable } from '../../../../../../src/engines/diagnosis/rules/pod/image-registry-unreachable.ts';
import { aContainer, anEvent, aPod, aSnapshot, minutesAgo, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const image = 'refused.registry.test/team/api:1.0';
const request = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to do request: Head "https://refused.registry.test/v2/team/api/manifests/1.0"`;
const aPull = (name: string, message: string, { reason = 'ImagePullBackOff', init = false, wanted = image } = {}) =>
  aPod(name, { containers: [aContainer('app', { init, image: wanted, ...waiting(reason, message) })] });
const creating = aPod('web', { containers: [aContainer('app', { image, ...waiting('ContainerCreating') })] });
const pullingSince = (minutes: number) =>
  anEvent(creating, 'Pulling', `Pulling image "${image}"`, {
    type: 'Normal',
    involvedObject: {
      kind: 'Pod',
      namespace: 'shop',
      name: 'web',
      uid: 'uid-Pod-web',
      fieldPath: 'spec.containers{app}',
    },
    firstTimestamp: minutesAgo(minutes),
    lastTimestamp: minutesAgo(minutes),
  });

testRule(imageRegistryUnreachable, {
  silent: {
    'a name that does not resolve': aSnapshot({
      objects: [aPull('web', `${request}: dial tcp: lookup refused.registry.test on 172.30.0.1:53: no such host`)],
    }),
    'a certificate that is not trusted': aSnapshot({
      objects: [aPull('web', `${request}: x509: certificate signed by unknown authority`)],
    }),
    'a missing tag': aSnapshot({ objects: [aPull('web', `${image}: not found`)] }),
    'a pull that began a moment ago': aSnapshot({ objects: [creating, pullingSince(3)] }),
    'a pull that failed since': aSnapshot({
      objects: [
        creating,
        pullingSince(30),
        anEvent(creating, 'Failed', 'Error: x', {
          involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' },
        }),
      ],
    }),
  },
  speaks: {
    'of what an event says, whatever less was said after it': [
      aSnapshot({
        objects: [
          aPull('web', ''),
          anEvent(aPull('web', ''), 'Failed', `${request}: dial tcp 172.30.0.2:443: connect: connection refused`),
          anEvent(aPull('web', ''), 'Failed', 'Error: ImagePullBackOff', { lastTimestamp: minutesAgo(0) }),
        ],
      }),
      { object: 'Pod/web', problem: 'refuses connections' },
    ],
    'of refused connections': [
      aSnapshot({ objects: [aPull('web', `${request}: dial tcp 172.30.0.2:443: connect: connection refused`)] }),
      {
        object: 'Pod/web',
        problem: `cannot pull ${image}: refused.registry.test:443 refuses connections, on node-1, the only node that tried`,
        culprit: 'Registry/refused.registry.test',
        certainty: 'declared',
        evidence: ['connect: connection refused'],
      },
    ],
    'of an init container': [
      aSnapshot({ objects: [aPull('web', `${request}: dial tcp 10.9.9.9:443: i/o timeout`, { init: true })] }),
      { object: 'Pod/web', problem: 'does not answer in time' },
    ],
    'of a status of the server': [
      aSnapshot({
        objects: [
          aPull(
            'web',
            `failed to resolve reference "${image}": pulling from host refused.registry.test failed with status code [manifests 1.0]: 503 Service Unavailable`,
          ),
        ],
      }),
      { object: 'Pod/web', problem: 'refused.registry.test:443 answers 503 Service Unavailable' },
    ],
    'of a waiting reason without words': [
      aSnapshot({ objects: [aPull('web', '', { reason: 'RegistryUnavailable' })] }),
      { object: 'Pod/web', problem: 'is not available' },
    ],
    'alike of two images of one registry': [
      aSnapshot({
        objects: [
          aPull('a', `${request}: EOF`),
          aPull('b', `${request}: EOF`, { wanted: 'refused.registry.test/team/web:2' }),
        ],
      }),
      {
        object: 'Pod/a',
        problem: 'cannot pull images from refused.registry.test: refused.registry.test:443 closes the connection',
      },
      { object: 'Pod/b', problem: 'cannot pull images from refused.registry.test' },
    ],
    'of a pull without end': [
      aSnapshot({ objects: [creating, pullingSince(17)] }),
      {
        object: 'Pod/web',
        problem: `cannot pull ${image}: the pull began and does not end`,
        certainty: 'inferred',
        evidence: ['neither Pulled nor Failed for 17 min'],
      },
    ],
  },
});
