import { creationFailures } from '../../../admission.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { unsettledPods } from '../../../pod-groups.ts';
import { containersOf, isTerminating, type PodContainer, specPath, unreadySince } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const imageReferenceInvalid = defineRule({
  id: 'image-reference-invalid',
  title: 'The image reference cannot be used',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning: 'The image is written in a way that no registry can be asked for, or must not be pulled and is not there.',
  detection:
    'A container waits with InvalidImageName, or with ErrImageNeverPull because imagePullPolicy is Never; or the API ' +
    'server refuses pods for white space around the image. The offending part is named: an upper-case letter, white ' +
    'space, a scheme, an unrendered template.',
  remedies: ['Correct the reference, or render the template that it came from.', 'Let the image be pulled.'],
  avoid: ['guessing the name by changing letters'],

  check: (snapshot) => [
    ...unsettledPods(snapshot)
      .filter((pod) => !isTerminating(pod))
      .flatMap((pod) => containersOf(pod).flatMap((container) => findingsOf(snapshot, pod, container))),
    ...refusedReferences(snapshot),
  ],
});

function findingsOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly Finding[] {
  const { reason, message = '' } = container.status?.state?.waiting ?? {};
  if (reason !== 'InvalidImageName' && reason !== 'ErrImageNeverPull') return [];
  const image = container.spec.image ?? '';
  const field = `${specPath(container)}.image`;
  const never = reason === 'ErrImageNeverPull';
  const missing = /not present/i.test(message);
  const policy = missing
    ? `imagePullPolicy is Never and the node does not have ${image}`
    : `imagePullPolicy is Never and the pod may not use the ${image} that the node has`;
  return [
    {
      subject: refOf(pod),
      container: container.name,
      problem: never ? `cannot start: ${policy}` : `cannot pull "${image}": ${flawOf(image, message)}`,
      certainty: 'declared',
      evidence: [{ object: refOf(pod), source: 'status', text: message === '' ? reason : message }],
      since: unreadySince(pod),
      fixes: [
        ...rollbackAdvice(snapshot, pod, (changed) => changed === field || changed.endsWith('.imagePullPolicy')),
        never
          ? {
              advice: `set ${specPath(container)}.imagePullPolicy to IfNotPresent, or load ${image} on the nodes`,
              reason: 'Never forbids the pull',
            }
          : { advice: `correct ${field}`, reason: flawOf(image, message) },
      ],
    },
  ];
}

/** What is wrong with a reference, as precisely as its characters tell; else in the runtime's words. */
function flawOf(image: string, message: string): string {
  const template = /\{\{[^}]*\}?\}?|\$\{[^}]*\}?|\$\([^)]*\)|<[^>]+>/.exec(image)?.[0];
  if (template !== undefined) return `${template} was not rendered`;
  if (image.trim() === '') return 'it is empty';
  if (/\s/.test(image)) return 'it contains white space';
  if (/^https?:\/\//.test(image)) return 'it begins with a scheme';
  const repository = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  const path = repository.slice(repository.indexOf('/') + 1);
  const upper = /[A-Z]/.exec(/^[^/]*[.:]/.test(repository) ? path : repository)?.[0];
  if (upper !== undefined) return `the repository has the upper-case letter ${upper}, and must be in lower case`;
  if (image.endsWith(':')) return 'the tag after the colon is missing';
  return /invalid reference format[^"]*/i.exec(message)?.[0] ?? 'it is not a valid reference';
}

/** `spec.containers[0].image: Invalid value: "busybox:1.36 ": must not have leading or trailing whitespace`. */
const refusal =
  /spec\.(?:initContainers|containers)\[\d+\]\.image: (?:Invalid|Required) value(?:: "([^"]*)")?: ([^,\]]+)/;

function refusedReferences(snapshot: Snapshot): readonly Finding[] {
  return creationFailures(snapshot).flatMap(({ owner, controller, message, at, source, since }) => {
    const match = refusal.exec(message);
    if (match === null) return [];
    const [, image = '', words = ''] = match;
    return [
      {
        subject: owner,
        problem: `cannot create pods: the image "${image}" ${words.trim()}`,
        certainty: 'declared' as const,
        evidence: [{ object: controller, source, text: message, at }],
        since,
        fixes: [{ advice: `correct the image of ${nameOf(owner)}`, reason: words.trim() }],
      },
    ];
  });
}
