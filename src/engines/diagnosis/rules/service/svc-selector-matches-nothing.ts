import { nearest } from '../../../../platform/nearest.ts';
import { nameOf, type ObjectRef, refOf, type Service } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isFinished } from '../../../pods.ts';
import { selectedPods, selectedWorkloads, slicesOf } from '../../../routes.ts';
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
  if (selectedWorkloads(snapshot, service).length > 0) return [];
  if (selectedPods(snapshot, service).some((pod) => !isFinished(pod))) return [];
  const candidates = candidatesOf(snapshot, service);
  // Pods that have ended stay in EndpointSlices, without serving.
  const ended = new Set(candidates.flatMap(({ ref, ended: over }) => (over ? [ref.name] : [])));
  const endpoints = slicesOf(snapshot, service).flatMap((slice) => slice.endpoints ?? []);
  if (endpoints.some(({ targetRef }) => targetRef?.kind !== 'Pod' || !ended.has(targetRef.name ?? ''))) return [];
  const matching = candidates.filter((candidate) => matchesMap(selector, candidate.labels));
  if (matching.some(({ ended }) => !ended)) return [];
  if (snapshot.presence('EndpointSlice', service.metadata.namespace, '') === 'unknown') return [];

  const written = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const living = candidates.filter(({ ended }) => !ended);
  const near = nearestCandidate(service, living);
  const away = near === undefined ? elsewhere(snapshot, service) : undefined;
  const dead = [...new Set(matching.map(({ owner }) => nameOf(owner)))].slice(0, 2).join(' and ');
  const what =
    dead === ''
      ? `selects no pod: nothing has ${written}`
      : `selects only pods that have ended, those of ${dead} (${written})`;
  return [
    {
      subject: refOf(service),
      problem: `${what}${near === undefined ? '' : `; ${nameOf(near.ref)} has ${hintOf(near)}`}${away === undefined ? '' : `; pods of namespace ${away} have it, but a Service selects pods of its own namespace only`}`,
      certainty: 'recomputed',
      evidence: [
        { object: refOf(service), source: 'spec', text: `spec.selector is ${written}` },
        {
          object: refOf(service),
          source: 'recomputed',
          text: `0 of ${living.length} pods and pod templates in the namespace match`,
        },
      ],
      fixes: [
        away !== undefined
          ? {
              advice: `create the Service in the namespace of the pods that are meant (${away}), and let callers ask for ${service.metadata.name}.NAMESPACE`,
              reason: 'the pods are there',
            }
          : near === undefined
            ? {
                advice: `deploy a workload with the labels ${written}, or delete the Service if nothing needs it any more`,
                reason: 'no workload comes near',
              }
            : {
                advice: `${changesOf(near)} in Service/${service.metadata.name}, or change the label back in ${nameOf(near.ref)}'s pod template`,
                reason: `${nameOf(near.ref)} is the nearest match`,
              },
      ],
    },
  ];
}

/** Namespaces that have pods with all of these labels, as `a or b`: such are looked for when none is near. */
function elsewhere({ data }: Snapshot, { spec, metadata }: Service): string | undefined {
  const found = data.heads.flatMap(({ kind, metadata: { namespace, labels } }) =>
    kind === 'Pod' && namespace !== metadata.namespace && matchesMap(spec?.selector, labels) ? (namespace ?? []) : [],
  );
  const names = [...new Set(found)].slice(0, maximumNamespaces);
  return names.length === 0 ? undefined : names.join(' or ');
}

const maximumNamespaces = 3;

const hintOf = ({ differences }: Near): string =>
  differences.map(({ key, has }) => (has === undefined ? `no ${key}` : `${has.key}=${has.value}`)).join(' and ');

const changesOf = ({ differences }: Near): string =>
  differences
    .map(({ key, value, has }) => {
      if (has === undefined) return `remove ${key}=${value} from spec.selector`;
      if (has.key !== key) return `replace ${key}=${value} by ${has.key}=${has.value} in spec.selector`;
      return `set spec.selector["${key}"] to "${has.value}"`;
    })
    .join(' and ');

interface Candidate {
  readonly ref: ObjectRef;
  readonly owner: ObjectRef;
  /** A pod that has done its work, as those of a Job: it takes no traffic any more. */
  readonly ended: boolean;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

/** Pod templates first: a person changes them, not the pods. */
function candidatesOf(snapshot: Snapshot, { metadata: { namespace } }: Service): readonly Candidate[] {
  const templates = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap((kind) =>
    snapshot.all(kind, namespace).map((workload) => ({
      ref: refOf(workload),
      owner: refOf(workload),
      ended: false,
      labels: workload.spec?.template?.metadata?.labels ?? {},
    })),
  );
  const pods = snapshot.all('Pod', namespace).map((pod) => ({
    ref: refOf(pod),
    owner: workloadOf(snapshot, pod),
    ended: isFinished(pod),
    labels: pod.metadata.labels ?? {},
  }));
  return [...templates, ...pods];
}

/** A label of the selector that a candidate lacks. */
interface Difference {
  readonly key: string;
  readonly value: string | undefined;
  /** What it has instead: another value, or the same value under a key that is spelt alike. */
  readonly has: { readonly key: string; readonly value: string } | undefined;
}

interface Near {
  readonly ref: ObjectRef;
  readonly differences: readonly Difference[];
}

/**
 * The candidate that shares most labels with the selector; a likely slip counts half. Another value alone is none: it
 * must be spelt alike, or the workload be named as the Service.
 */
function nearestCandidate({ spec, metadata }: Service, candidates: readonly Candidate[]): Near | undefined {
  const selector = Object.entries(spec?.selector ?? {});
  return candidates
    .map(({ ref, labels }) => {
      const namesake = ref.name === metadata.name;
      const differences = selector
        .filter(([key, value]) => labels[key] !== value)
        .map(([key, value]) => ({ key, value, has: counterpartOf(key, value, labels) }));
      const shared = selector.length - differences.length;
      const slips = differences.filter((each) => isSlip(each) || (namesake && each.has !== undefined)).length;
      return { ref, differences, near: shared + slips > 0, score: shared + slips / 2 + (namesake ? 0.25 : 0) };
    })
    .filter(({ near }) => near)
    .toSorted((a, b) => b.score - a.score)[0];
}

const isSlip = ({ key, value = '', has }: Difference): boolean =>
  has !== undefined && (has.key !== key || nearest(value, [has.value], 1).length > 0);

function counterpartOf(key: string, value: string | undefined, labels: Candidate['labels']): Difference['has'] {
  const other = labels[key];
  if (other !== undefined) return { key, value: other };
  const same = Object.keys(labels).filter((each) => labels[each] === value);
  const [similar] = nearest(key, same, 1);
  return similar === undefined || value === undefined ? undefined : { key: similar, value };
}
