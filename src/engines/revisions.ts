import { type ObjectRef, type Of, type PodTemplate, refOf } from './objects.ts';
import { controllerOf } from './owners.ts';
import type { Snapshot } from './snapshot.ts';

/** A ReplicaSet of a Deployment as a revision of its template. */
export interface Revision {
  readonly number: number;
  readonly replicaSet: Of<'ReplicaSet'>;
  readonly template: PodTemplate | undefined;
  readonly ready: number;
}

const annotation = 'deployment.kubernetes.io/revision';

/** A Deployment's revisions, newest first. Other workloads keep theirs in ControllerRevisions, which are not read. */
export function revisionsOf(snapshot: Snapshot, deployment: ObjectRef): readonly Revision[] {
  if (deployment.kind !== 'Deployment') return [];
  return snapshot
    .all('ReplicaSet', deployment.namespace)
    .filter((replicaSet) => {
      const owner = controllerOf(replicaSet);
      return owner?.kind === 'Deployment' && owner.name === deployment.name;
    })
    .map((replicaSet) => ({
      number: Number(replicaSet.metadata.annotations?.[annotation] ?? 0),
      replicaSet,
      template: replicaSet.spec?.template,
      ready: replicaSet.status?.readyReplicas ?? 0,
    }))
    .toSorted((a, b) => b.number - a.number);
}

/** One difference between two templates: `containers[app].image: a → b`. */
export interface TemplateChange {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const maximumValueLength = 80;

/**
 * What differs between two pod templates, by field; containers and environment variables are matched by name.
 * `restartedAt` and the pod-template-hash are no change. Literal values of environment variables are not shown.
 */
export function templateChanges(
  before: PodTemplate | undefined,
  after: PodTemplate | undefined,
): readonly TemplateChange[] {
  const old = flat(before);
  const current = flat(after);
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((field) => old.get(field) !== current.get(field))
    .map((field) => ({ field, before: shown(field, old.get(field)), after: shown(field, current.get(field)) }));
}

/** `containers[app].image api:1 → api:2`. */
export const describeChange = ({ field, before, after }: TemplateChange): string =>
  `${field} ${before ?? '(none)'} → ${after ?? '(none)'}`;

function shown(field: string, value: string | undefined): string | undefined {
  if (value !== undefined && /\.env\[[^\]]*\]\.value$/.test(field)) return '(value)';
  return value !== undefined && value.length > maximumValueLength ? `${value.slice(0, maximumValueLength)}…` : value;
}

function flat(template: PodTemplate | undefined): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object') {
      fields.set(path, typeof value === 'string' ? value : JSON.stringify(value));
      return;
    }
    for (const [key, child] of Array.isArray(value) ? entriesByName(value) : Object.entries(value)) {
      walk(child, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
    }
  };
  walk(template?.spec, '');
  const { labels, annotations } = template?.metadata ?? {};
  walk(without(labels, 'pod-template-hash'), 'labels');
  walk(without(annotations, 'kubectl.kubernetes.io/restartedAt'), 'annotations');
  return fields;
}

const entriesByName = (list: readonly unknown[]): readonly (readonly [string, unknown])[] =>
  list.map((item, index) => {
    const name = typeof item === 'object' && item !== null && 'name' in item ? item.name : undefined;
    return [typeof name === 'string' ? name : String(index), item] as const;
  });

function without(map: Readonly<Record<string, string | undefined>> | undefined, key: string) {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([name]) => name !== key));
}

/** The newest older revision whose image (or other field) differs; what a person would roll back to. */
export function previousRevision(snapshot: Snapshot, deployment: ObjectRef): Revision | undefined {
  const [current, ...older] = revisionsOf(snapshot, deployment);
  return older.find(({ template }) => templateChanges(template, current?.template).length > 0);
}

export const replicaSetRef = ({ replicaSet }: Revision): ObjectRef => refOf(replicaSet);
