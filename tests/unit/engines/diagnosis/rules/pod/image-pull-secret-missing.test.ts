import { imagePullSecretMissing } from '../../../../../../src/engines/diagnosis/rules/pod/image-pull-secret-missing.ts';
import { aContainer, anEvent, anObject, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const image = 'private.registry.test/library/busybox:1.36';
const refused = (words: string) =>
  `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to resolve ` +
  `reference "${image}": failed to authorize: ${words}: unexpected status: 401 Unauthorized`;
const anonymous = refused('failed to fetch anonymous token');
const aPull = (message = anonymous, secret: string | null = 'registry-login') =>
  aPod('web', {
    spec: { imagePullSecrets: secret === null ? [] : [{ name: secret }] },
    containers: [aContainer('app', { image, ...waiting('ImagePullBackOff', message) })],
  });
const unretrieved = anEvent(
  aPod('web'),
  'FailedToRetrieveImagePullSecret',
  'Unable to retrieve some image pull secrets (registry-login); attempting to pull the image may not succeed.',
);
const aLogin = (name: string, fields = {}) =>
  anObject('Secret', name, { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '' }, ...fields });

testRule(imagePullSecretMissing, {
  silent: {
    'a missing secret of a pod whose image is public': aSnapshot({
      complete: ['Secret'],
      objects: [aPod('web', { spec: { imagePullSecrets: [{ name: 'registry-login' }] } }), unretrieved],
    }),
    'a pod without pull secrets': aSnapshot({ complete: ['Secret'], objects: [aPull(anonymous, null)] }),
    'a secret whose credentials were tried': aSnapshot({
      objects: [aPull(refused('failed to fetch oauth token')), aLogin('registry-login')],
    }),
    'a registry that is down': aSnapshot({
      complete: ['Secret'],
      objects: [aPull('dial tcp 172.30.0.2:443: connect: connection refused')],
    }),
    'a missing secret beside a tag that does not exist': aSnapshot({
      complete: ['Secret'],
      objects: [aPull(`${image}: not found`)],
    }),
  },
  speaks: {
    'of a secret that does not exist, with the nearest': [
      aSnapshot({ complete: ['Secret'], objects: [aPull(), unretrieved, aLogin('registry-logins')] }),
      {
        object: 'Pod/web',
        problem:
          'cannot pull from private.registry.test: Secret/registry-login in imagePullSecrets does not exist (registry-logins does)',
        culprit: 'Secret/registry-login',
        certainty: 'recomputed',
        evidence: ['Unable to retrieve some image pull secrets (registry-login)'],
        fix: 'set imagePullSecrets to registry-logins',
      },
    ],
    'from the event alone when secrets were not read': [
      aSnapshot({ objects: [aPull(), unretrieved] }),
      { object: 'Pod/web', problem: 'Secret/registry-login in imagePullSecrets does not exist', certainty: 'message' },
    ],
    'of a secret of another type': [
      aSnapshot({ objects: [aPull(), aLogin('registry-login', { type: 'Opaque', data: { username: '' } })] }),
      {
        object: 'Pod/web',
        problem: 'is of type Opaque instead of kubernetes.io/dockerconfigjson',
        certainty: 'declared',
      },
    ],
    'of a secret without its key': [
      aSnapshot({ objects: [aPull(), aLogin('registry-login', { data: { config: '' } })] }),
      { object: 'Pod/web', problem: 'Secret/registry-login in imagePullSecrets has no key .dockerconfigjson' },
    ],
    'of a secret for other hosts, because the pull was tried without credentials': [
      aSnapshot({ objects: [aPull(), aLogin('registry-login')] }),
      {
        object: 'Pod/web',
        problem: 'Secret/registry-login in imagePullSecrets has no entry for private.registry.test',
        certainty: 'message',
      },
    ],
    'with the object that should make the secret': [
      aSnapshot({
        complete: ['Secret'],
        objects: [
          aPull(),
          anObject('ExternalSecret' as 'Secret', 'login', {
            spec: { target: { name: 'registry-login' } },
            status: {
              conditions: [
                { type: 'Ready', status: 'False', reason: 'SecretSyncedError', message: 'could not get secret data' },
              ],
            },
          }),
        ],
      }),
      {
        object: 'Pod/web',
        evidence: ['ExternalSecret/login makes Secret/registry-login: SecretSyncedError could not get secret data'],
      },
    ],
  },
});
