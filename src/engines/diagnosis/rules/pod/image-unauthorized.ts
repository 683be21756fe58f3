import { type PullFailure, parseImage, registryWords } from '../../../images.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { serviceAccountOf, specPath, unreadySince } from '../../../pods.ts';
import { pullSecretFault, pullSecretsOf, refusedPulls } from '../../../pull-secrets.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const imageUnauthorized = defineRule({
  id: 'image-unauthorized',
  title: 'The registry refuses the credentials',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The registry wants credentials for the image, and the pod has none or they are wrong or have expired.',
  detection:
    'A pull fails with 401, 403, "unauthorized", "denied" or "failed to authorize", and the Secrets that the pod names ' +
    'exist and have the right type. A pod without imagePullSecrets is told from one whose Secret is refused.',
  remedies: [
    'Renew the Secret that the pod names, or name one that may read the image.',
    'For registries of a cloud, check the credential provider of the node.',
  ],
  avoid: ['copying credentials between namespaces unattended', 'making the repository public'],

  check: (snapshot) =>
    refusedPulls(snapshot)
      .filter((failure) => failure.rule === 'image-unauthorized')
      .filter((failure) => pullSecretFault(snapshot, failure) === undefined)
      .map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: PullFailure): Finding {
  const { pod, container, image, message, at, source } = failure;
  const { host } = parseImage(image);
  const secrets = pullSecretsOf(failure);
  const [first] = secrets;
  const forbidden = /\b403\b|forbidden/i.test(message);
  const answer = forbidden ? '403 Forbidden' : '401 Unauthorized';
  const names = secrets.map((name) => `Secret/${name}`).join(', ');
  const field = `${specPath(container)}.image`;
  return {
    subject: refOf(pod),
    container: container.name,
    problem:
      first === undefined
        ? `cannot pull ${image}: ${host} ${forbidden ? 'denies access' : 'wants credentials'} (${answer}) and neither the pod nor its ServiceAccount has imagePullSecrets`
        : `cannot pull from ${host}: it refuses the credentials of ${names} (${answer})`,
    culprit:
      first !== undefined && secrets.length === 1
        ? { kind: 'Secret', namespace: pod.metadata.namespace, name: first }
        : undefined,
    certainty: source === 'status' ? 'declared' : 'message',
    evidence: [
      { object: refOf(pod), source, text: registryWords(message), at },
      ...secrets.flatMap((name) => secretEvidence(snapshot, failure, name)),
    ],
    since: unreadySince(pod),
    fixes: [
      ...rollbackAdvice(snapshot, pod, (changed) => changed === field || changed.startsWith('imagePullSecrets')),
      first === undefined
        ? {
            advice: `name a Secret with credentials for ${host} in imagePullSecrets of ${nameOf(serviceAccountOf(pod))}`,
            reason: 'new pods then get it by themselves',
          }
        : { advice: `renew the credentials for ${host} in ${names}`, reason: 'they were offered and refused' },
    ],
    missingEvidence: first === undefined ? [] : [`what ${names} holds for ${host}: values of Secrets are not read`],
  };
}

function secretEvidence(snapshot: Snapshot, { pod }: PullFailure, name: string): Finding['evidence'] {
  const secret = snapshot.find('Secret', pod.metadata.namespace, name);
  if (secret === undefined) return [];
  const changed = secret.metadata.managedFields
    ?.flatMap(({ time }) => time ?? [])
    .toSorted()
    .at(-1);
  const at = changed ?? secret.metadata.creationTimestamp;
  return [
    {
      object: refOf(secret),
      source: 'spec',
      text: `of type ${secret.type ?? 'Opaque'}${at === undefined ? '' : `, last written at ${at}`}`,
      at,
    },
  ];
}
