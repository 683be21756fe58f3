import {
  type Container,
  type KubernetesObject,
  keyOf,
  type ObjectRef,
  type Pod,
  type PodSpec,
  type PodTemplate,
  refOf,
} from '../objects.ts';
import { podsOf, workloadOf } from '../owners.ts';
import { isFinished, isReady, isTerminating } from '../pods.ts';
import { templateOf } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Operation } from './action.ts';
import type { Draft } from './draft.ts';
import type { Situation } from './guards/guard.ts';

/** A workload of any kind, as far as guards look at it. */
export type Workload = KubernetesObject & {
  readonly spec?:
    | {
        readonly replicas?: number | undefined;
        readonly paused?: boolean | undefined;
        readonly podManagementPolicy?: string | undefined;
        readonly template?: PodTemplate | undefined;
        readonly updateStrategy?: UpdateStrategy | undefined;
        readonly persistentVolumeClaimRetentionPolicy?: { readonly whenScaled?: string | undefined } | undefined;
      }
    | undefined;
  readonly status?:
    | {
        readonly observedGeneration?: number | undefined;
        readonly replicas?: number | undefined;
        readonly updatedReplicas?: number | undefined;
        readonly availableReplicas?: number | undefined;
        readonly currentRevision?: string | undefined;
        readonly updateRevision?: string | undefined;
        readonly desiredNumberScheduled?: number | undefined;
        readonly updatedNumberScheduled?: number | undefined;
        readonly numberAvailable?: number | undefined;
        readonly conditions?: readonly WorkloadCondition[] | undefined;
      }
    | undefined;
};

interface UpdateStrategy {
  readonly type?: string | undefined;
  readonly rollingUpdate?: { readonly maxUnavailable?: string | number | undefined } | undefined;
}

interface WorkloadCondition {
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
}

/** Kinds with pods and a template that this program may change. */
export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

export const isWorkload = ({ kind }: KubernetesObject): boolean => workloadKinds.some((each) => each === kind);

/** The workload that notices: the target itself, or what owns the target pod. */
export const affectedWorkload = ({ snapshot, target }: Pick<Situation, 'snapshot' | 'target'>): ObjectRef =>
  target.kind === 'Pod' ? workloadOf(snapshot, target) : refOf(target);

/** Whether the target gets another pod template, which replaces its pods. */
export const changesTemplate = ({ operations }: Pick<Draft, 'operations'>): boolean =>
  operations.some(
    (operation) =>
      operation.verb === 'set_template' ||
      (operation.verb === 'patch' && operation.steps.some(({ path }) => path.startsWith('/spec/template/'))),
  );

const podSpecOf = (target: WithContainers): WithContainers['spec'] =>
  target.kind === 'Pod' ? target.spec : templateOf(target)?.spec;

/** All containers of the target's template, or of the target when it is a Pod, init containers last. */
export const containersOfTarget = (target: WithContainers): readonly Container[] => containersOfSpec(podSpecOf(target));

/** The same of the spec of a pod. */
export const containersOfSpec = (spec: WithContainers['spec']): readonly Container[] => [
  ...(spec?.containers ?? []),
  ...(spec?.initContainers ?? []),
];

/** The one at a place of a patch: `initContainers`, 0. */
export const containerAt = (
  target: WithContainers,
  list: 'containers' | 'initContainers',
  index: number,
): Container | undefined => podSpecOf(target)?.[list]?.[index];

type WithContainers = KubernetesObject & {
  readonly spec?: Pick<PodSpec, 'containers' | 'initContainers'> | undefined;
};

/** The number of replicas that the action sets, if it does. */
export function replicasAfter({ operations }: Pick<Draft, 'operations'>): number | undefined {
  for (const operation of operations) {
    if (operation.verb === 'scale') return operation.replicas;
    if (operation.verb !== 'patch') continue;
    const step = operation.steps.find(({ path }) => path === '/spec/replicas');
    if (step !== undefined && step.op !== 'remove' && typeof step.value === 'number') return step.value;
  }
  return undefined;
}

type Eviction = Extract<Operation, { verb: 'evict' }>;

export const evictionsOf = ({ operations }: Pick<Draft, 'operations'>): readonly Eviction[] =>
  operations.filter((operation): operation is Eviction => operation.verb === 'evict');

/** The pod of an eviction as it was read; the live target before the snapshot. */
export function podOf({ snapshot, target }: Pick<Situation, 'snapshot' | 'target'>, ref: ObjectRef): Pod | undefined {
  return keyOf(refOf(target)) === keyOf(ref) ? target : snapshot.find('Pod', ref.namespace, ref.name);
}

/** Pods of a workload that have neither ended nor are about to. */
export const livingPods = (snapshot: Snapshot, workload: ObjectRef): readonly Pod[] =>
  podsOf(snapshot, workload).filter((pod) => !isFinished(pod) && !isTerminating(pod));

export const readyPods = (snapshot: Snapshot, workload: ObjectRef): readonly Pod[] =>
  livingPods(snapshot, workload).filter(isReady);

/** Whether every object of a kind was read, in one namespace or of the whole cluster: no object has an empty name. */
export const wasListed = (snapshot: Snapshot, kind: string, namespace?: string): boolean =>
  snapshot.presence(kind, namespace, '') === 'absent';

/** `1 pod`, `3 pods`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
