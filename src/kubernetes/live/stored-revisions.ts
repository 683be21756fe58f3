import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ObjectRef, PodTemplate } from '../../engines/objects.ts';
import type { StoredRevision } from '../ports.ts';

/** A revision with whose it is. */
export interface OwnedRevision extends StoredRevision {
  /** The uid of its controller. */
  readonly owner: string | undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const template = z.custom<PodTemplate>((value) => isRecord(value) && isRecord(value.spec));
const strings = z.record(z.string(), z.string()).nullish();
const metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  annotations: strings,
  ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().optional() })).nullish(),
});
const replicaSet = z.object({ metadata, spec: z.object({ template }) });
const controllerRevision = z.object({
  metadata,
  revision: z.number(),
  data: z.object({ spec: z.object({ template }) }),
});

/** Which kind keeps the revisions of a workload. */
export const revisionKinds = {
  Deployment: 'ReplicaSet',
  StatefulSet: 'ControllerRevision',
  DaemonSet: 'ControllerRevision',
} as const;

/** A ReplicaSet or ControllerRevision as the API server sends it; undefined when it holds no template. */
export function revisionOf(kind: string, object: unknown): OwnedRevision | undefined {
  return kind === 'ReplicaSet' ? ofReplicaSet(object) : ofControllerRevision(object);
}

function ofReplicaSet(object: unknown): OwnedRevision | undefined {
  const { data } = replicaSet.safeParse(object);
  const number = Number(data?.metadata.annotations?.['deployment.kubernetes.io/revision']);
  if (data === undefined || !Number.isSafeInteger(number)) return undefined;
  return owned('ReplicaSet', data.metadata, { number, template: data.spec.template });
}

function ofControllerRevision(object: unknown): OwnedRevision | undefined {
  const { data } = controllerRevision.safeParse(object);
  if (data === undefined) return undefined;
  // A strategic merge patch, as pkg/controller/statefulset and daemonset write it.
  const { $patch: _, ...kept }: PodTemplate & { $patch?: unknown } = data.data.spec.template;
  return owned('ControllerRevision', data.metadata, { number: data.revision, template: kept });
}

function owned(
  kind: string,
  { name, namespace, ownerReferences }: z.infer<typeof metadata>,
  kept: { readonly number: number; readonly template: PodTemplate },
): OwnedRevision {
  const object: ObjectRef = namespace === undefined ? { kind, name } : { kind, namespace, name };
  const own = withoutHash(kept.template);
  const owner = ownerReferences?.find(({ controller }) => controller === true)?.uid;
  return { number: kept.number, object, template: own, digest: digestOf(own), owner };
}

const hashLabel = 'pod-template-hash';

/** A ReplicaSet's template as its Deployment had it. */
function withoutHash(template: PodTemplate): PodTemplate {
  if (template.metadata?.labels?.[hashLabel] === undefined) return template;
  const { [hashLabel]: _, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

/**
 * SHA-256 of a pod template, hex, whatever the order of its fields: without `pod-template-hash`, and without nulls, of
 * which old API servers write some (`creationTimestamp`).
 */
export const digestOf = (template: PodTemplate): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(withoutHash(template))))
    .digest('hex');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(
    fields.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]),
  );
}
