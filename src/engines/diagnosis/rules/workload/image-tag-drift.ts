import { parseImage } from '../../../images.ts';
import { keyOf, type Pod, refOf } from '../../../objects.ts';
import { controllerOf, workloadOf } from '../../../owners.ts';
import { isReady, isTerminating } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const imageTagDrift = defineRule({
  id: 'image-tag-drift',
  title: 'Replicas run different images under one tag',
  area: 'workload',
  class: 'risk',
  severity: 'medium',
  meaning: 'The tag was moved while the workload ran: replicas that were made at different times run different code.',
  detection:
    'Ready pods of one revision (same ReplicaSet, same controller-revision-hash) have the same image reference with a ' +
    'tag and different digests in status.containerStatuses[].imageID. Only digests of the same form, on nodes of the ' +
    'same architecture, are compared.',
  remedies: ['Find out which digest is meant and pin it in the image reference, which rolls the workload out.'],
  avoid: ['restarting first: it spreads the version that nobody chose'],

  check: (snapshot) => {
    const revisions = Map.groupBy(
      snapshot.all('Pod').filter((pod) => isReady(pod) && !isTerminating(pod) && controllerOf(pod) !== undefined),
      revisionOf,
    );
    return [...revisions.values()].filter(({ length }) => length > 1).flatMap((pods) => findingsOf(snapshot, pods));
  },
});

function revisionOf(pod: Pod): string {
  const owner = controllerOf(pod);
  return `${owner === undefined ? '' : keyOf(owner)}#${pod.metadata.labels?.['controller-revision-hash'] ?? ''}`;
}

interface Running {
  readonly pod: Pod;
  readonly container: string;
  readonly image: string;
  readonly digest: string;
  readonly since: string | undefined;
}

function findingsOf(snapshot: Snapshot, pods: readonly Pod[]): readonly Finding[] {
  const [first] = pods;
  if (first === undefined) return [];
  const groups = Map.groupBy(
    pods.flatMap((pod) => runningIn(pod)),
    ({ pod, container, image, digest }) => [container, image, formOf(digest), architectureOf(snapshot, pod)].join('\n'),
  );
  return [...groups.values()].flatMap((group) => {
    const byDigest = Map.groupBy(group, ({ digest }) => digest.replace(/^.*@/, ''));
    const [{ container, image } = { container: '', image: '' }] = group;
    const { tag, digest } = parseImage(image);
    if (byDigest.size < 2 || tag === undefined || digest !== undefined) return [];
    const evidence = [...byDigest].map(([running, replicas]) => evidenceOf(running, replicas));
    return [
      {
        subject: workloadOf(snapshot, first),
        container,
        problem: `runs ${byDigest.size} different images under ${image}: the tag ${tag} was moved`,
        certainty: 'recomputed' as const,
        evidence,
        since: group
          .flatMap(({ since }) => since ?? [])
          .toSorted()
          .at(-1),
        fixes: [
          {
            advice: `set containers[${container}].image to the digest that is meant, as ${image.replace(/:[^:/]*$/, '')}@sha256:…`,
            reason: 'a digest cannot move',
          },
        ],
        nextCheck: `ask the registry which digest ${image} has now`,
      },
    ];
  });
}

function runningIn(pod: Pod): readonly Running[] {
  return (pod.spec?.containers ?? []).flatMap(({ name: container, image }) => {
    const status = pod.status?.containerStatuses?.find((each) => each.name === container);
    const since = status?.state?.running?.startedAt;
    return container && image && status?.imageID && status.state?.running
      ? [{ pod, container, image, digest: status.imageID, since }]
      : [];
  });
}

/** A digest of what was pulled (`repository@sha256:…`) and one of the configuration (`sha256:…`) cannot be compared. */
const formOf = (imageId: string): string => (imageId.includes('@') ? 'repository' : 'configuration');

const architectureOf = (snapshot: Snapshot, { spec }: Pod): string =>
  snapshot.find('Node', undefined, spec?.nodeName ?? '')?.status?.nodeInfo?.architecture ?? '';

const shownDigest = 19;
const namedPods = 3;

function evidenceOf(digest: string, replicas: readonly Running[]): Finding['evidence'][number] {
  const pods = replicas.slice(0, namedPods).map(({ pod, since }) => `${pod.metadata.name} since ${since ?? 'unknown'}`);
  const more = replicas.length > namedPods ? `, and ${replicas.length - namedPods} more` : '';
  const [{ pod } = { pod: undefined }] = replicas;
  return {
    object: pod === undefined ? { kind: 'Pod', name: '' } : refOf(pod),
    source: 'status',
    text: `${digest.slice(0, shownDigest)} in ${pods.join(', ')}${more}`,
  };
}
