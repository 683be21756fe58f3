import { crashAppError } from '../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import { aContainer, aLog, aPod, aSnapshot, crashed } from '../../../support/builders.ts';
import { testRule } from '../../../support/rule-tester.ts';

const log = (...lines: string[]) => [aLog('api', lines)];
const dies = (spec: object = {}, pod = {}) =>
  aPod('api', {
    spec: pod,
    containers: [aContainer('app', { ...crashed({ exitCode: 1, reason: 'Error' }), ...spec })],
  });
const first = log('s6-overlay-suexec: fatal: can only run as pid 1');
const mounted = { volumeMounts: [{ name: 'conf', mountPath: '/config' }] };

testRule(crashAppError, {
  silent: {},
  speaks: {
    'of process namespaces that are shared, where a program has to be process 1': [
      aSnapshot({ objects: [dies({}, { shareProcessNamespace: true })], logs: first }),
      {
        object: 'Pod/api',
        problem: '(shareProcessNamespace is true, so process 1 is the pause process of the pod)',
        fix: 'remove shareProcessNamespace from the pod template',
      },
    ],
    'of a shell above such a program': [
      aSnapshot({ objects: [dies({ command: ['/bin/sh', '-c', '/init'] })], logs: first }),
      { object: 'Pod/api', problem: 'runs it below /bin/sh', fix: 'start the program with exec' },
    ],
    'of nothing in the pod where it could be process 1': [
      aSnapshot({ objects: [dies()], logs: first }),
      { object: 'Pod/api', problem: 'exit code 1: can only run as pid 1' },
    ],
    'of a file that others may write to, where only its owner may': [
      aSnapshot({
        objects: [dies(mounted, { volumes: [{ name: 'conf', configMap: { name: 'beat', defaultMode: 0o664 } }] })],
        logs: log(
          'Exiting: error loading config file: config file ("/config/beat.yml") can only be writable by the owner but the permissions are "-rw-rw-r--"',
        ),
      }),
      { object: 'Pod/api', problem: 'gives /config/beat.yml the mode 0664', evidence: ['has defaultMode 0664'] },
    ],
    'of an emptyDir that nobody fills, whatever a missing file is called': [
      aSnapshot({
        objects: [dies(mounted, { volumes: [{ name: 'conf', emptyDir: {} }] })],
        logs: log("[critical] error initializing config '/config/envoy.json': Invalid path: /config/envoy.json"),
      }),
      { object: 'Pod/api', problem: 'is an emptyDir that no other container mounts' },
    ],
    'of the file that is not there, not of a path that it went on without': [
      aSnapshot({
        objects: [dies()],
        logs: log(
          "chmod: changing permissions of '/var/run/postgresql': Operation not permitted",
          'postgres: could not access the server configuration file "/data/postgresql.conf": No such file or directory',
        ),
      }),
      { object: 'Pod/api', problem: 'could not access the server configuration file' },
    ],
  },
});
