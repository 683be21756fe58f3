import { imageRegistryDns } from '../../../../../../src/engines/diagnosis/rules/pod/image-registry-dns.ts';
import { aContainer, anEvent, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const failing = (words: string, host = 'ghrc.io') =>
  `Back-off pulling image "${host}/team/api:1.0": ErrImagePull: failed to pull and unpack image "${host}/team/api:1.0": ` +
  `failed to resolve reference "${host}/team/api:1.0": failed to do request: Head ` +
  `"https://${host}/v2/team/api/manifests/1.0": dial tcp: lookup ${host} on 172.30.0.1:53: ${words}`;
const aPull = (name: string, message: string, nodeName = 'node-1') =>
  aPod(name, {
    spec: { nodeName },
    containers: [aContainer('app', { image: 'ghrc.io/team/api:1.0', ...waiting('ImagePullBackOff', message) })],
  });
const running = (image: string) =>
  aPod(image.replaceAll(/[^a-z]/g, '-'), { containers: [aContainer('app', { image })] });

testRule(imageRegistryDns, {
  silent: {
    'a registry that refuses connections': aSnapshot({
      objects: [aPull('web', 'dial tcp 172.30.0.2:443: connect: connection refused')],
    }),
    'a tag that does not exist': aSnapshot({ objects: [aPull('web', 'ghrc.io/team/api:1.0: not found')] }),
    'a timeout of the registry itself': aSnapshot({ objects: [aPull('web', 'dial tcp 10.1.2.3:443: i/o timeout')] }),
  },
  speaks: {
    'of a host that nobody knows': [
      aSnapshot({ objects: [aPull('web', failing('no such host'))] }),
      {
        object: 'Pod/web',
        problem: 'cannot pull ghrc.io/team/api:1.0: no such host as ghrc.io, on node-1, the only node that tried',
        culprit: 'Registry/ghrc.io',
        evidence: ['lookup ghrc.io on 172.30.0.1:53: no such host'],
        certainty: 'declared',
      },
    ],
    'with the host that is meant': [
      aSnapshot({
        objects: [aPull('web', failing('no such host')), running('ghcr.io/team/web:1.0'), running('quay.io/a/b:1')],
      }),
      { object: 'Pod/web', problem: 'no such host as ghrc.io (other images come from ghcr.io)', fix: 'to ghcr.io' },
    ],
    'of a resolver that fails on all nodes': [
      aSnapshot({
        objects: [aPull('a', failing('server misbehaving')), aPull('b', failing('server misbehaving'), 'node-2')],
      }),
      { object: 'Pod/a', problem: 'the resolver of the node fails for ghrc.io, on all 2 nodes that tried' },
      { object: 'Pod/b', problem: 'the resolver of the node fails for ghrc.io, on all 2 nodes that tried' },
    ],
    'of one node when another pulled from the host meanwhile': [
      aSnapshot({
        objects: [
          aPull('web', failing('read udp 172.30.0.7:40000->172.30.0.1:53: i/o timeout')),
          aPod('other', { spec: { nodeName: 'node-2' } }),
          anEvent(
            aPod('other'),
            'Pulled',
            'Successfully pulled image "ghrc.io/team/api:0.9" in 251ms (251ms including waiting).',
            {
              type: 'Normal',
            },
          ),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'only on node-1; node-2 pulled from it meanwhile',
        culprit: 'Node/node-1',
        fix: 'kubectl cordon node-1',
      },
    ],
  },
});
