import { imageRegistryTls } from '../../../../../../src/engines/diagnosis/rules/pod/image-registry-tls.ts';
import { aContainer, anEvent, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const image = 'registry.test/library/busybox:1.36';
const aPull = (words: string) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        image,
        ...waiting(
          'ErrImagePull',
          `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to do request: ` +
            `Head "https://registry.test/v2/library/busybox/manifests/1.36": ${words}`,
        ),
      }),
    ],
  });
const expired =
  'x509: certificate has expired or is not yet valid: current time 2026-11-23T10:12:02Z is after 2026-11-23T09:12:02Z';

testRule(imageRegistryTls, {
  silent: {
    'a refused connection': aSnapshot({ objects: [aPull('dial tcp 172.30.0.2:443: connect: connection refused')] }),
    'a timeout of the handshake': aSnapshot({ objects: [aPull('net/http: TLS handshake timeout')] }),
    'a running container': aSnapshot({ objects: [aPod('web')] }),
  },
  speaks: {
    'of an unknown authority': [
      aSnapshot({ objects: [aPull('x509: certificate signed by unknown authority')] }),
      {
        object: 'Pod/web',
        problem:
          'the certificate of registry.test is signed by an authority that the node does not trust, on node-1, the only node that tried',
        culprit: 'Registry/registry.test',
        certainty: 'declared',
        fix: 'install the CA of registry.test',
      },
    ],
    'of an expired certificate, in the same words for every try': [
      aSnapshot({ objects: [aPull(expired)] }),
      {
        object: 'Pod/web',
        problem: 'the certificate of registry.test has expired (2026-11-23T09:12:02Z), on',
        fix: 'renew the certificate',
      },
    ],
    'of the clock when other nodes accept the certificate': [
      aSnapshot({
        objects: [
          aPull(expired),
          aPod('other', { spec: { nodeName: 'node-2' } }),
          anEvent(aPod('other'), 'Pulled', `Successfully pulled image "${image}" in 1s`, { type: 'Normal' }),
        ],
      }),
      { object: 'Pod/web', culprit: 'Node/node-1', fix: 'set the clock of node-1' },
    ],
    'of a clock that is behind': [
      aSnapshot({
        objects: [
          aPull(
            'x509: certificate has expired or is not yet valid: current time 1970-01-01T00:01:00Z is before 2026-11-23T09:12:02Z',
          ),
        ],
      }),
      { object: 'Pod/web', problem: 'is not valid yet for the clock of the node' },
    ],
    'of plain HTTP': [
      aSnapshot({ objects: [aPull('http: server gave HTTP response to HTTPS client')] }),
      { object: 'Pod/web', problem: 'registry.test speaks plain HTTP where HTTPS is expected' },
    ],
    'of another name': [
      aSnapshot({ objects: [aPull('x509: certificate is valid for a.test, not registry.test')] }),
      { object: 'Pod/web', problem: 'x509: certificate is valid for a.test, not registry.test' },
    ],
  },
});
