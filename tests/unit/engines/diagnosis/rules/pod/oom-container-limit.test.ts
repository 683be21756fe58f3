import { oomContainerLimit } from '../../../../../../src/engines/diagnosis/rules/pod/oom-container-limit.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const limited = { resources: { limits: { memory: '16Mi' } } };
const container = (terminated = {}, spec = {}) =>
  aContainer('app', { ...limited, ...crashed({ exitCode: 137, reason: 'OOMKilled', ...terminated }), ...spec });
const pod = (terminated = {}, spec = {}) => aPod('web', { containers: [container(terminated, spec)] });
const once = (minutes: number) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        ...limited,
        status: {
          restartCount: 1,
          state: { running: { startedAt: minutesAgo(minutes) } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(minutes) } },
        },
      }),
    ],
  });
const creating = aPod('web', {
  status: { phase: 'Pending' },
  containers: [aContainer('app', { resources: { limits: { memory: '1Mi' } }, ...waiting('ContainerCreating') })],
});
const counting = (memory: string) =>
  aPod('web', {
    status: { phase: 'Pending' },
    containers: [aContainer('app', { resources: { limits: { memory } }, ...waiting('ContainerCreating') })],
  });
const full =
  'MountVolume.SetUp failed for volume "kube-api-access-xh7bq" : write /var/lib/kubelet/pods/f29662f6/volumes/kubernetes.io~projected/kube-api-access-xh7bq/..2026_11_26.1/ca.crt: no space left on device';
const sandbox =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown';

const [told, lost] = [container(), container({ reason: 'Error' })].map((each) =>
  aDeployment('api', { replicas: 2, pod: { containers: [each] } }),
);
const twoReplicas = [
  ...(told?.all.filter(({ kind }) => kind !== 'Pod') ?? []),
  ...(told?.pods.slice(0, 1) ?? []),
  ...(lost?.pods.slice(1) ?? []),
];

testRule(oomContainerLimit, {
  silent: {
    'a kill without a limit': aSnapshot({ objects: [pod({}, { resources: {} })] }),
    'exit code 137 without the reason': aSnapshot({ objects: [pod({ reason: 'Error' })] }),
    'one kill two hours ago': aSnapshot({ objects: [once(120)] }),
    'a full disk': aSnapshot({ objects: [counting('64Mi'), anEvent(counting('64Mi'), 'FailedMount', full)] }),
    'a limit in bytes that is large enough': aSnapshot({
      objects: [counting('67108864'), anEvent(counting('67108864'), 'FailedMount', full)],
    }),
    'a sandbox that fails for its network': aSnapshot({
      objects: [creating, anEvent(creating, 'FailedCreatePodSandBox', 'failed to setup network for sandbox')],
    }),
    'another start error': aSnapshot({
      objects: [pod({ reason: 'StartError', exitCode: 128, message: 'no such file' })],
    }),
  },
  speaks: {
    'of an emptyDir in memory': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'cache', emptyDir: { medium: 'Memory' } }] },
            containers: [container({}, { volumeMounts: [{ name: 'cache', mountPath: '/cache' }] })],
          }),
        ],
      }),
      { object: 'Pod/api', problem: 'the files in its emptyDir cache (medium Memory) count, and outlive a restart' },
    ],
    'of a replica for which the runtime lost the reason': [
      aSnapshot({ objects: twoReplicas }),
      { object: 'Pod/api-5d8f-0', problem: 'is killed 60 s after start at its limit of 16Mi' },
      { object: 'Pod/api-5d8f-1', problem: 'is killed 60 s after start at its limit of 16Mi' },
    ],
    'with who set the limit, when the template did not': [
      aSnapshot({
        objects: [
          ...aDeployment('api', {
            pod: { containers: [container()] },
            spec: { template: { spec: { containers: [{ name: 'app' }] } } },
          }).all,
        ],
      }),
      {
        object: 'Pod/api-5d8f-0',
        evidence: ['a memory limit of 16Mi, which its template does not set: a LimitRange or a webhook did'],
      },
    ],
    'with the LimitRange whose default the limit is': [
      aSnapshot({
        objects: [
          ...aDeployment('api', {
            pod: { containers: [container()] },
            spec: { template: { spec: { containers: [{ name: 'app' }] } } },
          }).all,
          anObject('LimitRange', 'tiny', { spec: { limits: [{ type: 'Container', default: { memory: '16Mi' } }] } }),
        ],
      }),
      { object: 'Pod/api-5d8f-0', problem: 'at its limit of 16Mi, the default of LimitRange/tiny' },
    ],
    'with the limit, and a step up': [
      aSnapshot({ objects: aDeployment('web', { pod: { containers: [container()] } }).all }),
      {
        object: 'Pod/web-5d8f-0',
        problem: 'runs out of memory: container app is killed 60 s after start at its limit of 16Mi',
        certainty: 'declared',
        evidence: ['exit code 137 (OOMKilled)', 'a memory limit of 16Mi'],
        fix: 'kubectl set resources deployment/web -n shop -c app --limits=memory=32Mi',
      },
    ],
    'when only a child was killed and the container ended with 1': [
      aSnapshot({ objects: [pod({ exitCode: 1 })] }),
      { object: 'Pod/web', evidence: ['exit code 1 (OOMKilled)'] },
    ],
    'of a start that was killed': [
      aSnapshot({
        objects: [
          pod({
            exitCode: 128,
            reason: 'StartError',
            message: 'failed to create containerd task: container init was OOM-killed (memory limit too low?): unknown',
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'is killed at its very start at its limit of 16Mi' },
    ],
    'with a heap limit that is larger': [
      aSnapshot({ objects: [pod({}, { env: [{ name: 'JAVA_TOOL_OPTIONS', value: '-Xmx512m' }] })] }),
      { object: 'Pod/web', problem: '16Mi, and -Xmx512m allows more than that', fix: 'lower -Xmx512m' },
    ],
    'of memory that grows slowly': [
      aSnapshot({ objects: [pod({ startedAt: minutesAgo(50), finishedAt: minutesAgo(2) })] }),
      { object: 'Pod/web', problem: 'killed 48 min after start', fix: 'memory that grows needs its leak found' },
    ],
    'of one recent kill, as a risk': [
      aSnapshot({ objects: [once(12)] }),
      { object: 'Pod/web', problem: 'ran out of memory within the last hour', evidence: ['was OOMKilled 12 min ago'] },
    ],
    'of a limit without its unit, of which not even the token fits': [
      aSnapshot({ objects: [counting('128m'), anEvent(counting('128m'), 'FailedMount', full)] }),
      {
        object: 'Pod/web',
        problem: 'does not even hold the start of a container: 128m means 0.128 bytes, and 128Mi may be meant',
        certainty: 'recomputed',
        evidence: ['write ca.crt: no space left on device'],
        fix: 'set resources.limits.memory of container app to 128Mi',
      },
    ],
    'of a limit that does not hold the sandbox': [
      aSnapshot({ objects: [creating, anEvent(creating, 'FailedCreatePodSandBox', sandbox)] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: the memory limit of the pod (1Mi) does not even hold the start of a container',
      },
    ],
    'of the limit of the whole pod': [
      aSnapshot({
        objects: [aPod('web', { spec: limited, containers: [container({}, { resources: {} })] })],
      }),
      { object: 'Pod/web', problem: 'at its limit of 16Mi' },
    ],
  },
});
