import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../src/engines/objects.ts';
import { apiVersionOf } from '../../src/kubernetes/live/builtin-types.ts';
import type { ResourceType } from '../../src/kubernetes/ports.ts';
import type { FakeWorld, Place } from './fake-api-answers.ts';
import { labelSelectorHolds } from './fake-api-selectors.ts';
import type { RecordedRequest } from './fake-api-server.ts';
import { patchedBy } from './json-patch.ts';

/** What a write is answered with; a failure as the API server's Status. */
export interface Written {
  readonly status: number;
  readonly value: object;
}

interface Writing extends Place {
  readonly world: FakeWorld;
  readonly dryRun: boolean;
  readonly body: Body;
}
type Body = Partial<KubernetesObject> & Record<string, any>;

let versions = 5000;

/** Answers as a real API server does to a write: state, versions, preconditions, JSON patches, dry runs. */
export function write(world: FakeWorld, place: Place, { method, query, body }: RecordedRequest): Written | undefined {
  const dryRun = query.get('dryRun') === 'All';
  const writing: Writing = { ...place, world, dryRun, body: JSON.parse(body || '{}') as Body };
  if (method === 'POST') return place.sub === 'eviction' ? evict(writing) : create(writing);
  if (method === 'PUT') return update(writing);
  if (method === 'PATCH') return patch(writing);
  return method === 'DELETE' ? remove(writing) : undefined;
}

/** The verb of RBAC. */
export const verbOf = (method: string): string =>
  ({ POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' })[method] ?? method.toLowerCase();

/** An object as a store has it: with a uid and a version. */
export const kept = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    uid: object.metadata.uid ?? `uid-${++versions}`,
    resourceVersion: object.metadata.resourceVersion ?? String(++versions),
  },
});

function create({ world, type, namespace, dryRun, body }: Writing): Written {
  const metadata = body.metadata as { name?: string; generateName?: string } & object;
  const name = metadata.name ?? `${metadata.generateName}x7k2p`;
  const made = {
    ...body,
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: { ...metadata, ...(namespace !== undefined && { namespace }), name },
  } as KubernetesObject;
  if (found({ world, type, namespace, name }) !== undefined)
    return failed(409, 'AlreadyExists', `"${name}" already exists`);
  const stored = kept(made);
  if (!dryRun) world.objects = [...world.objects, stored];
  return { status: 201, value: stored };
}

function update(writing: Writing): Written {
  const { body, name } = writing;
  const live = found(writing);
  const { uid, resourceVersion } = body.metadata ?? {};
  // As of a real Lease: one that is gone is made again when nothing but a version is given.
  if (live === undefined) return uid === undefined ? create(writing) : conflict(`${name}: UID in object meta: `);
  if (uid !== undefined && uid !== live.metadata.uid) return conflict(`${name}: Precondition failed: UID`);
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) return modified(name);
  return store(writing, live, { ...body, metadata: { ...body.metadata, uid: live.metadata.uid } } as KubernetesObject);
}

function patch(writing: Writing): Written {
  const { sub, type, name } = writing;
  const live = found(writing);
  if (live === undefined || (sub === 'scale' && type.kind === 'DaemonSet')) return missing(type, name);
  const before = sub === 'scale' ? scaleOf(live) : live;
  const after = patchedBy<KubernetesObject>(before, writing.body as never);
  if (after === undefined)
    return failed(422, 'Invalid', 'the server rejected our request due to an error in our request');
  if (after.metadata.resourceVersion !== live.metadata.resourceVersion) return modified(name);
  if (sub === 'resize') return store(writing, live, { ...after, metadata: live.metadata });
  if (sub !== 'scale') return store(writing, live, after);
  const { replicas } = (after as Body).spec;
  const { value } = store(writing, live, { ...live, spec: { ...(live as Body).spec, replicas } } as KubernetesObject);
  return { status: 200, value: scaleOf(value as KubernetesObject) };
}

const scaleOf = ({ metadata: { name, namespace, uid, resourceVersion }, ...live }: KubernetesObject) =>
  ({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion },
    spec: { replicas: (live as Body).spec.replicas },
  }) as unknown as KubernetesObject;

function evict(writing: Writing): Written {
  const { world, namespace, name, type, body } = writing;
  const pod = found(writing);
  if (pod === undefined) return missing(type, name);
  const budget = world.objects.find(
    (object) =>
      object.kind === 'PodDisruptionBudget' &&
      object.metadata.namespace === namespace &&
      (object as Body).status.disruptionsAllowed === 0 &&
      Object.entries<string>((object as Body).spec.selector.matchLabels).every(([k, v]) =>
        labelSelectorHolds(`${k}=${v}`, pod),
      ),
  );
  if (budget !== undefined) {
    const message = `The disruption budget ${budget.metadata.name} needs 2 healthy pods and has 2 currently`;
    const causes = [{ reason: 'DisruptionBudget', message }];
    const why = "Cannot evict pod as it would violate the pod's disruption budget.";
    return failed(429, 'TooManyRequests', why, { causes, retryAfterSeconds: 10 });
  }
  const { preconditions } = body.deleteOptions;
  return remove({ ...writing, body: { preconditions } }, 201);
}

function remove(writing: Writing, status = 200): Written {
  const { world, type, name, body, dryRun } = writing;
  const live = found(writing);
  if (live === undefined) return missing(type, name);
  const { uid, resourceVersion } = body.preconditions ?? {};
  if (uid !== undefined && uid !== live.metadata.uid) return conflict('the UID in the precondition does not match');
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion)
    return conflict('the ResourceVersion in the precondition does not match');
  if (!dryRun) world.objects = world.objects.filter((object) => object !== live);
  return { status, value: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}

/** A change of the spec makes another generation; one that changes nothing makes no version. */
function store({ world, dryRun }: Writing, live: KubernetesObject, next: KubernetesObject): Written {
  if (isDeepStrictEqual(live, next)) return { status: 200, value: live };
  const other = !isDeepStrictEqual((live as Body).spec, (next as Body).spec);
  const { generation } = live.metadata;
  const metadata = {
    ...next.metadata,
    ...(generation !== undefined && { generation: generation + (other ? 1 : 0) }),
    resourceVersion: String(++versions),
  };
  const stored = { ...next, metadata };
  if (dryRun)
    return {
      status: 200,
      value: { ...next, metadata: { ...metadata, resourceVersion: live.metadata.resourceVersion } },
    };
  world.objects = world.objects.map((object) => (object === live ? stored : object));
  return { status: 200, value: stored };
}

const found = ({ world, type, namespace, name }: Pick<Writing, 'world' | 'type' | 'namespace' | 'name'>) =>
  world.objects.find(
    (object) =>
      object.kind === type.kind &&
      object.apiVersion === apiVersionOf(type) &&
      object.metadata.name === name &&
      object.metadata.namespace === namespace,
  );

const failed = (code: number, reason: string, message: string, details: object = {}): Written => ({
  status: code,
  value: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code },
});
const conflict = (why: string): Written => failed(409, 'Conflict', `Operation cannot be fulfilled on ${why}`);
const modified = (name = ''): Written => conflict(`"${name}": the object has been modified; please apply your changes`);
const missing = ({ resource }: ResourceType, name = ''): Written =>
  failed(404, 'NotFound', `${resource} "${name}" not found`);
