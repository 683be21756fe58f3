import { type PullFailure, parseImage, registryWords } from '../../../images.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { unreadySince } from '../../../pods.ts';
import { type PullSecretFault, pullSecretFault, refusedPulls } from '../../../pull-secrets.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { syncerEvidence } from '../../../syncers.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const imagePullSecretMissing = defineRule({
  id: 'image-pull-secret-missing',
  title: 'The pull secret does not exist or does not fit',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The pod names a Secret for its registry that cannot be used, so the pull is tried without credentials.',
  detection:
    'The registry refuses a pull, and a name in imagePullSecrets is known not to exist, is of another type than ' +
    'kubernetes.io/dockerconfigjson, lacks its key, or the pull was tried without credentials although a Secret is ' +
    'named: then it has no entry for the host. The event FailedToRetrieveImagePullSecret alone is no finding: public ' +
    'images are pulled all the same.',
  remedies: ['Name the Secret that is meant.', 'Create it from its source in this namespace.'],
  avoid: ['cloning a Secret from another namespace unattended'],

  check: (snapshot) =>
    refusedPulls(snapshot).flatMap((failure) => {
      const fault = pullSecretFault(snapshot, failure);
      return fault === undefined ? [] : [findingOf(snapshot, failure, fault)];
    }),
});

function findingOf(
  snapshot: Snapshot,
  failure: PullFailure,
  { secret, fault, instead, certainty }: PullSecretFault,
): Finding {
  const { pod, container, image, message, at, source } = failure;
  const { host } = parseImage(image);
  const event = snapshot.eventsAbout(pod).findLast(({ reason }) => reason === 'FailedToRetrieveImagePullSecret');
  return {
    subject: refOf(pod),
    container: container.name,
    problem: `cannot pull from ${host}: ${nameOf(secret)} in imagePullSecrets ${fault}${instead ? ` (${instead} does)` : ''}`,
    culprit: secret,
    certainty,
    evidence: [
      { object: refOf(pod), source, text: registryWords(message), at },
      ...(event && fault === 'does not exist'
        ? [{ object: refOf(pod), source: 'event' as const, text: event.message, at: event.at }]
        : [{ object: secret, source: 'recomputed' as const, text: `${nameOf(secret)} ${fault}` }]),
      ...syncerEvidence(snapshot, secret),
    ],
    since: unreadySince(pod),
    fixes: [
      ...rollbackAdvice(snapshot, pod, (changed) => changed.startsWith('imagePullSecrets')),
      ...fixesFor(host, secret.name, fault, instead),
    ],
    missingEvidence: certainty === 'message' ? [`the hosts in ${nameOf(secret)}: values of Secrets are not read`] : [],
    nextCheck:
      certainty === 'message' && fault !== 'does not exist'
        ? `kubectl get secret ${secret.name} -n ${secret.namespace} -o jsonpath='{.data.\\.dockerconfigjson}' | base64 -d | grep -oE '"[^"]+": *\\{' shows its hosts and no values`
        : undefined,
  };
}

function fixesFor(host: string, name: string, fault: string, instead: string | undefined): readonly Fix[] {
  const create: Fix = {
    advice: `kubectl create secret docker-registry ${name} --docker-server=${host} with the registry's account`,
    reason: `the pull of ${host} needs credentials`,
  };
  if (instead !== undefined) {
    return [{ advice: `set imagePullSecrets to ${instead}`, reason: `${instead} exists and differs little` }, create];
  }
  if (fault === 'does not exist') return [create];
  return [
    { advice: `replace Secret/${name} by one made with kubectl create secret docker-registry`, reason: `it ${fault}` },
  ];
}
