import { containerExecPermission } from '../../../../../../src/engines/diagnosis/rules/pod/container-exec-permission.ts';
import { aContainer, aLog, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const refused = (words: string) =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${words}: unknown`;
const startError = (words: string, spec = {}, more = {}) =>
  aPod('web', {
    spec,
    containers: [
      aContainer('app', { ...crashed({ exitCode: 128, reason: 'StartError', message: refused(words) }), ...more }),
    ],
  });
const died = (exitCode: number, spec = {}, more = {}) =>
  aPod('web', { spec, containers: [aContainer('app', { ...crashed({ exitCode, reason: 'Error' }), ...more })] });
const mounted = { volumeMounts: [{ name: 'scripts', mountPath: '/s' }] };
const volume = (defaultMode?: number) => ({
  volumes: [{ name: 'scripts', configMap: { name: 'scripts', defaultMode } }],
});

testRule(containerExecPermission, {
  silent: {
    'a program that does not exist': aSnapshot({
      objects: [startError('exec: "slep": executable file not found in $PATH')],
    }),
    'an application that may not write a file': aSnapshot({
      objects: [died(1)],
      logs: [aLog('web', ["PermissionError: [Errno 13] Permission denied: '/data/db'"])],
    }),
    'a running container': aSnapshot({ objects: [aPod('web')] }),
  },
  speaks: {
    'with the volume and its mode': [
      aSnapshot({ objects: [startError('exec: "/s/start.sh": permission denied', volume(0o644), mounted)] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: /s/start.sh may not be executed (volume scripts, mode 0644)',
        certainty: 'declared',
        evidence: ['exec: "/s/start.sh": permission denied'],
        fix: 'set volumes[scripts].configMap.defaultMode to 0755',
      },
    ],
    'with the mode that the API server would fill in': [
      aSnapshot({ objects: [startError('exec: "/s/start.sh": permission denied', volume(), mounted)] }),
      { object: 'Pod/web', problem: '(volume scripts, mode 0644)' },
    ],
    'of a file of the image': [
      aSnapshot({ objects: [startError('exec: "/entrypoint.sh": permission denied')] }),
      { object: 'Pod/web', problem: '/entrypoint.sh may not be executed', fix: 'chmod 0755' },
    ],
    'of a shell that exits with 126': [
      aSnapshot({
        objects: [died(126, volume(0o644), mounted)],
        logs: [aLog('web', ['sh: /s/run.sh: Permission denied'])],
      }),
      { object: 'Pod/web', problem: '/s/run.sh may not be executed (volume scripts, mode 0644)' },
    ],
    'of a script that its user may not read': [
      aSnapshot({
        objects: [died(2, { ...volume(0o700), securityContext: { runAsUser: 1000 } }, mounted)],
        logs: [aLog('web', ["/bin/sh: can't open '/s/run.sh': Permission denied"])],
      }),
      {
        object: 'Pod/web',
        problem: '/s/run.sh may not be executed (volume scripts, mode 0700)',
        evidence: ['runAsUser 1000'],
      },
    ],
    'from the exit code alone, with less certainty': [
      aSnapshot({ objects: [died(126)] }),
      { object: 'Pod/web', problem: 'a command may not be executed (exit code 126)', certainty: 'inferred' },
    ],
  },
});
