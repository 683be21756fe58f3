import { type KubernetesObject, nameOf, type ObjectRef, type Pod } from '../engines/objects.ts';
import { controllerOf } from '../engines/owners.ts';
import { podSelectionOf } from '../engines/pod-selection.ts';
import { indexSnapshot } from '../engines/snapshot.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';

export interface PodsFound {
  readonly pods: readonly Pod[];
  /** The pod that was asked about, when it was one. */
  readonly only: Pod | undefined;
  /** Milliseconds since the epoch, by the clock of the snapshot. */
  readonly now: number;
}

/**
 * The pods of a workload or behind a Service, or a pod with its siblings.
 * @throws AppError `not_found` when the object has no pods, `validation_error` when its kind never has.
 */
export async function podsOfObject(reader: Reader, ref: ObjectRef, signal: AbortSignal): Promise<PodsFound> {
  const object = await reader.get(ref, signal);
  if (!isPod(object)) {
    const found = await selectedPods(reader, object, signal);
    if (found === undefined) throw hasNoPods(ref);
    if (found.pods.length === 0) throw noPods(ref);
    return { ...found, only: undefined };
  }
  const owner = controllerOf(object);
  // A controller that is gone, or of a kind that may not be read, leaves the pod without siblings.
  const workload = owner === undefined ? undefined : await reader.get(owner, signal).catch(() => undefined);
  const { pods, now } = (await selectedPods(reader, workload ?? object, signal)) ?? (await nothing(reader, signal));
  const { name } = object.metadata;
  return { pods: [object, ...pods.filter(({ metadata }) => metadata.name !== name)], only: object, now };
}

/** A namespace of more is not looked through for what is in trouble: diagnose does that at less cost. */
const maximumPods = 200;

/** @throws AppError `validation_error` when there are too many pods to look through. */
export async function podsOfNamespace(reader: Reader, namespace: string, signal: AbortSignal): Promise<Selected> {
  const read = { verb: 'list', kind: 'Pod', namespace, as: 'full', atMost: maximumPods } as const;
  const data = await reader.read([read], signal);
  if (data.reads.some(({ outcome }) => outcome === 'exceeded')) {
    throw new AppError('validation_error', `Namespace ${namespace} has more than ${maximumPods} pods.`, {
      hint: 'Name a pod or a workload, such as deployment/api; diagnose says which are broken.',
      details: { problems: [{ path: 'object', message: 'required in a large namespace' }] },
    });
  }
  const snapshot = indexSnapshot(data);
  return { pods: snapshot.all('Pod', namespace), now: snapshot.now };
}

type Selected = Pick<PodsFound, 'pods' | 'now'>;

async function selectedPods(
  reader: Reader,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<Selected | undefined> {
  const selection = podSelectionOf(object);
  if (selection === undefined) return undefined;
  const { namespace } = object.metadata;
  const read = { verb: 'list', kind: 'Pod', namespace, labelSelector: selection.query, as: 'full' } as const;
  const snapshot = indexSnapshot(await reader.read([read], signal));
  return { pods: snapshot.all('Pod', namespace).filter(selection.includes), now: snapshot.now };
}

/** Only the clock. */
const nothing = async (reader: Reader, signal: AbortSignal): Promise<Selected> => ({
  pods: [],
  now: Date.parse((await reader.read([], signal)).takenAt),
});

const isPod = (object: KubernetesObject): object is Pod => object.kind === 'Pod';

const hasNoPods = (ref: ObjectRef): AppError =>
  new AppError('validation_error', `A ${ref.kind} has no pods, and so no logs.`, {
    hint: 'Name a pod or a workload, such as pod/api-0 or deployment/api.',
    details: { problems: [{ path: 'object', message: `${ref.kind} has no pods` }] },
  });

const noPods = (ref: ObjectRef): AppError =>
  new AppError('not_found', `${nameOf(ref)} in namespace ${ref.namespace ?? ''} has no pods now.`, {
    hint: `diagnose ${ref.kind.toLowerCase()}/${ref.name} says why.`,
    details: {},
  });
