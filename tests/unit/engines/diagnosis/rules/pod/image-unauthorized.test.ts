import { imageUnauthorized } from '../../../../../../src/engines/diagnosis/rules/pod/image-unauthorized.ts';
import { aContainer, anObject, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const image = 'private.registry.test/library/busybox:1.36';
const refused = (words: string) =>
  `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${words}`;
const withoutToken = refused(
  'failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized',
);
const withToken = refused('failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized');
const aPull = (message: string, imagePullSecrets: readonly string[] = []) =>
  aPod('web', {
    spec: { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) },
    containers: [aContainer('app', { image, ...waiting('ErrImagePull', message) })],
  });
const aLogin = (type = 'kubernetes.io/dockerconfigjson') =>
  anObject('Secret', 'login', { type, data: { '.dockerconfigjson': '[REDACTED]' } });

testRule(imageUnauthorized, {
  silent: {
    'a registry that hides what exists': aSnapshot({
      objects: [
        aPull('pull access denied, repository does not exist or may require authorization: insufficient_scope'),
      ],
    }),
    'a rate limit': aSnapshot({ objects: [aPull('429 Too Many Requests - Server message: toomanyrequests: denied')] }),
    'a pull secret that does not exist': aSnapshot({ complete: ['Secret'], objects: [aPull(withoutToken, ['login'])] }),
    'a secret of the wrong type': aSnapshot({ objects: [aPull(withoutToken, ['login']), aLogin('Opaque')] }),
    'a secret without an entry for the host': aSnapshot({ objects: [aPull(withoutToken, ['login']), aLogin()] }),
    'a tag that does not exist': aSnapshot({ objects: [aPull(refused(`${image}: not found`))] }),
  },
  speaks: {
    'of a pod without credentials': [
      aSnapshot({ objects: [aPull(withoutToken)] }),
      {
        object: 'Pod/web',
        problem:
          'private.registry.test wants credentials (401 Unauthorized) and neither the pod nor its ServiceAccount has imagePullSecrets',
        certainty: 'declared',
        evidence: ['anonymous token'],
        fix: 'in imagePullSecrets of ServiceAccount/default',
      },
    ],
    'of a registry without tokens': [
      aSnapshot({
        objects: [
          aPull(
            refused(
              'pulling from host private.registry.test failed with status code [manifests 1.36]: 401 Unauthorized',
            ),
          ),
        ],
      }),
      { object: 'Pod/web', problem: 'wants credentials (401 Unauthorized)' },
    ],
    'of a registry that forbids': [
      aSnapshot({
        objects: [
          aPull(
            refused('pulling from host private.registry.test failed with status code [manifests 1.36]: 403 Forbidden'),
          ),
        ],
      }),
      { object: 'Pod/web', problem: 'denies access (403 Forbidden)' },
    ],
    'of a secret that is refused': [
      aSnapshot({ objects: [aPull(withToken, ['login']), aLogin()] }),
      {
        object: 'Pod/web',
        problem:
          'cannot pull from private.registry.test: it refuses the credentials of Secret/login (401 Unauthorized)',
        culprit: 'Secret/login',
        evidence: ['oauth token', 'of type kubernetes.io/dockerconfigjson'],
        fix: 'renew the credentials for private.registry.test in Secret/login',
      },
    ],
    'of a secret that was not read': [
      aSnapshot({ objects: [aPull(withToken, ['login'])] }),
      { object: 'Pod/web', problem: 'refuses the credentials of Secret/login' },
    ],
  },
});
