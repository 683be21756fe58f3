import { containerSecurityRejected } from '../../../../../../src/engines/diagnosis/rules/pod/container-security-rejected.ts';
import {
  aContainer,
  aDeployment,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const refusedIn = (message: string, { spec = {}, more = {}, reason = 'CreateContainerConfigError' } = {}) =>
  aPod('web', { spec, containers: [aContainer('app', { ...more, ...waiting(reason, message) })] });
const asRoot =
  'container has runAsNonRoot and image will run as root (pod: "web_shop(17197488-6526-4e48-87f0-9e428c624a26)", container: app)';
const { deployment, replicaSet } = aDeployment('api', { replicas: 0 });
const rejected = (name: string, creationTimestamp: string) =>
  aPod(name, {
    metadata: { ...ownedBy(replicaSet), creationTimestamp },
    containers: [aContainer('app', waiting('ContainerCreating'))],
    status: {
      phase: 'Failed',
      reason: 'AppArmor',
      message: 'Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host',
    },
  });

testRule(containerSecurityRejected, {
  silent: {
    'a ConfigMap that is missing': aSnapshot({ objects: [refusedIn('configmap "api-config" not found')] }),
    'a program that does not exist': aSnapshot({
      objects: [
        refusedIn('unable to start container process: exec: "x": executable file not found in $PATH', {
          reason: 'RunContainerError',
        }),
      ],
    }),
    'rejected pods that were replaced by a ready one': aSnapshot({
      objects: [deployment, replicaSet, rejected('a', minutesAgo(1)), aPod('b', { metadata: ownedBy(replicaSet) })],
    }),
    'a rejected pod of long ago': aSnapshot({ objects: [deployment, replicaSet, rejected('a', minutesAgo(30))] }),
  },
  speaks: {
    'of an image that runs as root, without the uid of the pod': [
      aSnapshot({ objects: [refusedIn(asRoot, { spec: { securityContext: { runAsNonRoot: true } } })] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: securityContext.runAsNonRoot is true and registry.example/app:1.0 runs as root',
        certainty: 'declared',
        fix: 'set containers[app].securityContext.runAsUser',
      },
    ],
    'of a user that is a name': [
      aSnapshot({
        objects: [
          refusedIn(
            'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "web_shop(1b6e)", container: app)',
            { more: { securityContext: { runAsNonRoot: true } } },
          ),
        ],
      }),
      {
        object: 'Pod/web',
        problem:
          'containers[app].securityContext.runAsNonRoot is true and registry.example/app:1.0 names its user ("app") instead of a number',
      },
    ],
    'of a user that is root': [
      aSnapshot({
        objects: [
          refusedIn('container\'s runAsUser breaks non-root policy (pod: "web_shop(774d)", container: app)', {
            more: { securityContext: { runAsNonRoot: true, runAsUser: 0 } },
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'containers[app].securityContext.runAsUser is 0' },
    ],
    'of a seccomp profile': [
      aSnapshot({
        objects: [
          refusedIn(
            'failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/none.json": open /var/lib/kubelet/seccomp/profiles/none.json: no such file or directory',
            {
              reason: 'CreateContainerError',
              more: {
                securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/none.json' } },
              },
            },
          ),
        ],
      }),
      {
        object: 'Pod/web',
        problem:
          'the seccomp profile profiles/none.json of containers[app].securityContext.seccompProfile is not on the node',
        evidence: ['cannot load seccomp profile'],
      },
    ],
    'of an AppArmor profile': [
      aSnapshot({
        objects: [
          refusedIn('failed to create containerd container: apparmor profile not found k8s-none', {
            reason: 'CreateContainerError',
            spec: { securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'k8s-none' } } },
          }),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'the AppArmor profile k8s-none of securityContext.appArmorProfile cannot be applied',
      },
    ],
    'once of pods that the node rejects': [
      aSnapshot({ objects: [deployment, replicaSet, rejected('a', minutesAgo(2)), rejected('b', minutesAgo(1))] }),
      {
        object: 'Pod/b',
        problem: 'the node rejects its pods: Cannot enforce AppArmor: AppArmor is not enabled on the host',
        evidence: ['2 pods were rejected'],
      },
    ],
  },
});
