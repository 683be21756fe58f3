import { imageArchMismatch } from '../../../../../../src/engines/diagnosis/rules/pod/image-arch-mismatch.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const noMatch =
  'Back-off pulling image "s390x-only:1.0": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack ' +
  'image "docker.io/library/s390x-only:1.0": no match for platform in manifest: not found';
const aNode = (name: string, architecture: string) =>
  anObject('Node', name, { status: { nodeInfo: { architecture } } });
const pulling = aPod('web', {
  containers: [aContainer('app', { image: 's390x-only:1.0', ...waiting('ImagePullBackOff', noMatch) })],
});
const dying = (fields = {}) =>
  aPod('web', { containers: [aContainer('app', { ...crashed({ exitCode: 1, reason: 'Error' }), ...fields })] });
const badFormat = [aLog('web', ['exec /app/server: exec format error'])];
const script = {
  volumeMounts: [{ name: 'scripts', mountPath: '/app' }],
};

testRule(imageArchMismatch, {
  silent: {
    'a missing tag': aSnapshot({
      objects: [
        aPod('web', { containers: [aContainer('app', waiting('ErrImagePull', 'docker.io/library/x:1: not found'))] }),
      ],
    }),
    'an application that logs the words in passing': aSnapshot({
      objects: [dying()],
      logs: [aLog('web', ['plugin: dlopen failed with exec format error'])],
    }),
    'a container that ran and stopped': aSnapshot({ objects: [aPod('web')], logs: badFormat }),
    'a script of a ConfigMap, which has no architecture': aSnapshot({
      objects: [
        aPod('web', {
          spec: { volumes: [{ name: 'scripts', configMap: { name: 'scripts' } }] },
          containers: [aContainer('app', { ...crashed({ exitCode: 1, reason: 'Error' }), ...script })],
        }),
        anObject('ConfigMap', 'scripts', { data: { server: 'sleep 1d' } }),
      ],
      logs: badFormat,
    }),
  },
  speaks: {
    'of a pull, with the architecture of the node': [
      aSnapshot({ objects: [pulling, aNode('node-1', 'amd64')] }),
      {
        object: 'Pod/web',
        problem: 'cannot pull s390x-only:1.0: it has no variant for amd64',
        certainty: 'declared',
        evidence: ['no match for platform', 'the node is amd64'],
      },
    ],
    'with another architecture of the cluster': [
      aSnapshot({ objects: [pulling, aNode('node-1', 'amd64'), aNode('node-2', 's390x')] }),
      { object: 'Pod/web', fix: 'set nodeSelector kubernetes.io/arch: s390x' },
    ],
    'of a program that the kernel does not know': [
      aSnapshot({ objects: [dying(), aNode('node-1', 'arm64')], logs: badFormat }),
      {
        object: 'Pod/web',
        problem: 'cannot start: /app/server is no program for arm64, or a script without a #! line',
        evidence: ['exec /app/server: exec format error'],
      },
    ],
    'of a start that the runtime refused': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer(
                'app',
                crashed({
                  exitCode: 128,
                  reason: 'StartError',
                  message:
                    'OCI runtime create failed: runc create failed: unable to start container process: exec: "/server": exec format error: unknown',
                }),
              ),
            ],
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'is no program for the architecture of the node' },
    ],
  },
});
