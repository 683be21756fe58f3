import { nearest } from '../../../../platform/nearest.ts';
import { type PullFailure, parseImage, registryWords } from '../../../images.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { specPath, unreadySince } from '../../../pods.ts';
import { pullSecretFault, pullSecretsOf, refusedPulls } from '../../../pull-secrets.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const imageRepoDeniedAmbiguous = defineRule({
  id: 'image-repo-denied-ambiguous',
  title: 'The image repository is private or does not exist',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The registry hides what exists from those who may not read it, so either the name is wrong or access is missing.',
  detection:
    'A pull fails with "repository does not exist or may require authorization", and no Secret that the pod names ' +
    'explains it. Containers that run from the same repository prove that it exists; repositories of the same ' +
    'registry with a similar name speak for a slip.',
  remedies: [
    'Compare the repository with its spelling in the registry.',
    'Give the pod an imagePullSecret that may read it.',
  ],
  avoid: ['taking one of the two for certain: the registry says the same for both', 'making the repository public'],

  check: (snapshot) =>
    refusedPulls(snapshot)
      .filter((failure) => failure.rule === 'image-repo-denied-ambiguous')
      .filter((failure) => pullSecretFault(snapshot, failure) === undefined)
      .map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: PullFailure): Finding {
  const { pod, container, image, message, at, source } = failure;
  const { host, repository } = parseImage(image);
  const running = runningRepositories(snapshot, host);
  const proof = running.get(repository);
  const near = proof === undefined ? nearest(repository, running.keys(), 1)[0] : undefined;
  const secrets = pullSecretsOf(failure);
  const offered = secrets.length === 0 ? 'the pod has no imagePullSecrets' : `imagePullSecrets ${secrets.join(', ')}`;
  const evidence = [
    { object: refOf(pod), source, text: registryWords(message), at },
    { object: refOf(pod), source: 'spec' as const, text: offered },
    ...(proof === undefined
      ? []
      : [{ object: refOf(pod), source: 'recomputed' as const, text: `${proof} runs an image of ${repository}` }]),
  ];
  return {
    subject: refOf(pod),
    container: container.name,
    problem:
      proof === undefined
        ? `cannot pull ${image}: ${host} has no repository ${repository}${near ? ` (${near} is running elsewhere)` : ''}, or it is private and ${offered}`
        : `cannot pull ${image}: the repository exists, ${proof} runs it, but access is denied and ${offered}`,
    certainty: 'message',
    evidence,
    since: unreadySince(pod),
    fixes: fixesOf(snapshot, failure, proof === undefined, near),
    missingEvidence: proof === undefined ? [`whether ${host} has the repository ${repository}`] : [],
    nextCheck: `look for ${repository} in ${host} with an account that may read it`,
  };
}

/** Repositories of a registry that containers run from, each with a workload that does. */
function runningRepositories(snapshot: Snapshot, registry: string): ReadonlyMap<string, string> {
  return new Map(
    snapshot.all('Pod').flatMap((pod) =>
      (pod.status?.containerStatuses ?? [])
        .filter(({ state }) => state?.running !== undefined)
        .map(({ name }) => parseImage(pod.spec?.containers?.find((each) => each.name === name)?.image ?? ''))
        .filter(({ host }) => host === registry)
        .map(({ repository }) => [repository, nameOf(workloadOf(snapshot, pod))] as const),
    ),
  );
}

function fixesOf(
  snapshot: Snapshot,
  { pod, container, image }: PullFailure,
  mayBeWrong: boolean,
  near: string | undefined,
): readonly Fix[] {
  const field = `${specPath(container)}.image`;
  const { host, repository } = parseImage(image);
  const spelling: Fix = {
    advice: near
      ? `set ${field} to the repository ${near}, if that is meant`
      : `check ${repository} in ${field} against the registry`,
    reason: near ? 'it differs little and runs elsewhere' : 'the registry denies names that do not exist',
  };
  const access: Fix = {
    advice: `add a Secret of type kubernetes.io/dockerconfigjson for ${host} to spec.imagePullSecrets or to the ServiceAccount`,
    reason: mayBeWrong ? 'if the repository is private' : 'the repository exists, so it must be private',
  };
  const back = rollbackAdvice(snapshot, pod, (changed) => changed === field);
  return [...back, ...(mayBeWrong ? [spelling] : []), access];
}
