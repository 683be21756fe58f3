import type { KubernetesObject, Pod } from '../../engines/objects.ts';
import type { PodRow, SnapshotData } from '../../engines/snapshot-data.ts';
import type { ResourceType, TablePage } from '../ports.ts';
import { printedStatus } from './pod-status.ts';

type Row = TablePage['rows'][number];

export const podColumns = ['Name', 'Ready', 'Status', 'Restarts', 'Age'] as const;
export const plainColumns = ['Name', 'Status', 'Age'] as const;

/** A row of the pod table as it was recorded. */
export const rowOfPod = ({ namespace, name, ready, containers, status, restarts, age }: PodRow): Row => ({
  namespace,
  cells: [name, `${ready}/${containers}`, status, restarts, age],
});

/** A pod of which there is no recorded row. */
export function rowOfPodObject(pod: Pod, { takenAt }: SnapshotData): Row {
  const { ready, containers, status, restarts } = printedStatus(pod);
  return {
    ...namespaceOf(pod),
    cells: [pod.metadata.name, `${ready}/${containers}`, status, restarts, ageOf(pod, takenAt)],
  };
}

/** Any other object: what its status says of itself, in a word. */
export const rowOfObject = (object: KubernetesObject, { takenAt }: SnapshotData): Row => ({
  ...namespaceOf(object),
  cells: [object.metadata.name, statusOf(object), ageOf(object, takenAt)],
});

export const columnsOf = ({ kind, group }: ResourceType): readonly string[] =>
  kind === 'Pod' && group === '' ? podColumns : plainColumns;

/** The parts of an object that rows are made of. Anything may be missing. */
interface Sketch extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly phase?: string;
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  };
}

function statusOf(object: KubernetesObject): string {
  const { spec, status } = object as Sketch;
  if (status?.phase !== undefined) return status.phase;
  if (spec?.replicas !== undefined) return `${status?.readyReplicas ?? 0}/${spec.replicas} ready`;
  const telling = status?.conditions?.find(
    ({ type }) => type === 'Ready' || type === 'Available' || type === 'Complete',
  );
  if (telling === undefined) return '';
  return telling.status === 'True' ? String(telling.type) : `Not ${telling.type}`;
}

/** As `kubectl get` prints it: `45s`, `5m`, `3h`, `12d`. */
function ageOf({ metadata }: KubernetesObject, takenAt: string): string {
  const seconds = Math.round((Date.parse(takenAt) - Date.parse(metadata.creationTimestamp ?? '')) / 1000);
  if (!(seconds >= 0)) return '';
  const [size, unit] = units.find(([from]) => seconds >= 2 * from) ?? [1, 's'];
  return `${Math.floor(seconds / size)}${unit}`;
}

const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'm'],
] as const;

const namespaceOf = ({ metadata }: KubernetesObject): { namespace?: string } =>
  metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
