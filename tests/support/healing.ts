import type { Action, FieldStep, Operation } from '../../src/engines/healing/action.ts';
import { preconditionOf } from '../../src/engines/healing/action.ts';
import type { Draft } from '../../src/engines/healing/draft.ts';
import type { Guard, Situation } from '../../src/engines/healing/guards/guard.ts';
import type { ActionRecord } from '../../src/engines/healing/record.ts';
import { type KubernetesObject, type ObjectRef, type Of, type Pod, refOf } from '../../src/engines/objects.ts';
import { templateOf } from '../../src/engines/references.ts';
import type { Read, ReadOutcome } from '../../src/engines/snapshot-data.ts';
import { defaultPolicy, type HealingPolicy, policySchema } from '../../src/platform/healing-policy.ts';
import { aDeployment, anObject, aPod, aSnapshot, minutesAgo, ownedBy } from './builders.ts';
import { anExplanation } from './explanations.ts';
import { aNode } from './nodes.ts';

interface WorkloadFields {
  readonly metadata?: object;
  readonly replicas?: number;
  readonly pod?: Parameters<typeof aPod>[1];
  readonly spec?: object;
  readonly status?: object;
}

/** Metadata of an object as a server returns it. */
export const live = (metadata: object = {}) => ({ resourceVersion: '7', generation: 3, ...metadata });

/** `Deployment/web` as it is live: settled, with all of its pods Ready; its ReplicaSet is revision 1. */
export function aLiveDeployment({ replicas = 3, metadata, spec, status, ...fields }: WorkloadFields = {}) {
  const made = aDeployment('web', {
    replicas,
    ...fields,
    metadata: live(metadata),
    spec,
    status: {
      observedGeneration: 3,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      ...status,
    },
  } as Parameters<typeof aDeployment>[1]);
  return { ...made, target: made.deployment };
}

/** `StatefulSet/db` as it is live: settled, with all of its pods Ready. */
export function aLiveSet({ replicas = 3, pod = {}, metadata, spec, status, ...fields }: WorkloadFields = {}) {
  const pods = Array.from({ length: replicas }, (_, index) => aPod(`db-${index}`, pod));
  const target = anObject('StatefulSet', 'db', {
    ...fields,
    metadata: live(metadata),
    spec: { replicas, template: { spec: pods[0]?.spec }, ...spec },
    status: {
      observedGeneration: 3,
      replicas,
      updatedReplicas: replicas,
      availableReplicas: replicas,
      currentRevision: 'db-1',
      updateRevision: 'db-1',
      ...status,
    },
  });
  const owned = pods.map((each): Pod => ({ ...each, metadata: { ...live(), ...each.metadata, ...ownedBy(target) } }));
  const all: readonly KubernetesObject[] = [target, ...owned];
  return { target, pods: owned, all };
}

/** An older or newer revision of a Deployment: its template with this image. */
export const aRevision = (
  deployment: Of<'Deployment'>,
  number: number,
  {
    image,
    ready = 0,
    replicas = 0,
    ...spec
  }: { readonly image: string; readonly ready?: number; readonly replicas?: number; readonly [field: string]: unknown },
) =>
  anObject('ReplicaSet', `${deployment.metadata.name}-r${number}`, {
    metadata: { ...ownedBy(deployment), annotations: { 'deployment.kubernetes.io/revision': String(number) } },
    spec: {
      replicas,
      template: {
        ...deployment.spec?.template,
        spec: {
          ...deployment.spec?.template?.spec,
          ...spec,
          containers: [{ ...deployment.spec?.template?.spec?.containers?.[0], image }],
        },
      },
    },
    status: { readyReplicas: ready },
  });

/** An object of which nobody knows more than its name. */
export const aBareObject = (kind: string, name = 'bare'): KubernetesObject => ({
  apiVersion: '',
  kind,
  metadata: { name },
});

export const aPolicy = (fields: object): HealingPolicy => policySchema.parse(fields);

interface SituationFields extends Partial<Omit<Situation, 'snapshot'>> {
  /** What the snapshot holds besides Namespace/shop and a node. */
  readonly objects?: readonly KubernetesObject[];
  /** Instead of Namespace/shop. */
  readonly namespace?: KubernetesObject;
  readonly heads?: readonly KubernetesObject[];
  readonly complete?: readonly string[];
  readonly reads?: readonly { readonly read: Read; readonly outcome: ReadOutcome }[];
  readonly logs?: NonNullable<Parameters<typeof aSnapshot>[0]>['logs'];
}

const readWhole = ['Pod', 'Node', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'ReplicaSet', 'ConfigMap'];

/**
 * A situation in which nothing stands against anything: `Deployment/web` with three Ready pods in `shop`, a node with
 * room, healing switched on, every write tried, nothing done before.
 */
export function aSituation(fields: SituationFields = {}): Situation {
  const {
    objects,
    namespace = anObject('Namespace', 'shop'),
    heads = [],
    complete = readWhole,
    reads,
    logs,
    ...rest
  } = fields;
  const fallback = aLiveDeployment();
  return {
    snapshot: aSnapshot({
      objects: [namespace, aNode('node-1'), ...(objects ?? fallback.all)],
      heads,
      complete,
      ...(reads !== undefined && { reads }),
      ...(logs !== undefined && { logs }),
    }),
    target: fallback.target,
    explanation: anExplanation(),
    history: [],
    policy: defaultPolicy,
    tier: 'approve',
    healing: true,
    lacking: [],
    dryRun: { write: { ok: true }, pod: { ok: true }, unexpected: [] },
    ...rest,
  };
}

const restartedAt = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt';

