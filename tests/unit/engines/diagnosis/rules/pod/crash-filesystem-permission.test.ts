import { crashFilesystemPermission } from '../../../../../../src/engines/diagnosis/rules/pod/crash-filesystem-permission.ts';
import { aContainer, aLog, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const writer = (container = {}, spec = {}) =>
  aPod('app', {
    spec,
    containers: [aContainer('app', { ...crashed({ exitCode: 1, reason: 'Error' }), ...container })],
  });
const saying = (line: string, pod = writer()) => aSnapshot({ objects: [pod], logs: [aLog('app', [line])] });
const mounting = (volume: object, mount = {}) => [
  { volumeMounts: [{ name: 'data', mountPath: '/data', ...mount }] },
  { volumes: [{ name: 'data', ...volume }] },
];
const denied = "PermissionError: [Errno 13] Permission denied: '/data/app.db'";

testRule(crashFilesystemPermission, {
  silent: {
    'a database that denies a permission': saying('ERROR: permission denied for table users'),
    'a mesh that refuses a request': saying('error: GET /rates from http://ledger:80: 403: RBAC: access denied'),
    'a URL that may not be read': saying('error: http://ledger: access denied'),
    'a port that may not be bound': saying('listen tcp :80: bind: permission denied'),
    'a script that may not be run': saying(
      'sh: /app/run.sh: Permission denied',
      aPod('app', { containers: [aContainer('app', crashed({ exitCode: 126, reason: 'Error' }))] }),
    ),
    'a file that does not exist': saying('open /etc/app/config.yaml: no such file or directory'),
    'a running pod that skips a file': aSnapshot({ objects: [aPod('app')], logs: [aLog('app', [denied])] }),
  },
  speaks: {
    'of a folder below the working directory, not of a frame of the trace': [
      aSnapshot({
        objects: [writer({ securityContext: { runAsUser: 1000 }, workingDir: '/usr/app' })],
        logs: [
          aLog('app', [
            "Error: EACCES: permission denied, mkdir 'logs'",
            '    at File._createLogDirIfNotExist (/usr/app/node_modules/winston/lib/file.js:759:10)',
          ]),
        ],
      }),
      { object: 'Pod/app', problem: '(it runs as user 1000 and /usr/app/logs is part of the image)' },
    ],
    'of a capability that root lacks': [
      saying(
        'nginx: [emerg] chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)',
        writer({ securityContext: { capabilities: { drop: ['ALL'] } } }),
      ),
      { object: 'Pod/app', problem: 'takes CHOWN from it', fix: 'add CHOWN' },
    ],
    'of who may not give away what it has, not being root': [
      saying(
        'nginx: [emerg] chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)',
        writer({ securityContext: { runAsUser: 101, capabilities: { drop: ['ALL'] } } }),
      ),
      {
        object: 'Pod/app',
        problem: '(it runs as user 101, and only root may give a path to another owner)',
        fix: 'do without the chown in container app',
      },
    ],
    'of a database file without a path, by the only volume for data': [
      saying(
        'lvl=eror msg="Fail to initialize orm engine" error="Sqlstore::Migration failed err: attempt to write a readonly database"',
        writer(
          { ...mounting({ emptyDir: {} })[0], securityContext: { runAsUser: 472 } },
          mounting({ emptyDir: {} })[1],
        ),
      ),
      { object: 'Pod/app', problem: '(it runs as user 472 with no fsGroup on volume data at /data)', fix: 'fsGroup' },
    ],
    'of no path where there are several volumes for data': [
      saying(
        'Error: attempt to write a readonly database',
        writer(
          {
            securityContext: { runAsUser: 1000 },
            volumeMounts: [
              { name: 'a', mountPath: '/a' },
              { name: 'b', mountPath: '/b' },
            ],
          },
          {
            volumes: [
              { name: 'a', emptyDir: {} },
              { name: 'b', emptyDir: {} },
            ],
          },
        ),
      ),
      { object: 'Pod/app', problem: 'and the log names no path' },
    ],
    'of a setting of the kernel that only a privileged container may change': [
      saying("sysctl: error setting key '/proc/sys/vm.max_map_count', vm.max_map_count: Read-only file system"),
      {
        object: 'Pod/app',
        problem: 'containers[app].securityContext.privileged is not true',
        fix: 'set vm.max_map_count on the nodes',
      },
    ],
    'of the path that is refused, not of a frame of the trace': [
      aSnapshot({
        objects: [writer({ securityContext: { runAsUser: 1000 } })],
        logs: [
          aLog('app', [
            'Traceback (most recent call last):',
            '  File "/app/main.py", line 8, in <module>',
            "PermissionError: [Errno 13] Permission denied: '/app/logs/app.log'",
          ]),
        ],
      }),
      { object: 'Pod/app', problem: '(it runs as user 1000 and /app/logs/app.log is part of the image)' },
    ],
    'of a read-only root file system': [
      saying(
        "mkdir: can't create directory '/var/cache/': Read-only file system",
        writer({ securityContext: { readOnlyRootFilesystem: true } }),
      ),
      {
        object: 'Pod/app',
        problem: '(readOnlyRootFilesystem is true and no volume is mounted at /var/cache/)',
        certainty: 'message',
        evidence: ["mkdir: can't create directory '/var/cache/': Read-only file system"],
        fix: 'mount an emptyDir at /var/cache in container app',
      },
    ],
    'of a volume that belongs to somebody else': [
      saying(
        denied,
        writer(mounting({ emptyDir: {} })[0], {
          ...mounting({ emptyDir: {} })[1],
          securityContext: { runAsUser: 1000 },
        }),
      ),
      { object: 'Pod/app', problem: '(it runs as user 1000 with no fsGroup on volume data at /data)', fix: 'fsGroup' },
    ],
    'of a mount that is read-only': [
      saying(
        'open /data/out: read-only file system',
        writer(mounting({ emptyDir: {} }, { readOnly: true })[0], mounting({ emptyDir: {} })[1]),
      ),
      { object: 'Pod/app', problem: '(volume data is mounted readOnly at /data)', fix: 'remove readOnly' },
    ],
    'of a ConfigMap that cannot be written': [
      saying(
        "EROFS: read-only file system, open '/data/app.conf'",
        writer(mounting({ configMap: { name: 'app' } })[0], mounting({ configMap: { name: 'app' } })[1]),
      ),
      {
        object: 'Pod/app',
        problem: '(volume data at /data is read-only by its kind)',
        fix: 'copy /data/app.conf to an emptyDir',
      },
    ],
    'of a Secret that only root may read': [
      saying(
        "cat: can't open '/data/tls.key': Permission denied",
        writer(mounting({})[0], {
          ...mounting({ secret: { secretName: 'tls', defaultMode: 0o400 } })[1],
          securityContext: { runAsUser: 1000 },
        }),
      ),
      {
        object: 'Pod/app',
        problem: '(it runs as user 1000, and files of volume data at /data belong to root with mode 0400)',
        fix: 'defaultMode of the volume to 0440',
      },
    ],
    'of a file that bash may not write, which it calls like a program that may not be run': [
      saying(
        '/entrypoint.sh: line 37: /data/config.inc.php: Permission denied',
        writer(
          { ...mounting({ emptyDir: {} })[0], securityContext: { runAsUser: 1000 } },
          mounting({ emptyDir: {} })[1],
        ),
      ),
      { object: 'Pod/app', problem: '(it runs as user 1000 with no fsGroup on volume data at /data)' },
    ],
    'of the pipe of its log, opened by name': [
      saying('ERROR: failed to open error_log (/proc/self/fd/2): Permission denied (13)'),
      {
        object: 'Pod/app',
        problem: "(it runs as the image's user, and /proc/self/fd/2 is the pipe of its log, which belongs to root)",
        fix: 'without opening /proc/self/fd/2 by name',
      },
    ],
    'of what could not be made, where the program then misses it': [
      aSnapshot({
        objects: [writer({ securityContext: { readOnlyRootFilesystem: true } })],
        logs: [
          aLog('app', [
            "cp: can't create directory '/run/services': Read-only file system",
            's6-svscan: fatal: unable to chdir: No such file or directory',
          ]),
        ],
      }),
      {
        object: 'Pod/app',
        problem: '(readOnlyRootFilesystem is true and no volume is mounted at /run/services)',
        fix: 'mount an emptyDir at /run/services',
      },
    ],
    'of a file of the image': [
      saying('java.nio.file.AccessDeniedException: /opt/app/work'),
      { object: 'Pod/app', problem: "(it runs as the image's user and /opt/app/work is part of the image)" },
    ],
  },
});
