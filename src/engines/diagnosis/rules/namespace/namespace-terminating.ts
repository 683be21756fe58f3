import { formatDuration, minute, timeOf } from '../../../durations.ts';
import { type Of, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Deleting what is in a namespace takes a while; pods alone have 30 s to end. */
const hold = minute;

export const namespaceTerminating = defineRule({
  id: 'namespace-terminating',
  title: 'A namespace cannot be deleted',
  area: 'namespace',
  class: 'symptom',
  severity: 'high',
  meaning: 'The namespace stays in Terminating: nothing new can be made in it, and its name cannot be used again.',
  detection:
    'status.phase is Terminating for more than a minute, and a condition says what holds it: NamespaceFinalizersRemaining ' +
    '(whose finalizer, on how many objects), NamespaceContentRemaining, NamespaceDeletionContentFailure, or ' +
    'NamespaceDeletionDiscoveryFailure: an API whose content cannot be listed. That APIService explains it.',
  remedies: [
    'Bring back the controller that removes the finalizer, or the API that does not answer.',
    'Remove a finalizer by hand only when its controller is gone for good and what it cleans up is known.',
  ],
  avoid: ['clearing spec.finalizers of the namespace: what it contains then stays behind unseen'],

  check: (snapshot) => snapshot.all('Namespace').flatMap((namespace) => findingOf(snapshot, namespace)),
});

/** What holds a namespace, the most telling first (namespace controller conditions). */
const holding = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
];

function findingOf(snapshot: Snapshot, namespace: Of<'Namespace'>): readonly Finding[] {
  const { status, metadata } = namespace;
  const deleted = timeOf(metadata.deletionTimestamp);
  if (status?.phase !== 'Terminating' || deleted === undefined || snapshot.now - deleted < hold) return [];
  const held = holding.flatMap(
    (type) => status.conditions?.find((each) => each.type === type && each.status === 'True') ?? [],
  );
  const [first] = held;
  if (first === undefined) return [];
  const subject = refOf(namespace);
  const finalizers = finalizersIn(held.find(({ type }) => type === 'NamespaceFinalizersRemaining')?.message ?? '');
  return [
    {
      subject,
      problem: `is not deleted: ${(first.message ?? first.reason ?? '').replace(/\.$/, '')}`,
      class: first.type === holding[0] ? undefined : 'cause',
      certainty: 'declared',
      dependsOn: first.type === holding[0] ? snapshot.all('APIService').map((api) => refOf(api)) : [],
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `Terminating for ${formatDuration(snapshot.now - deleted)}`,
          at: metadata.deletionTimestamp,
        },
        ...held.map(({ type, message, lastTransitionTime: at }) => ({
          object: subject,
          source: 'status' as const,
          text: `${type}: ${message}`,
          at,
        })),
      ],
      since: metadata.deletionTimestamp,
      fixes: [
        finalizers.length > 0
          ? {
              advice: `bring back the controller that removes the finalizer ${finalizers.join(', ')}`,
              reason: 'it cleans up before the object goes; remove the finalizer by hand only when it is gone for good',
            }
          : {
              advice: 'heal the API whose content cannot be listed or deleted',
              reason: 'the namespace controller tries again by itself',
            },
      ],
      nextCheck: `kubectl api-resources --verbs=list --namespaced -o name | xargs -n 1 kubectl get -n ${subject.name} --ignore-not-found --show-kind`,
    },
  ];
}

/** `example.com/keep in 1 resource instances, …` */
const finalizersIn = (message: string): readonly string[] =>
  [...message.matchAll(/([\w.-]+(?:\/[\w.-]+)?) in \d+ resource instances/g)].flatMap(
    ([, finalizer]) => finalizer ?? [],
  );