/** The actions, on an object. */
export const restart = (target: ObjectRef): Action => ({ name: 'restart_workload', target });
export const scale = (target: ObjectRef, replicas: number): Action => ({ name: 'scale_workload', target, replicas });
export const setImage = (target: ObjectRef, image: string, container = 'app'): Action => ({
  name: 'set_image',
  target,
  container,
  image,
});
export const evict = (target: ObjectRef): Action => ({ name: 'evict_pod', target });
export const cordon = (target: ObjectRef, uncordon = false): Action => ({ name: 'cordon_node', target, uncordon });
export const drain = (target: ObjectRef): Action => ({ name: 'drain_node', target });
export const undo = (target: ObjectRef, action_id = 'a1'): Action => ({ name: 'undo_action', target, action_id });
export const rollback = (target: ObjectRef, revision?: number): Action => ({
  name: 'rollback_workload',
  target,
  revision,
});
export const resize = (
  target: ObjectRef,
  amounts: Omit<Extract<Action, { name: 'resize_workload' }>, 'name' | 'target' | 'container'>,
  container = 'app',
): Action => ({ name: 'resize_workload', target, container, ...amounts });

interface DraftFields extends Partial<Draft> {
  /** The ReplicaSet that a rollback takes its template from. */
  readonly from?: KubernetesObject;
  /** The pods that a drain evicts. */
  readonly pods?: readonly KubernetesObject[];
}

/** A whole plan for an action on a live object, as the flow would draft it. */
export function aDraft(
  action: Action,
  target: KubernetesObject,
  { from, pods = [], ...fields }: DraftFields = {},
): Draft {
  const on = preconditionOf(target);
  const patch = (...steps: FieldStep[]): Operation => ({ verb: 'patch', on, steps });
  const evictions = pods.map((pod): Operation => ({ verb: 'evict', on: preconditionOf(pod) }));
  const container = target.kind === 'Pod' ? '/spec/containers/0' : '/spec/template/spec/containers/0';
  const amounts = action.name === 'resize_workload' ? { requests: action.requests, limits: action.limits } : {};
  const drafted: Readonly<Record<Action['name'], readonly Operation[]>> = {
    restart_workload: [patch({ op: 'add', path: restartedAt, value: '2026-11-23T12:00:00Z' })],
    scale_workload: [{ verb: 'scale', on, replicas: action.name === 'scale_workload' ? action.replicas : 0 }],
    rollback_workload: [{ verb: 'set_template', on, from: refOf(from ?? aBareObject('ReplicaSet')), digest: '00' }],
    resize_workload: [
      patch(
        ...Object.entries(amounts).flatMap(([side, of = {}]) =>
          Object.entries(of).map(
            ([resource, value]): FieldStep => ({
              op: 'replace',
              path: `${container}/resources/${side}/${resource}`,
              value: value ?? '',
            }),
          ),
        ),
      ),
    ],
    set_image: [
      patch({ op: 'replace', path: `${container}/image`, value: action.name === 'set_image' ? action.image : '' }),
    ],
    evict_pod: [{ verb: 'evict', on }],
    cordon_node: [
      patch({ op: 'replace', path: '/spec/unschedulable', value: !('uncordon' in action && action.uncordon) }),
    ],
    drain_node: [patch({ op: 'replace', path: '/spec/unschedulable', value: true }), ...evictions],
    undo_action: [{ verb: 'scale', on, replicas: 3 }],
  };
  const operations = drafted[action.name];
  const evicts = operations.some(({ verb }) => verb === 'evict');
  const rolls =
    target.kind !== 'Pod' &&
    ['restart_workload', 'rollback_workload', 'resize_workload', 'set_image'].includes(action.name);
  return {
    action,
    target: on,
    operations,
    inverse: evicts ? [] : operations,
    ...(evicts && { irreversible: 'the pod is another one when it returns' }),
    changes: evicts ? [] : [{ object: refOf(target), field: 'spec.replicas', before: '3', after: '4' }],
    ...(rolls && { template: templateOf(from) ?? templateOf(target) }),
    radius: { pods: 3, ready: 3, services: [], routes: [], budgets: [] },
    verification: { expects: 'all pods are Ready', by: 'rollout', holdSeconds: 120, deadlineSeconds: 600 },
    ...fields,
  };
}

interface RecordFields extends Partial<ActionRecord> {
  /** How long ago it was applied and ended. */
  readonly minutes?: number;
  readonly on?: KubernetesObject;
}

/** What is kept of a restart of `Deployment/web` that went well two hours ago. */
export function aRecord({ minutes = 120, on = aLiveDeployment().target, ...fields }: RecordFields = {}): ActionRecord {
  const draft = aDraft(fields.action ?? restart(refOf(on)), on);
  const { state = 'healthy' } = fields;
  const at = minutesAgo(minutes);
  return {
    ...draft,
    id: 'a1',
    cluster: 'test',
    caller: 'ann',
    verdicts: [],
    digest: '00',
    causesBefore: [],
    state,
    steps: [{ at, state, by: 'ann', text: state }],
    createdAt: at,
    expiresAt: at,
    appliedAt: at,
    applied: draft.target,
    ...fields,
  };
}

/** What a guard says, in one line: `refuse: … Instead: …`; `nothing` when it has nothing to do with the action. */
export function saidBy(guard: Guard, draft: Draft, situation: Situation): string {
  const verdict = guard.check(draft, situation);
  if (verdict === undefined) return 'nothing';
  const instead = verdict.decision === 'refuse' && verdict.instead !== undefined ? ` Instead: ${verdict.instead}` : '';
  return `${verdict.decision}: ${verdict.reason}${instead}`;
}
