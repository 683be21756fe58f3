import type { Operation } from '../../engines/healing/action.ts';
import type { KubernetesObject } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import type { ResourceType, WriteOptions } from '../ports.ts';
import type { Asking } from './asking.ts';
import { boundTo, checkBound, checkSteps, signedBy } from './binding.ts';
import { builtinType } from './builtin-types.ts';
import { getObject, type Located, objectOf } from './get-object.ts';
import { pathOf } from './paths.ts';
import type { Rest, RestCall } from './rest.ts';
import { revisionOf } from './stored-revisions.ts';

/** One operation on the object as it was found, which is the one that was planned for. */
interface Applying {
  readonly rest: Rest;
  readonly located: Located;
  readonly live: KubernetesObject;
  readonly options: WriteOptions;
  readonly call: RestCall;
}

type OperationOf<Verb> = Extract<Operation, { readonly verb: Verb }>;

/** Sends one operation. Returns the object as the server left it, whole; `undefined` after an eviction. */
export async function applyOperation(
  { rest, type, operation, options }: { rest: Rest; type: ResourceType; operation: Operation; options: WriteOptions },
  call: RestCall,
): Promise<KubernetesObject | undefined> {
  const { namespace, name } = operation.on.object;
  const located = { type, namespace, name };
  const live = await getObject(rest, located, call);
  checkBound(operation.on, live);
  const applying = { rest, located, live, options, call };
  if (operation.verb === 'patch') return applyPatch(operation, applying);
  if (operation.verb === 'set_template') return applyTemplate(operation, applying);
  if (operation.verb === 'scale') return applyScale(operation, applying);
  return applyEviction(operation, applying);
}

const isOfResources = (path: string): boolean =>
  /^\/spec\/(?:containers|initContainers)\/\d+\/resources(?:\/|$)/.test(path);

/** Resources of a pod that runs are changed through its `resize` subresource, which takes no annotation. */
function applyPatch({ on, steps }: OperationOf<'patch'>, applying: Applying): Promise<KubernetesObject> {
  checkSteps(steps);
  const { live, options } = applying;
  if (live.kind === 'Pod' && steps.every(({ path }) => isOfResources(path))) {
    return patched(boundTo(on, steps), applying, 'resize');
  }
  return patched(boundTo(on, [...signedBy(options.actionId, live), ...steps]), applying);
}

/** Annotations of the workload stay as they are: what `kubectl rollout undo` does to them undoes more than a template. */
async function applyTemplate(
  { on, from, digest }: OperationOf<'set_template'>,
  applying: Applying,
): Promise<KubernetesObject> {
  const { rest, live, options, call } = applying;
  const { namespace, name } = from;
  const object = await getObject(rest, { type: builtinType(from.kind), namespace, name }, call);
  const revision = revisionOf(from.kind, object);
  if (revision === undefined || revision.owner !== on.uid || revision.digest !== digest) {
    throw new AppError('conflict', `${from.kind}/${name} no longer holds what was planned. Nothing was done.`, {
      hint: 'Plan again from what it is now.',
      details: { planned_digest: digest, ...(revision !== undefined && { digest: revision.digest }) },
    });
  }
  const step = { op: 'replace', path: '/spec/template', value: revision.template } as const;
  return patched(boundTo(on, [...signedBy(options.actionId, live), step]), applying);
}

/**
 * A JSON patch too: of a merge patch with another uid the API server scales custom resources all the same (seen on
 * 1.36). The subresource drops annotations. What it answers is a Scale, so the object is read again.
 */
async function applyScale({ on, replicas }: OperationOf<'scale'>, applying: Applying): Promise<KubernetesObject> {
  const steps = boundTo(on, [{ op: 'replace', path: '/spec/replicas', value: replicas }]);
  const scale = await patched(steps, applying, 'scale');
  const { rest, located, live, options, call } = applying;
  if (options.dryRun) return withReplicas(live, replicas);
  try {
    return await getObject(rest, located, call);
  } catch {
    // It is scaled, and that is what has to be said.
    const { resourceVersion } = scale.metadata;
    const metadata = { ...live.metadata, ...(resourceVersion !== undefined && { resourceVersion }) };
    return withReplicas({ ...live, metadata }, replicas);
  }
}

/** Where the kind keeps them elsewhere, nothing is said. */
function withReplicas(object: KubernetesObject, replicas: number): KubernetesObject {
  const spec = 'spec' in object && typeof object.spec === 'object' ? object.spec : undefined;
  const known = spec !== null && spec !== undefined && 'replicas' in spec;
  return known ? Object.assign({ ...object }, { spec: { ...spec, replicas } }) : object;
}

async function applyEviction({ on }: OperationOf<'evict'>, { rest, located, options, call }: Applying) {
  const { namespace, name } = located;
  const { uid, resourceVersion } = on;
  await rest.write(
    {
      ...writingTo(located, { verb: 'create', subresource: 'eviction' }),
      method: 'POST',
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
        deleteOptions: { preconditions: { uid, resourceVersion }, ...(options.dryRun && { dryRun: ['All'] }) },
      },
      dryRun: options.dryRun,
    },
    call,
  );
  return undefined;
}

type Step = ReturnType<typeof boundTo>;

async function patched(
  steps: Step,
  { rest, located, live, options, call }: Applying,
  subresource?: string,
): Promise<KubernetesObject> {
  try {
    const answer = await rest.write(
      {
        ...writingTo(located, { verb: 'patch', subresource }),
        method: 'PATCH',
        contentType: 'application/json-patch+json',
        body: steps,
        dryRun: options.dryRun,
      },
      call,
    );
    return objectOf(answer, located);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (subresource === 'scale' && error.code === 'not_found') throw unscalable(located, error);
    if (error.code === 'conflict' && error.details.status === 422) throw await explained(error, steps);
    throw error;
  }

  /** A step that does not hold may be the test of the uid, or one for a field that is not there. */
  async function explained(error: AppError, { length }: Step): Promise<AppError> {
    const now = await getObject(rest, located, call);
    const same =
      now.metadata.uid === live.metadata.uid && now.metadata.resourceVersion === live.metadata.resourceVersion;
    if (!same) return error;
    return new AppError('validation_error', `The change does not fit ${located.type.kind}/${located.name}.`, {
      hint: 'One of the fields to change is not there. Nothing changed.',
      details: { steps: length },
      cause: error,
    });
  }
}

const writingTo = (
  { type, namespace, name }: Located,
  { verb, subresource }: Pick<Asking, 'verb' | 'subresource'>,
): { readonly asking: Asking; readonly path: string } => ({
  asking: { verb, type, subresource, namespace, name },
  path: pathOf(type, { namespace, name, subresource }),
});

const unscalable = ({ type, name }: Located, cause: AppError): AppError =>
  new AppError('validation_error', `${type.kind}/${name} cannot be scaled: its kind has no scale subresource.`, {
    hint: 'Nothing changed.',
    cause,
  });
