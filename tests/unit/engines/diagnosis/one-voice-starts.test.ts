import { describe, expect, it } from 'vitest';
import { rules } from '../../../../src/engines/diagnosis/rules/index.ts';
import type { Snapshot } from '../../../../src/engines/snapshot.ts';
import { aContainer, aDeployment, anEvent, anObject, aPod, aSnapshot, waiting } from '../../../support/builders.ts';

/** Rules that speak of a snapshot of one fault, with those that abstain out loud last, as a diagnosis runs them. */
function speaking(snapshot: Snapshot): readonly string[] {
  const first = rules
    .filter(({ last }) => last !== true)
    .flatMap((rule) => rule.check(snapshot, []).map((finding) => ({ ...finding, rule })));
  const last = rules
    .filter(({ last: late }) => late === true)
    .flatMap((rule) => rule.check(snapshot, first).map(() => rule.id));
  return [...first.map(({ rule }) => rule.id), ...last];
}

const complete = ['ConfigMap', 'Secret', 'ServiceAccount', 'Service', 'EndpointSlice'];
const image = 'registry.test/team/api:1.0';
const config = anObject('ConfigMap', 'api', { data: { B: '' } });
const stuck = (reason: string, message: string, spec: object = {}) =>
  aSnapshot({
    complete,
    objects: [
      config,
      aPod('web', { spec: { ...spec }, containers: [aContainer('app', { image, ...waiting(reason, message) })] }),
    ],
  });
const pull = (words: string, spec: object = {}) =>
  stuck(
    'ImagePullBackOff',
    `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${words}`,
    spec,
  );
const request = 'failed to do request: Head "https://registry.test/v2/team/api/manifests/1.0"';
const unauthorized = 'failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized';
const start = (words: string) =>
  stuck('RunContainerError', `failed to create containerd task: unable to start container process: ${words}: unknown`);

const creating = aPod('web', { containers: [aContainer('app', waiting('ContainerCreating'))] });
const complaining = (reason: string, message: string) =>
  aSnapshot({
    complete,
    objects: [
      {
        ...creating,
        spec: {
          ...creating.spec,
          volumes: [{ name: 'v', secret: { secretName: 'tls', items: [{ key: 'a', path: 'a' }] } }],
        },
      } as typeof creating,
      anEvent(creating, reason, message),
    ],
  });
const refusing = (words: string) => {
  const { deployment, replicaSet } = aDeployment('api', { replicas: 0, spec: { replicas: 1 } });
  const lacking = { ...replicaSet, spec: { ...replicaSet.spec, replicas: 1 }, status: { replicas: 0 } };
  return aSnapshot({
    complete,
    objects: [
      deployment,
      lacking,
      anEvent(lacking, 'FailedCreate', `Error creating: pods "api-5d8f-" is forbidden: ${words}`),
    ],
  });
};

describe('one fault of a start has one voice', () => {
  it.each<[string, string, Snapshot]>([
    ['a tag that is missing', 'image-tag-not-found', pull(`${image}: not found`)],
    [
      'a denied repository',
      'image-repo-denied-ambiguous',
      pull(
        'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      ),
    ],
    ['a pull without credentials', 'image-unauthorized', pull(unauthorized)],
    [
      'a pull secret that is missing',
      'image-pull-secret-missing',
      pull(unauthorized, { imagePullSecrets: [{ name: 'login' }] }),
    ],
    [
      'a rate limit',
      'image-rate-limited',
      pull('unexpected status code https://registry.test/x: 429 Too Many Requests'),
    ],
    [
      'an unknown registry',
      'image-registry-dns',
      pull(`${request}: dial tcp: lookup registry.test on 10.0.0.1:53: no such host`),
    ],
    [
      'a refused connection',
      'image-registry-unreachable',
      pull(`${request}: dial tcp 10.0.0.9:443: connect: connection refused`),
    ],
    [
      'an untrusted certificate',
      'image-registry-tls',
      pull(`${request}: x509: certificate signed by unknown authority`),
    ],
    ['another architecture', 'image-arch-mismatch', pull('no match for platform in manifest: not found')],
    ['a bad reference', 'image-reference-invalid', stuck('InvalidImageName', "couldn't parse image name")],
    [
      'a policy Never',
      'image-reference-invalid',
      stuck('ErrImageNeverPull', 'Container image "x" is not present with pull policy of Never'),
    ],
    [
      'a missing ConfigMap',
      'config-object-missing',
      stuck('CreateContainerConfigError', 'configmap "api-config" not found'),
    ],
    [
      'a missing key',
      'config-key-missing',
      stuck('CreateContainerConfigError', "couldn't find key A in ConfigMap shop/api"),
    ],
    [
      'a volume without its Secret',
      'config-object-missing',
      complaining('FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "tls" not found'),
    ],
    [
      'a root image',
      'container-security-rejected',
      stuck('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
    ],
    [
      'a subPath that cannot be made',
      'container-mount-conflict',
      stuck('CreateContainerConfigError', 'failed to prepare subPath for volumeMount "v" of container "app"'),
    ],
    ['a missing program', 'container-command-not-found', start('exec: "slep": executable file not found in $PATH')],
    ['a program without execute bit', 'container-exec-permission', start('exec: "/run.sh": permission denied')],
    [
      'a directory over a file',
      'container-mount-conflict',
      start('error mounting "/v" to rootfs at "/etc/x": not a directory'),
    ],
    [
      'a missing ServiceAccount',
      'reference-object-missing',
      refusing('error looking up service account shop/runner: serviceaccount "runner" not found'),
    ],
    ['a missing PriorityClass', 'reference-object-missing', refusing('no PriorityClass with name hihg was found')],
    [
      'an image with white space',
      'image-reference-invalid',
      refusing(
        'spec.containers[0].image: Invalid value: "busybox:1.36 ": must not have leading or trailing whitespace',
      ),
    ],
  ])('%s: %s', (_, rule, snapshot) => {
    expect(speaking(snapshot)).toEqual([rule]);
  });
});
