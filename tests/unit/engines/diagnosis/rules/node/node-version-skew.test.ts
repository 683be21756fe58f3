import { nodeVersionSkew } from '../../../../../../src/engines/diagnosis/rules/node/node-version-skew.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const node = (kubeletVersion?: string) => anObject('Node', 'node-1', { status: { nodeInfo: { kubeletVersion } } });
const against = (server: string | undefined, kubelet?: string) =>
  aSnapshot({ version: server, objects: [node(kubelet)] });

testRule(nodeVersionSkew, {
  silent: {
    'the same version': against('v1.36.3', 'v1.36.1'),
    'three minor versions older': against('v1.36.3', 'v1.33.0+k3s1'),
    'a server whose version is not known': against(undefined, 'v1.20.0'),
    'a kubelet whose version is not known': against('v1.36.3'),
    'versions that are none': against('main', 'v1.20.0'),
  },
  speaks: {
    'of a kubelet that is too old': [
      against('v1.36.3', 'v1.32.5'),
      {
        object: 'Node/node-1',
        problem: 'runs kubelet v1.32.5, 4 minor versions older than the API server (v1.36.3; 3 are supported)',
        fix: 'upgrade the kubelet of node-1',
      },
    ],
    'of a kubelet that is newer': [
      against('v1.35.1-gke.100', 'v1.36.0'),
      { object: 'Node/node-1', problem: 'newer than the API server', fix: 'upgrade the API server' },
    ],
  },
});
