import { imageRepoDeniedAmbiguous } from '../../../../../../src/engines/diagnosis/rules/pod/image-repo-denied-ambiguous.ts';
import { aContainer, aDeployment, anObject, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const denied =
  'Back-off pulling image "team/aip:1.0": ErrImagePull: failed to pull and unpack image "docker.io/team/aip:1.0": ' +
  'failed to resolve reference "docker.io/team/aip:1.0": pull access denied, repository does not exist or may require ' +
  'authorization: server message: insufficient_scope: authorization failed';
const pulling = (message: string, image = 'team/aip:1.0') =>
  aContainer('app', { image, ...waiting('ImagePullBackOff', message) });
const aPull = (spec = {}) => aPod('web', { spec, containers: [pulling(denied)] });
const running = (image: string) => aDeployment('other', { pod: { containers: [aContainer('app', { image })] } }).all;

testRule(imageRepoDeniedAmbiguous, {
  silent: {
    'a plain refusal of credentials': aSnapshot({
      objects: [
        aPod('web', {
          containers: [
            pulling('failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized'),
          ],
        }),
      ],
    }),
    'a tag that does not exist': aSnapshot({
      objects: [aPod('web', { containers: [pulling('docker.io/team/aip:1.0: not found')] })],
    }),
    'a pull secret that is known not to exist': aSnapshot({
      complete: ['Secret'],
      objects: [aPull({ imagePullSecrets: [{ name: 'hub' }] })],
    }),
    'a running container': aSnapshot({ objects: running('team/aip:1.0') }),
  },
  speaks: {
    'with both hypotheses': [
      aSnapshot({ objects: [aPull()] }),
      {
        object: 'Pod/web',
        problem:
          'cannot pull team/aip:1.0: docker.io has no repository team/aip, or it is private and the pod has no imagePullSecrets',
        certainty: 'message',
        evidence: ['insufficient_scope'],
        fix: 'if the repository is private',
      },
    ],
    'with a similar repository that runs': [
      aSnapshot({ objects: [aPull(), ...running('team/api:1.0')] }),
      {
        object: 'Pod/web',
        problem: 'has no repository team/aip (team/api is running elsewhere)',
        fix: 'set containers[app].image to the repository team/api',
      },
    ],
    'without the doubt when another workload runs the repository': [
      aSnapshot({ objects: [aPull(), ...running('team/aip:0.9')] }),
      {
        object: 'Pod/web',
        problem:
          'the repository exists, Deployment/other runs it, but access is denied and the pod has no imagePullSecrets',
        fix: 'so it must be private',
      },
    ],
    'with the secret that did not help': [
      aSnapshot({
        objects: [
          aPull({ imagePullSecrets: [{ name: 'hub' }] }),
          anObject('Secret', 'hub', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '' } }),
        ],
      }),
      { object: 'Pod/web', problem: 'or it is private and imagePullSecrets hub' },
    ],
  },
});
