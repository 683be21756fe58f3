import { containerCommandNotFound } from '../../../../../../src/engines/diagnosis/rules/pod/container-command-not-found.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const refused = (words: string) =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${words}: unknown`;
const startError = (words: string, more = {}) =>
  aPod('web', {
    containers: [
      aContainer('app', { ...crashed({ exitCode: 128, reason: 'StartError', message: refused(words) }), ...more }),
    ],
  });
const died = (exitCode: number, more = {}, spec = {}) =>
  aPod('web', { spec, containers: [aContainer('app', { ...crashed({ exitCode, reason: 'Error' }), ...more })] });
const logging = (...lines: readonly string[]) => [aLog('web', lines)];

const mounted = { volumeMounts: [{ name: 'scripts', mountPath: '/s' }] };
const volumes = { volumes: [{ name: 'scripts', configMap: { name: 'scripts', defaultMode: 0o755 } }] };
const aScript = (name: string, text: string) => anObject('ConfigMap', 'scripts', { data: { [name]: text } });

testRule(containerCommandNotFound, {
  silent: {
    'a program that may not be executed': aSnapshot({
      objects: [startError('exec: "/scripts/start.sh": permission denied')],
    }),
    'a mount that does not fit': aSnapshot({
      objects: [
        startError(
          'error during container init: error mounting "/x" to rootfs at "/etc/app": no such file or directory',
        ),
      ],
    }),
    'a seccomp profile that is missing': aSnapshot({
      objects: [
        aPod('web', {
          containers: [
            aContainer(
              'app',
              waiting(
                'CreateContainerError',
                'failed to create containerd container: cannot load seccomp profile "/p.json": open /p.json: no such file or directory',
              ),
            ),
          ],
        }),
      ],
    }),
    'a start that ran out of memory': aSnapshot({
      objects: [startError('container init was OOM-killed (memory limit too low?)')],
    }),
    'an application that misses a file of its own': aSnapshot({
      objects: [died(1)],
      logs: logging('FileNotFoundError: [Errno 2] No such file or directory: /data/model.bin'),
    }),
    'a container that recovered': aSnapshot({ objects: [aPod('web')], logs: logging('sh: srever: not found') }),
    'a job that finished with 127 long ago': aSnapshot({
      objects: [
        aPod('web', { status: { phase: 'Succeeded' }, containers: [aContainer('app', crashed({ exitCode: 127 }))] }),
      ],
    }),
  },
  speaks: {
    'of an init container by what it is': [
      aSnapshot({ objects: [startError('exec: "wge": executable file not found in $PATH', { init: true })] }),
      {
        object: 'Pod/web',
        problem: 'cannot start its init container app: wge is not in $PATH',
        fix: 'correct initContainers[app].command and args',
      },
    ],
    'of a variable that nobody puts in': [
      aSnapshot({
        objects: [startError('exec: "$APP_BIN": executable file not found in $PATH', { command: ['$APP_BIN'] })],
      }),
      { object: 'Pod/web', fix: 'write $(APP_BIN) instead of $APP_BIN' },
    ],
    'of a whole line as one word': [
      aSnapshot({
        objects: [
          startError('exec: "/bin/sh -c echo": stat /bin/sh -c echo: no such file or directory', {
            command: ['/bin/sh -c echo'],
          }),
        ],
      }),
      { object: 'Pod/web', fix: 'write each word of containers[app].command as an item of its own' },
    ],
    'of a program that is not in the path': [
      aSnapshot({
        objects: [startError('exec: "slep": executable file not found in $PATH', { command: ['slep', '1d'] })],
      }),
      {
        object: 'Pod/web',
        problem: 'cannot start: slep is not in $PATH of registry.example/app:1.0',
        certainty: 'declared',
        evidence: ['exec: "slep": executable file not found in $PATH', 'command ["slep","1d"]'],
      },
    ],
    'of a path that does not exist': [
      aSnapshot({ objects: [startError('exec: "/app/server": stat /app/server: no such file or directory')] }),
      { object: 'Pod/web', problem: '/app/server does not exist in registry.example/app:1.0' },
    ],
    'between two attempts': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer(
                'app',
                waiting('RunContainerError', refused('exec: "slep": executable file not found in $PATH')),
              ),
            ],
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'slep is not in $PATH' },
    ],
    'with the volume that hides the program': [
      aSnapshot({
        objects: [
          startError('exec: "sleep": executable file not found in $PATH', {
            volumeMounts: [{ name: 'cache', mountPath: '/bin' }],
          }),
        ],
      }),
      { object: 'Pod/web', problem: '(volume cache is mounted over /bin)', fix: 'mount volume cache elsewhere' },
    ],
    'of a command of a shell': [
      aSnapshot({ objects: [died(127)], logs: logging('sh: exec: line 0: srever: not found') }),
      { object: 'Pod/web', problem: 'srever does not exist in', evidence: ['srever: not found'] },
    ],
    'from the exit code alone, with less certainty': [
      aSnapshot({ objects: [died(127)], logs: logging('unable to retrieve container logs for containerd://b3f9') }),
      { object: 'Pod/web', problem: 'was not found (exit code 127)', certainty: 'inferred' },
    ],
    'of Windows line ends': [
      aSnapshot({
        objects: [died(1, mounted, volumes), aScript('crlf.sh', '#!/bin/sh\r\nsleep 1d\r\n')],
        logs: logging('exec /s/crlf.sh: no such file or directory'),
      }),
      {
        object: 'Pod/web',
        problem: 'the lines of /s/crlf.sh end with CR (Windows)',
        fix: 'save /s/crlf.sh with Unix line ends (LF)',
      },
    ],
    'of an interpreter that is missing': [
      aSnapshot({
        objects: [died(1, mounted, volumes), aScript('run.sh', '#!/bin/bash\nsleep 1d\n')],
        logs: logging('exec /s/run.sh: no such file or directory'),
      }),
      {
        object: 'Pod/web',
        problem: '/bin/bash, which /s/run.sh asks for, does not exist in',
        fix: 'name an interpreter that is in the image',
      },
    ],
    'of a script without a first line': [
      aSnapshot({
        objects: [died(1, mounted, volumes), aScript('run', 'sleep 1d\n')],
        logs: logging('exec /s/run: exec format error'),
      }),
      { object: 'Pod/web', problem: '/s/run has no #! line', fix: 'begin /s/run with #!/bin/sh' },
    ],
    'of a script that is part of the image': [
      aSnapshot({ objects: [died(1)], logs: logging('exec /entrypoint.sh: no such file or directory') }),
      { object: 'Pod/web', problem: '/entrypoint.sh or the interpreter in its first line does not exist', fix: 'CR' },
    ],
    'of a script that the shell cannot open': [
      aSnapshot({ objects: [died(2)], logs: logging("sh: can't open '/s/none.sh': No such file or directory") }),
      { object: 'Pod/web', problem: '/s/none.sh does not exist in' },
    ],
    'of a module': [
      aSnapshot({
        objects: [died(1)],
        logs: logging(
          'node:internal/modules/cjs/loader:1143',
          '  throw err;',
          '',
          "Error: Cannot find module '/app/server.js'",
          '    at Module._resolveFilename',
        ),
      }),
      { object: 'Pod/web', problem: 'the module /app/server.js is not in' },
    ],
    'of a shared library': [
      aSnapshot({
        objects: [died(127)],
        logs: logging(
          '/app/server: error while loading shared libraries: libssl.so.1.1: cannot open shared object file: No such file or directory',
        ),
      }),
      { object: 'Pod/web', problem: 'the shared library libssl.so.1.1 is not in' },
    ],
    'of a main class': [
      aSnapshot({ objects: [died(1)], logs: logging('Error: Could not find or load main class com.example.Main') }),
      { object: 'Pod/web', problem: 'the main class com.example.Main is not in' },
    ],
  },
});
