import { containerMountConflict } from '../../../../../../src/engines/diagnosis/rules/pod/container-mount-conflict.ts';
import { aContainer, anObject, aPod, aSnapshot, crashed, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const kubelet = '/var/lib/kubelet/pods/e3aaf388-c331-4cac-a8a4-d8518f5f83f6';
const mounting = (source: string, path: string, words = 'not a directory') =>
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to ' +
  `start container process: error during container init: error mounting "${kubelet}/${source}" to rootfs at "${path}": ` +
  `mount ${kubelet}/${source}:${path} (via /proc/self/fd/6), flags: 0x5001: ${words}: unknown`;
const aMount = (message: string, mount: object, source: object = { configMap: { name: 'conf' } }) =>
  aPod('web', {
    spec: { volumes: [{ name: 'v', ...source }] },
    containers: [
      aContainer('app', {
        volumeMounts: [{ name: 'v', ...mount }],
        ...crashed({ exitCode: 128, reason: 'StartError', message }),
      }),
    ],
  });
const dying = (subPath: string, source: object = { configMap: { name: 'conf' } }) =>
  aPod('web', {
    spec: { volumes: [{ name: 'v', ...source }] },
    containers: [
      aContainer('app', {
        volumeMounts: [{ name: 'v', mountPath: '/etc/app.conf', subPath }],
        ...crashed({ exitCode: 1, reason: 'Error' }),
      }),
    ],
  });
const conf = anObject('ConfigMap', 'conf', { data: { 'a.conf': 'x' } });
const subPath = 'volume-subpaths/v/app/0';

testRule(containerMountConflict, {
  silent: {
    'a program that does not exist': aSnapshot({
      objects: [
        aMount('unable to start container process: exec: "x": stat x: no such file or directory', { mountPath: '/x' }),
      ],
    }),
    'a volume that waits for its ConfigMap': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', waiting('ContainerCreating'))] })],
    }),
    'a full disk': aSnapshot({
      objects: [aMount(mounting(subPath, '/x', 'no space left on device'), { mountPath: '/x' })],
    }),
    'a subPath without a key that happens to run': aSnapshot({
      objects: [
        conf,
        aPod('web', {
          containers: [aContainer('app', { volumeMounts: [{ name: 'v', mountPath: '/x', subPath: 'b.conf' }] })],
        }),
      ],
    }),
    'a crash with a subPath that is a key': aSnapshot({ objects: [conf, dying('a.conf')] }),
    'a crash with a subPath of a volume that is no ConfigMap': aSnapshot({
      objects: [conf, dying('b.conf', { emptyDir: {} })],
    }),
    'a crash with a ConfigMap that was not read': aSnapshot({ objects: [dying('b.conf')] }),
  },
  speaks: {
    'of a subPathExpr with a variable that is not set': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', {
                volumeMounts: [{ name: 'v', mountPath: '/logs', subPathExpr: '$(POD_NAME)/x' }],
                ...waiting('CreateContainerConfigError', 'missing value for POD_NAME'),
              }),
            ],
          }),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'subPathExpr $(POD_NAME)/x of volumeMounts[/logs] takes POD_NAME from the environment',
        fix: 'add POD_NAME to containers[app].env',
      },
    ],
    'of a crash with a subPath that is no key': [
      aSnapshot({ objects: [conf, dying('b.conf')] }),
      {
        object: 'Pod/web',
        problem:
          'finds an empty directory at /etc/app.conf: subPath b.conf of volume v (ConfigMap/conf) is no key of it (a.conf is)',
        culprit: 'ConfigMap/conf',
        certainty: 'recomputed',
        evidence: ['keys: a.conf'],
        fix: 'set containers[app].volumeMounts[/etc/app.conf].subPath to a.conf',
      },
    ],
    'of a subPath that is no key': [
      aSnapshot({
        objects: [conf, aMount(mounting(subPath, '/etc/passwd'), { mountPath: '/etc/passwd', subPath: 'b.conf' })],
      }),
      {
        object: 'Pod/web',
        problem:
          'cannot start: subPath b.conf of volume v (ConfigMap/conf) is no key of it (a.conf is), so a directory would be mounted at /etc/passwd',
        culprit: 'ConfigMap/conf',
        certainty: 'recomputed',
        fix: 'subPath to a.conf',
        evidence: ['error mounting "(volume)" to rootfs at "/etc/passwd"', 'keys: a.conf'],
      },
    ],
    'of a directory on a file': [
      aSnapshot({
        objects: [aMount(mounting('volumes/kubernetes.io~configmap/v', '/bin/busybox'), { mountPath: '/bin/busybox' })],
      }),
      {
        object: 'Pod/web',
        problem: 'volume v (ConfigMap/conf) is a directory and /bin/busybox is a file in registry.example/app:1.0',
        certainty: 'declared',
        fix: 'mount one file',
      },
    ],
    'of a file on a directory': [
      aSnapshot({ objects: [conf, aMount(mounting(subPath, '/etc'), { mountPath: '/etc/', subPath: 'a.conf' })] }),
      { object: 'Pod/web', problem: 'subPath a.conf of volume v (ConfigMap/conf) and /etc/ in' },
    ],
    'of a subPath that the kubelet cannot make': [
      aSnapshot({
        objects: [
          conf,
          aPod('web', {
            spec: { volumes: [{ name: 'v', configMap: { name: 'conf' } }] },
            containers: [
              aContainer('app', {
                volumeMounts: [{ name: 'v', mountPath: '/x', subPath: 'a.conf/deep' }],
                ...waiting(
                  'CreateContainerConfigError',
                  'failed to prepare subPath for volumeMount "v" of container "app"',
                ),
              }),
            ],
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'subPath a.conf/deep of volume v (ConfigMap/conf) cannot be made' },
    ],
    'of a mount point that cannot be made': [
      aSnapshot({
        objects: [
          aMount(
            mounting('volumes/x', '/ro/inner', 'create mountpoint: mkdirat inner: read-only file system'),
            { mountPath: '/ro/inner' },
            { emptyDir: {} },
          ),
        ],
      }),
      { object: 'Pod/web', problem: '/ro/inner for volume v cannot be made: the file system there is read-only' },
    ],
    'of a working directory that is a file': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', {
                workingDir: '/etc/passwd',
                ...waiting(
                  'RunContainerError',
                  'unable to start container process: error during container init: mkdir /etc/passwd: not a directory: unknown',
                ),
              }),
            ],
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'workingDir /etc/passwd is a file' },
    ],
  },
});
