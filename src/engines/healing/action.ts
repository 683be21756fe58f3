import type { KubernetesObject, ObjectRef } from '../objects.ts';

/** Requests or limits of one container, as Kubernetes writes quantities: `500m`, `256Mi`. */
export interface ResourceAmounts {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

/** The closed set of what kubemend may do: typed, one object each. Named as the tools, for people and policies. */
export type Action =
  | { readonly name: 'restart_workload'; readonly target: ObjectRef }
  | { readonly name: 'scale_workload'; readonly target: ObjectRef; readonly replicas: number }
  /** Without a revision: to the newest one that was seen healthy (G20). */
  | { readonly name: 'rollback_workload'; readonly target: ObjectRef; readonly revision?: number | undefined }
  | {
      readonly name: 'resize_workload';
      readonly target: ObjectRef;
      readonly container: string;
      readonly requests?: ResourceAmounts | undefined;
      readonly limits?: ResourceAmounts | undefined;
    }
  | { readonly name: 'set_image'; readonly target: ObjectRef; readonly container: string; readonly image: string }
  /** The target is a Pod. */
  | { readonly name: 'evict_pod'; readonly target: ObjectRef }
  /** The targets are Nodes. */
  | { readonly name: 'cordon_node'; readonly target: ObjectRef; readonly uncordon: boolean }
  | { readonly name: 'drain_node'; readonly target: ObjectRef }
  /** Applies the stored inverse of an earlier action on the same target. */
  | { readonly name: 'undo_action'; readonly target: ObjectRef; readonly action_id: string };

export type ActionName = Action['name'];

/** One object in one state: what every write is conditional on (G6). */
export interface Precondition {
  readonly object: ObjectRef;
  readonly apiVersion: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Of the spec; absent where the kind has none. */
  readonly generation?: number | undefined;
}

/** One step of a JSON patch (RFC 6902); paths are those of `guards/fields` only (G2). */
export type FieldStep =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: string | number | boolean | object }
  | { readonly op: 'remove'; readonly path: string };

/** One write as it will be sent: the closed set (G2). Holds no value of an environment variable or Secret (G38). */
export type Operation =
  /** Sets single fields; the writer adds the preconditions and the annotation with the action's id. */
  | { readonly verb: 'patch'; readonly on: Precondition; readonly steps: readonly FieldStep[] }
  /** Replaces `/spec/template` by that of a revision, which the writer reads at apply and compares with the digest. */
  | {
      readonly verb: 'set_template';
      readonly on: Precondition;
      /** A ReplicaSet or ControllerRevision. */
      readonly from: ObjectRef;
      /** SHA-256 of the template, hex. */
      readonly digest: string;
    }
  /** Through the scale subresource, of any kind that has one. */
  | { readonly verb: 'scale'; readonly on: Precondition; readonly replicas: number }
  /** Through the eviction API, which respects PodDisruptionBudgets. */
  | { readonly verb: 'evict'; readonly on: Precondition };

/** What an object's condition for a write is, as it was read. */
export function preconditionOf(object: KubernetesObject): Precondition {
  const { namespace, name, uid = '', resourceVersion = '', generation } = object.metadata;
  return {
    object: namespace === undefined ? { kind: object.kind, name } : { kind: object.kind, namespace, name },
    apiVersion: object.apiVersion,
    uid,
    resourceVersion,
    ...(generation !== undefined && { generation }),
  };
}
