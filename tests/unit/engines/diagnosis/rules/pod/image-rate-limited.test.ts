import { imageRateLimited } from '../../../../../../src/engines/diagnosis/rules/pod/image-rate-limited.ts';
import { aContainer, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const limited = (words: string) =>
  'Back-off pulling image "limited.registry.test/library/busybox:1.36": ErrImagePull: failed to pull and unpack image ' +
  '"limited.registry.test/library/busybox:1.36": failed to copy: httpReadSeeker: failed open: unexpected status code ' +
  'https://limited.registry.test/v2/library/busybox/manifests/sha256:6a932ef87301b5aa8923862178cf83871d29abeaabc740b2fa116bf649c0144c: ' +
  `429 Too Many Requests - Server message: toomanyrequests: ${words}`;
const anonymous = limited(
  'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
);
const aPull = (name: string, message: string, image = 'limited.registry.test/library/busybox:1.36', spec = {}) =>
  aPod(name, { spec, containers: [aContainer('app', { image, ...waiting('ImagePullBackOff', message) })] });

testRule(imageRateLimited, {
  silent: {
    'a refusal of credentials': aSnapshot({ objects: [aPull('web', 'unexpected status: 401 Unauthorized')] }),
    'a registry that is overloaded': aSnapshot({
      objects: [aPull('web', 'failed with status code [manifests 1.36]: 503 Service Unavailable')],
    }),
    'a digest that contains 429': aSnapshot({
      objects: [aPull('web', 'limited.registry.test/app@sha256:1429ab: not found')],
    }),
  },
  speaks: {
    'of anonymous pulls': [
      aSnapshot({ objects: [aPull('web', anonymous)] }),
      {
        object: 'Pod/web',
        problem:
          'cannot pull limited.registry.test/library/busybox:1.36: limited.registry.test refuses more anonymous pulls (429 Too Many Requests)',
        culprit: 'Registry/limited.registry.test',
        certainty: 'declared',
        evidence: ['unauthenticated pull rate limit', '1 pod waits for limited.registry.test; imagePullSecrets (none)'],
      },
    ],
    'alike of several images, so that they are one cause': [
      aSnapshot({
        objects: [aPull('web', anonymous), aPull('api', anonymous, 'limited.registry.test/team/api:2')],
      }),
      { object: 'Pod/web', problem: 'cannot pull images from limited.registry.test', evidence: ['2 pods wait'] },
      { object: 'Pod/api', problem: 'cannot pull images from limited.registry.test' },
    ],
    'of an account': [
      aSnapshot({
        objects: [
          aPull('web', limited('You have reached your pull rate limit.'), undefined, {
            imagePullSecrets: [{ name: 'hub' }],
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'refuses more pulls (429', fix: 'raise the plan of the account' },
    ],
  },
});
