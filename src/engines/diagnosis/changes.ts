import { deliveredTo } from '../delivered.ts';
import { minute, timeOf } from '../durations.ts';
import { type KubernetesObject, keyOf, type ObjectRef, refOf } from '../objects.ts';
import { referencesOf, templateOf } from '../references.ts';
import { describeChange, previousRevision, revisionsOf, templateChanges } from '../revisions.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Problem } from './collapse.ts';
import type { Change } from './explanation.ts';

/** Changes this long before the first failure may have to do with it. */
const window = 30 * minute;
const clockTolerance = minute;
const maximumChanges = 3;

/** Field managers whose writes are the system's own doing. */
export const controllers = /^(kube-|kubelet|cloud-|system:|.*-controller$|.*-controller-manager$)/;

/** What changed shortly before a problem began, on its objects, on what they refer to, and what was delivered; newest first. */
export function changesBefore(snapshot: Snapshot, problem: Problem, since: string | undefined): readonly Change[] {
  const began = timeOf(since);
  if (began === undefined) return [];
  const near = ({ at }: Change): boolean => {
    const time = timeOf(at) ?? 0;
    return time >= began - window && time <= began + clockTolerance;
  };
  const changes = [
    ...problem.members.flatMap((member) => rolloutOf(snapshot, member)),
    ...problem.members.flatMap((member) => deliveredTo(snapshot, member)),
    ...relatedTo(snapshot, problem).flatMap(writesTo),
  ];
  return changes
    .filter(near)
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, maximumChanges);
}

/** The latest rollout of a Deployment, with what it changed. */
function rolloutOf(snapshot: Snapshot, workload: ObjectRef): readonly Change[] {
  const [current] = revisionsOf(snapshot, workload);
  const previous = previousRevision(snapshot, workload);
  const at = current?.replicaSet.metadata.creationTimestamp;
  if (current === undefined || previous === undefined || at === undefined) return [];
  const differences = templateChanges(previous.template, current.template);
  const shown = differences.slice(0, 3).map(describeChange).join(', ');
  const more = differences.length > 3 ? ` and ${differences.length - 3} more fields` : '';
  const object = snapshot.head(workload);
  const by = object === undefined ? undefined : lastWriter(object)?.manager;
  return [{ object: workload, at, by, what: `rollout of revision ${current.number}: ${shown}${more}` }];
}

/** The culprit, the object itself when it has no revisions, and the configuration that its pods consume. */
function relatedTo(snapshot: Snapshot, { culprit, members, object }: Problem): readonly KubernetesObject[] {
  const consumed = members.flatMap((member) =>
    referencesOf(templateOf(snapshot.head(member))?.spec)
      .filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret')
      .map(({ kind, name }) => ({ kind, namespace: member.namespace, name })),
  );
  const own = object.kind === 'Service' || object.kind === 'Ingress' ? [object] : [];
  const refs = new Map(
    [...(culprit === undefined ? [] : [culprit]), ...own, ...consumed].map((ref) => [keyOf(ref), ref]),
  );
  return [...refs.values()].flatMap((ref) => snapshot.head(ref) ?? []);
}

function lastWriter(object: KubernetesObject) {
  return (object.metadata.managedFields ?? [])
    .filter(({ manager, subresource }) => subresource === undefined && !controllers.test(manager ?? ''))
    .toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0];
}

function writesTo(object: KubernetesObject): readonly Change[] {
  const writer = lastWriter(object);
  if (writer?.time === undefined) return [];
  const created = Math.abs((timeOf(writer.time) ?? 0) - (timeOf(object.metadata.creationTimestamp) ?? 0)) < 2_000;
  return [{ object: refOf(object), at: writer.time, by: writer.manager, what: created ? 'created' : 'changed' }];
}
