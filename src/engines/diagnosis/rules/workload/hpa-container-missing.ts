import { nearest } from '../../../../platform/nearest.ts';
import { type Autoscaler, missingContainers, scaleTargetOf } from '../../../autoscalers.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const hpaContainerMissing = defineRule({
  id: 'hpa-container-missing',
  title: 'An autoscaler measures a container that the pods do not have',
  area: 'workload',
  class: 'cause',
  severity: 'medium',
  meaning: 'The autoscaler finds no such container in the metrics of the pods, so it never scales.',
  detection:
    'A metric of type ContainerResource names a container that is not in the pod template of the target (recomputed).',
  remedies: ['Correct the name of the container in the metric.'],
  avoid: ['scaling by hand and forgetting it: the autoscaler stays blind'],

  check: (snapshot) =>
    snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler) => findingsOf(snapshot, autoscaler)),
});

function findingsOf(snapshot: Snapshot, autoscaler: Autoscaler): readonly Finding[] {
  const subject = refOf(autoscaler);
  const target = scaleTargetOf(autoscaler);
  if (target === undefined) return [];
  return missingContainers(snapshot, autoscaler).map(({ index, container, has }): Finding => {
    const better = nearest(container, has, 1)[0] ?? (has.length === 1 ? has[0] : undefined);
    return {
      subject,
      problem: `cannot scale: its metric asks for container ${container} of ${nameOf(target)}, which has only ${has.join(', ')}`,
      certainty: 'recomputed',
      evidence: [
        { object: subject, source: 'spec', text: `spec.metrics[${index}].containerResource.container is ${container}` },
        { object: target, source: 'spec', text: `containers: ${has.join(', ')}` },
      ],
      fixes: [
        {
          advice: `set spec.metrics[${index}].containerResource.container of ${nameOf(subject)} to ${better ?? 'a container of the pods'}`,
          reason: better === undefined ? 'the pods have no such container' : 'the pods have that one',
        },
      ],
      nextCheck: `kubectl describe hpa ${subject.name} -n ${subject.namespace}`,
    };
  });
}
