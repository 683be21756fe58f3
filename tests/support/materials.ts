import type { Draft } from '../../src/engines/healing/draft.ts';
import type { Drafted, Material, RevisionFacts } from '../../src/engines/healing/material.ts';
import type { KubernetesObject, PodTemplate } from '../../src/engines/objects.ts';
import { aSnapshot, now } from './builders.ts';

interface MaterialFields extends Partial<Omit<Material, 'snapshot'>> {
  readonly objects?: readonly KubernetesObject[];
}

/** What a draft of an action on this object is made of: the object alone, unless told. */
export const aMaterial = (
  target: KubernetesObject,
  { objects = [target], ...fields }: MaterialFields = {},
): Material => ({ snapshot: aSnapshot({ objects }), target, revisions: [], at: now, ...fields });

/** The draft; throws when there is none. */
export function draftIn(drafted: Drafted): Draft {
  if ('impossible' in drafted) throw new Error(drafted.impossible);
  return drafted;
}

/** The guard rule that stands against it, why there is no draft, and what would be possible instead. */
export function whyNot(drafted: Drafted): string {
  if (!('impossible' in drafted)) return 'it is possible';
  const { rule, impossible, instead } = drafted;
  return `${rule === undefined ? '' : `${rule}: `}${impossible} ${instead}`;
}

export const revisionFacts = (number: number, template: PodTemplate, kind = 'ReplicaSet'): RevisionFacts => ({
  number,
  object: { kind, namespace: 'shop', name: `revision-${number}` },
  template,
  digest: `digest-${number}`,
});
