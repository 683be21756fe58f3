import { controllers } from '../diagnosis/changes.ts';
import { second, timeOf } from '../durations.ts';
import { type KubernetesObject, keyOf, type PodTemplate, refOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import { describeChange, revisionsOf, templateChanges } from '../revisions.ts';
import type { Snapshot } from '../snapshot.ts';
import type { TimelineEntry } from './entry.ts';

/** One version of a workload's pod template. */
interface Version {
  readonly number: number;
  /** The ReplicaSet or ControllerRevision that holds it; a rollback uses the old one again. */
  readonly holder: KubernetesObject;
  readonly template: PodTemplate | undefined;
}

const shownChanges = 3;

/** Every new version of the pod templates of a namespace, with what it changed; the first of a workload is its creation. */
export const rolloutsOf = (snapshot: Snapshot, namespace: string | undefined): readonly TimelineEntry[] => [
  ...snapshot
    .all('Deployment', namespace)
    .flatMap((workload) => rolloutsIn(snapshot, workload, deploymentVersions(snapshot, workload))),
  ...(['StatefulSet', 'DaemonSet'] as const).flatMap((kind) =>
    snapshot
      .all(kind, namespace)
      .flatMap((workload) => rolloutsIn(snapshot, workload, recordedVersions(snapshot, workload))),
  ),
];

const deploymentVersions = (snapshot: Snapshot, workload: KubernetesObject): readonly Version[] =>
  revisionsOf(snapshot, refOf(workload)).map(({ number, replicaSet, template }) => ({
    number,
    holder: replicaSet,
    template,
  }));

/** What a ControllerRevision of a StatefulSet or a DaemonSet holds: a patch with the whole template. */
interface ControllerRevision {
  readonly revision?: number;
  readonly data?: { readonly spec?: { readonly template?: PodTemplate } };
}

function recordedVersions(snapshot: Snapshot, workload: KubernetesObject): readonly Version[] {
  const key = keyOf(refOf(workload));
  return snapshot.data.objects
    .filter((object) => object.kind === 'ControllerRevision')
    .filter((object) => {
      const owner = controllerOf(object);
      return owner !== undefined && keyOf(owner) === key;
    })
    .map((object: KubernetesObject & ControllerRevision) => ({
      number: object.revision ?? 0,
      holder: object,
      template: object.data?.spec?.template,
    }))
    .toSorted((a, b) => b.number - a.number);
}

function rolloutsIn(
  snapshot: Snapshot,
  workload: KubernetesObject,
  versions: readonly Version[],
): readonly TimelineEntry[] {
  return versions.flatMap((version, index) => {
    const before = versions[index + 1] ?? createdBefore(versions, version);
    if (before === undefined) return [];
    const back = (createdAt(version) ?? '') < (createdAt(before) ?? '');
    // Of a rollback that others followed nothing tells when it was.
    const at = back ? (index === 0 ? takenUpAgainAt(snapshot, version, before) : undefined) : createdAt(version);
    if (at === undefined) return [];
    const by = writerAt(workload, at);
    return [
      {
        at,
        kind: 'rollout' as const,
        object: refOf(workload),
        what: `${back ? 'rollback, now' : 'rollout of'} revision ${version.number}: ${changesBetween(before, version)}`,
        ...(by !== undefined && { by }),
      },
    ];
  });
}

/** What came before the oldest number, when that was taken up again since and has a new number. */
const createdBefore = (versions: readonly Version[], version: Version): Version | undefined =>
  versions
    .filter((other) => (createdAt(other) ?? '') < (createdAt(version) ?? ''))
    .toSorted((a, b) => (createdAt(b) ?? '').localeCompare(createdAt(a) ?? ''))[0];

const createdAt = (version: Version | undefined): string | undefined => version?.holder.metadata.creationTimestamp;

/** When an old version became the current one: its first new pod, else the last that the controller wrote of it. */
function takenUpAgainAt(snapshot: Snapshot, { holder }: Version, before: Version | undefined): string | undefined {
  const after = createdAt(before) ?? '';
  const key = keyOf(refOf(holder));
  const pods = snapshot.all('Pod', holder.metadata.namespace).flatMap((pod) => {
    const owner = controllerOf(pod);
    return owner !== undefined && keyOf(owner) === key ? (pod.metadata.creationTimestamp ?? []) : [];
  });
  const written = (holder.metadata.managedFields ?? []).flatMap(({ subresource, time }) =>
    subresource === undefined ? (time ?? []) : [],
  );
  const [first] = pods.filter((time) => time > after).toSorted();
  return (
    first ??
    written
      .filter((time) => time > after)
      .toSorted()
      .at(-1)
  );
}

function changesBetween(before: Version | undefined, after: Version): string {
  const changes = templateChanges(before?.template, after.template);
  if (changes.length === 0) return 'a restart, the template is the same';
  const shown = changes.slice(0, shownChanges).map(describeChange).join(', ');
  return changes.length > shownChanges ? `${shown} and ${changes.length - shownChanges} more fields` : shown;
}

const ownWrites = ({ metadata }: KubernetesObject) =>
  (metadata.managedFields ?? []).filter(
    ({ manager, subresource, time }) =>
      subresource === undefined && time !== undefined && !controllers.test(manager ?? ''),
  );

/** The controller makes the new version right after the write. */
const promptly = 5 * second;

/** Who wrote a workload just before that time, as far as a later write by the same hand does not hide it. */
const writerAt = (workload: KubernetesObject, at: string): string | undefined =>
  ownWrites(workload).find(({ time }) => Math.abs((timeOf(at) ?? 0) - (timeOf(time) ?? 0)) <= promptly)?.manager;
