import { type ObjectRef, refOf, type Service } from '../../../objects.ts';
import { slicesOf } from '../../../routes.ts';
import { matchesMap } from '../../../selectors.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const svcSelectorMatchesNothing = defineRule({
  id: 'svc-selector-matches-nothing',
  title: 'A Service selects no pod',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'The Service has a selector that matches no pod and no workload, so every connection to it fails.',
  detection:
    'The selector is not empty, no EndpointSlice of the Service holds an endpoint, and no pod and no pod template of ' +
    'the namespace carries all of its labels (recomputed). The workload whose labels differ least is named, with the ' +
    'label that differs.',
  remedies: ['Correct the selector, or the label on the pod template, whichever changed last.'],
  avoid: ['editing labels of running pods: it orphans them from their ReplicaSet'],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingOf(snapshot, service)),
});

function findingOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const selector = service.spec?.selector ?? {};
  const labels = Object.entries(selector);
  if (labels.length === 0 || service.spec?.type === 'ExternalName') return [];
  if (slicesOf(snapshot, service).some(({ endpoints }) => (endpoints ?? []).length > 0)) return [];
  const candidates = candidatesOf(snapshot, service);
  if (candidates.some((candidate) => matchesMap(selector, candidate.labels))) return [];
  if (snapshot.presence('EndpointSlice', service.metadata.namespace, '') === 'unknown') return [];

  const written = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const near = nearestCandidate(selector, candidates);
  const differing = near && labels.filter(([key, value]) => near.labels[key] !== value);
  const hint =
    near && differing
      ? `; ${near.ref.kind}/${near.ref.name} has ${differing.map(([key]) => `${key}=${near.labels[key] ?? '(none)'}`).join(',')}`
      : '';
  return [
    {
      subject: refOf(service),
      problem: `selects no pod: nothing has ${written}${hint}`,
      certainty: 'recomputed',
      evidence: [
        { object: refOf(service), source: 'spec', text: `spec.selector is ${written}` },
        {
          object: refOf(service),
          source: 'recomputed',
          text: `0 of ${candidates.length} pods and pod templates in the namespace match`,
        },
      ],
      fixes: [
        near && differing
          ? {
              advice: `set ${differing.map(([key]) => `spec.selector["${key}"] to "${near.labels[key] ?? ''}"`).join(' and ')} in Service/${service.metadata.name}, or change the label back in ${near.ref.kind}/${near.ref.name}'s pod template`,
              reason: `${near.ref.kind}/${near.ref.name} is the nearest match`,
            }
          : {
              advice: `deploy a workload with the labels ${written}, or delete the Service`,
              reason: 'no workload comes near',
            },
      ],
    },
  ];
}

interface Candidate {
  readonly ref: ObjectRef;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

/** Pod templates first: a person changes them, not the pods. */
function candidatesOf(snapshot: Snapshot, { metadata: { namespace } }: Service): readonly Candidate[] {
  const templates = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap((kind) =>
    snapshot.all(kind, namespace).map((workload) => ({
      ref: refOf(workload),
      labels: workload.spec?.template?.metadata?.labels ?? {},
    })),
  );
  const pods = snapshot.all('Pod', namespace).map((pod) => ({ ref: refOf(pod), labels: pod.metadata.labels ?? {} }));
  return [...templates, ...pods];
}

/** The candidate that shares most labels with the selector; a shared key with another value counts half, as a likely slip. */
function nearestCandidate(
  selector: Readonly<Record<string, string | undefined>>,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const score = ({ labels }: Candidate): number =>
    Object.entries(selector).reduce(
      (sum, [key, value]) => sum + (labels[key] === value ? 1 : labels[key] === undefined ? 0 : 0.5),
      0,
    );
  const best = candidates.toSorted((a, b) => score(b) - score(a))[0];
  return best !== undefined && score(best) > 0 ? best : undefined;
}
