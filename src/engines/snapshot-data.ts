import type { KubernetesObject, ObjectRef } from './objects.ts';

/** What a diagnosis is asked about. Without `namespace` the whole cluster, without `object` the whole namespace. */
export interface Scope {
  readonly namespace?: string | undefined;
  readonly object?: ObjectRef | undefined;
}

/** How much of each object a list brings. */
export const representations = [
  /** Whole objects. */
  'full',
  /** `PartialObjectMetadataList`: names, labels, owners; no spec, no data. */
  'metadata',
  /** `Table` with `includeObject=None`: the printed columns; pods only (2 % of the bytes of full objects). */
  'table',
] as const;
export type Representation = (typeof representations)[number];

/**
 * One thing to read from the API server. `kind` is the Kubernetes kind, `apiVersion` is needed when the kind is not
 * one of {@link Kinds}.
 */
export type Read =
  | {
      readonly verb: 'list';
      readonly kind: string;
      readonly apiVersion?: string | undefined;
      readonly namespace?: string | undefined;
      readonly labelSelector?: string | undefined;
      readonly fieldSelector?: string | undefined;
      readonly as: Representation;
      /** Read only when there are no more items than this; else the outcome is `exceeded`. */
      readonly atMost?: number | undefined;
    }
  | {
      readonly verb: 'get';
      readonly kind: string;
      readonly apiVersion?: string | undefined;
      readonly namespace?: string | undefined;
      readonly name: string;
    }
  | {
      readonly verb: 'log';
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      /** The log of the container's last terminated instance. */
      readonly previous: boolean;
      readonly tailLines: number;
    };

/** How a read ended. */
export const readOutcomes = [
  'ok',
  /** A get that answered 404, or a kind that the server does not serve: known not to exist. */
  'absent',
  /** There are more items than `atMost`; none is here, and another read goes about it otherwise. */
  'exceeded',
  /** 403. This and what follows are blind spots. */
  'denied',
  /** Cut at a cap: some of it is here. */
  'truncated',
  /** Any other error, or not in the archive. */
  'failed',
] as const;
export type ReadOutcome = (typeof readOutcomes)[number];

/** Whether something is not known that this read should have told. */
export const isBlind = (outcome: ReadOutcome): boolean => !['ok', 'absent', 'exceeded'].includes(outcome);

export interface ReadResult {
  readonly read: Read;
  readonly outcome: ReadOutcome;
  /** The API server's words when it failed, without secrets. */
  readonly message?: string | undefined;
}

/** One row of the pod table: what `kubectl get pods -o wide` prints. Units: `restarts` is a count, `ready` and `containers` count containers. */
export interface PodRow {
  readonly namespace: string;
  readonly name: string;
  readonly ready: number;
  readonly containers: number;
  /** The STATUS column: a phase or the most telling reason, such as `CrashLoopBackOff` or `Init:0/1`. */
  readonly status: string;
  readonly restarts: number;
  /** The AGE column as printed (`5m2s`). */
  readonly age: string;
  readonly node?: string | undefined;
}

export interface LogExcerpt {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** Oldest first, redacted, without the runtime's timestamps; `at` is that timestamp. */
  readonly lines: readonly { readonly at?: string | undefined; readonly text: string }[];
}

/** What reading cost. */
export interface ReadCost {
  readonly requests: number;
  /** Bytes of bodies after decompression. */
  readonly bytes: number;
  readonly durationMs: number;
}

/**
 * Everything a diagnosis may look at, as plain data: what `collect` returns, an archive holds, and `indexSnapshot`
 * makes searchable.
 */
export interface SnapshotData {
  /** ISO 8601; the clock of every rule. */
  readonly takenAt: string;
  /** `live` or the archive's file name. */
  readonly source: string;
  /** Name of the kubeconfig context, or what the archive says. */
  readonly cluster: string;
  /** The API server's `gitVersion`, when known. */
  readonly version?: string | undefined;
  readonly scope: Scope;
  readonly objects: readonly KubernetesObject[];
  /** Objects of which only metadata was read. */
  readonly heads: readonly KubernetesObject[];
  readonly podRows: readonly PodRow[];
  readonly logs: readonly LogExcerpt[];
  /** Every read that was tried, in order. Blind spots and "does not exist" are derived from it. */
  readonly reads: readonly ReadResult[];
  readonly cost: ReadCost;
}
