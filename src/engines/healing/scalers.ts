import { type Autoscaler, scaleTargetOf } from '../autoscalers.ts';
import { type KubernetesObject, keyOf, type ObjectRef, refOf } from '../objects.ts';
import { perSnapshot } from '../per-snapshot.ts';
import type { Snapshot } from '../snapshot.ts';

/** KEDA's ScaledObject (keda.sh/v1alpha1), as far as it matters here. */
type ScaledObject = KubernetesObject & {
  readonly spec?:
    | {
        readonly scaleTargetRef?:
          | { readonly kind?: string | undefined; readonly name?: string | undefined }
          | undefined;
        readonly minReplicaCount?: number | undefined;
        readonly maxReplicaCount?: number | undefined;
      }
    | undefined;
};

/** VerticalPodAutoscaler (autoscaling.k8s.io/v1), as far as it matters here. */
type VerticalAutoscaler = KubernetesObject & {
  readonly spec?:
    | {
        readonly targetRef?: { readonly kind?: string | undefined; readonly name?: string | undefined } | undefined;
        readonly updatePolicy?: { readonly updateMode?: string | undefined } | undefined;
        readonly resourcePolicy?: { readonly containerPolicies?: readonly ContainerPolicy[] | undefined } | undefined;
      }
    | undefined;
};

interface ContainerPolicy {
  readonly containerName?: string | undefined;
  readonly mode?: string | undefined;
  readonly controlledResources?: readonly string[] | undefined;
}

/** Something that sets the number of replicas by itself, with its bounds. */
export interface Scaler {
  readonly object: ObjectRef;
  readonly minimum: number;
  readonly maximum: number | undefined;
  /** The fields that hold the bounds. */
  readonly fields: readonly [minimum: string, maximum: string];
}

const custom = perSnapshot((snapshot) =>
  Map.groupBy(
    [...snapshot.data.objects, ...snapshot.data.heads].filter(({ kind }) => customKinds.has(kind)),
    ({ kind }) => kind,
  ),
);
const customKinds: ReadonlySet<string> = new Set(['ScaledObject', 'VerticalPodAutoscaler']);

/** What scales a workload; KEDA before the HorizontalPodAutoscaler that it keeps. */
export function scalerOf(snapshot: Snapshot, workload: ObjectRef): Scaler | undefined {
  const scaled = (custom(snapshot).get('ScaledObject') ?? []).find((object) => isScaledBy(workload, object));
  if (scaled !== undefined) return kedaScaler(scaled);
  const autoscaler = autoscalersOf(snapshot, workload)[0];
  if (autoscaler === undefined) return undefined;
  const { minReplicas = 1, maxReplicas } = autoscaler.spec ?? {};
  return {
    object: refOf(autoscaler),
    minimum: minReplicas,
    maximum: maxReplicas,
    fields: ['minReplicas', 'maxReplicas'],
  };
}

function kedaScaler(object: ScaledObject): Scaler {
  // Defaults of KEDA: none at least, 100 at most.
  const { minReplicaCount = 0, maxReplicaCount = 100 } = object.spec ?? {};
  const fields = ['minReplicaCount', 'maxReplicaCount'] as const;
  return { object: refOf(object), minimum: minReplicaCount, maximum: maxReplicaCount, fields };
}

function isScaledBy(workload: ObjectRef, { spec, metadata }: ScaledObject): boolean {
  const { kind = 'Deployment', name } = spec?.scaleTargetRef ?? {};
  return name === workload.name && kind === workload.kind && metadata.namespace === workload.namespace;
}

export const autoscalersOf = (snapshot: Snapshot, workload: ObjectRef): readonly Autoscaler[] =>
  snapshot.all('HorizontalPodAutoscaler', workload.namespace).filter((autoscaler) => {
    const target = scaleTargetOf(autoscaler);
    return target !== undefined && keyOf(target) === keyOf(workload);
  });

/** The VerticalPodAutoscaler that sets a resource (`cpu`, `memory`) of a container, if one does. */
export function resizerOf(
  snapshot: Snapshot,
  workload: ObjectRef,
  { container, resource }: { readonly container: string; readonly resource: string },
): ObjectRef | undefined {
  const found = (custom(snapshot).get('VerticalPodAutoscaler') ?? []).find((object) =>
    isResizedBy(workload, object, { container, resource }),
  );
  return found === undefined ? undefined : refOf(found);
}

function isResizedBy(
  workload: ObjectRef,
  { metadata, spec }: VerticalAutoscaler,
  { container, resource }: { readonly container: string; readonly resource: string },
): boolean {
  const { kind, name } = spec?.targetRef ?? {};
  if (kind !== workload.kind || name !== workload.name || metadata.namespace !== workload.namespace) return false;
  if (spec?.updatePolicy?.updateMode === 'Off') return false;
  const policies = spec?.resourcePolicy?.containerPolicies ?? [];
  const policy =
    policies.find(({ containerName }) => containerName === container) ??
    policies.find(({ containerName }) => containerName === '*');
  return policy?.mode !== 'Off' && (policy?.controlledResources?.includes(resource) ?? true);
}
