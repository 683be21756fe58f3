import { type KubernetesObject, nameOf, refOf } from '../../objects.ts';
import type { Operation } from '../action.ts';
import { untouchable } from '../never-touched.ts';
import { replicasAfter, type Workload } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** Records come back from a store: what a verb is called there is checked once more. */
const harmless: ReadonlySet<string> = new Set(['patch', 'set_template', 'scale', 'evict']);
const identity = /^\/metadata\/(?:finalizers|deletion|ownerReferences|uid)|^\/status(?:\/|$)/;
const byHand = 'a person who knows what depends on it may do it by hand';

/** G13: nothing is deleted that does not return, and nothing by force. */
export const noDestruction: Guard = {
  id: 'G13',
  title: 'deletes no data and forces nothing',

  check({ operations, inverse, ...draft }, { target }) {
    for (const operation of [...operations, ...inverse]) {
      const fault = faultOf(operation);
      if (fault !== undefined) return fault;
    }
    return (
      claimsLost(replicasAfter({ operations, ...draft }), target) ??
      allow('Nothing is deleted by force, and no finalizer, volume, Secret or cluster-wide object is touched.')
    );
  },
};

function faultOf(operation: Operation) {
  const { verb, on } = operation;
  const name = nameOf(on.object);
  if (!harmless.has(verb)) return refuse(`The action would ${verb} ${name}.`, byHand);
  if (untouchable.has(on.object.kind)) return refuse(`The action would write to ${name}.`, byHand);
  const step = verb === 'patch' ? operation.steps.find(({ path }) => identity.test(path)) : undefined;
  return step === undefined ? undefined : refuse(`The action would change ${step.path} of ${name}.`, byHand);
}

/** A StatefulSet may be told to delete the claims of pods that are scaled away. */
function claimsLost(replicas: number | undefined, target: KubernetesObject) {
  const { kind, spec }: Workload = target;
  if (kind !== 'StatefulSet' || replicas === undefined) return undefined;
  const { replicas: present = 1, persistentVolumeClaimRetentionPolicy: retention } = spec ?? {};
  return retention?.whenScaled === 'Delete' && replicas < present
    ? refuse(
        `Scaling ${nameOf(refOf(target))} from ${present} to ${replicas} deletes claims: persistentVolumeClaimRetentionPolicy.whenScaled is Delete.`,
        'set whenScaled to Retain first',
      )
    : undefined;
}
