import { type KubernetesObject, nameOf, refOf } from '../objects.ts';
import type { Impossible } from './material.ts';

/** Kinds on which nothing is ever written: data, credentials, and what the whole cluster rests on. */
export const untouchable: ReadonlySet<string> = new Set([
  'APIService',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Role',
  'RoleBinding',
  'Secret',
  'ServiceAccount',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
  'VolumeSnapshot',
]);

/** Kinds that hold what programs are told: they are edited where they come from (G38). */
export const configuration: ReadonlySet<string> = new Set(['ConfigMap', 'Secret']);

/** Why nothing is done to an object of this kind, whatever the action. */
export function neverTouched(target: KubernetesObject): Impossible | undefined {
  const name = nameOf(refOf(target));
  if (configuration.has(target.kind))
    return {
      impossible: `${name} is configuration, which is never edited.`,
      instead: 'Edit it where it comes from, then restart what reads it.',
      rule: 'G38',
    };
  return untouchable.has(target.kind)
    ? {
        impossible: `Nothing is ever written to ${name}.`,
        instead: 'A person who knows what depends on it may do it by hand.',
        rule: 'G13',
      }
    : undefined;
}
