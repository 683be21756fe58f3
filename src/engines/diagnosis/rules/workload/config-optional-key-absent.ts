import { type Container, type KubernetesObject, nameOf, type Pod, refOf } from '../../../objects.ts';
import { controllerOf, podsOf } from '../../../owners.ts';
import { isReady } from '../../../pods.ts';
import { templateOf } from '../../../references.ts';
import { workloadKinds } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type AbsentKey, absentKeyFixes, absentKeys } from '../../absent-key.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const configOptionalKeyAbsent = defineRule({
  id: 'config-optional-key-absent',
  title: 'A variable stays unset because its optional key is spelt differently',
  area: 'workload',
  class: 'risk',
  severity: 'medium',
  meaning: 'The container starts without the variable, and nothing says so: the program runs with its default.',
  detection:
    'An entry of env takes a key with optional: true from a ConfigMap or Secret that is there and does not have it, but ' +
    'has one that differs by a few letters, or is called like the variable, and that nothing else in the container takes. ' +
    'Names that differ in digits only are different keys.',
  remedies: ['Ask for the key that is there.', 'Drop optional: true, so that a missing key is seen at the start.'],
  avoid: ['restarting: the key is still missing'],

  check: (snapshot) => [
    ...workloadKinds
      .flatMap((kind) => snapshot.all(kind))
      .flatMap((workload) => findingsOf(snapshot, workload, templateOf(workload)?.spec)),
    ...snapshot.all('Pod').flatMap((pod) => findingsOf(snapshot, pod, pod.spec)),
  ],
});

function findingsOf(snapshot: Snapshot, workload: KubernetesObject, spec: Pod['spec']): readonly Finding[] {
  // What is broken says so itself, and by other rules.
  if (controllerOf(workload) !== undefined || podsOf(snapshot, refOf(workload)).some((pod) => !isReady(pod))) return [];
  const { initContainers = [], containers = [] } = spec ?? {};
  return [...initContainers, ...containers].flatMap((container) =>
    slips(snapshot, workload.metadata.namespace, container).map(
      (slip): Finding => ({
        subject: refOf(workload),
        container: container.name,
        problem: `starts container ${container.name} without ${slip.variable}: ${nameOf(slip.object)} has no key ${slip.key}, which is optional, but has ${slip.meant}`,
        certainty: 'recomputed',
        evidence: [
          {
            object: refOf(workload),
            source: 'spec',
            text: `env[${slip.variable}] of container ${container.name} takes key ${slip.key} of ${nameOf(slip.object)}, optional: true`,
          },
          { object: slip.object, source: 'spec', text: `keys: ${slip.present.slice(0, shownKeys).join(', ')}` },
        ],
        fixes: absentKeyFixes(slip),
      }),
    ),
  );
}

const shownKeys = 10;
const withoutDigits = (name: string): string => name.replaceAll(/\d+/g, '#');

/** What is most likely a slip of the pen. */
function slips(snapshot: Snapshot, namespace: string | undefined, container: Container): readonly AbsentKey[] {
  const taken = new Set(
    (container.env ?? []).flatMap(
      ({ valueFrom }) => valueFrom?.configMapKeyRef?.key ?? valueFrom?.secretKeyRef?.key ?? [],
    ),
  );
  return absentKeys(snapshot, namespace, container).filter(
    ({ key, meant }) => meant !== undefined && !taken.has(meant) && withoutDigits(meant) !== withoutDigits(key),
  );
}
