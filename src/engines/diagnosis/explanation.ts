import type { ObjectRef } from '../objects.ts';
import type { Evidence, Fix, Severity } from './rule.ts';

export const verdicts = ['healthy', 'unhealthy', 'unknown'] as const;
export const bands = ['confirmed', 'likely', 'possible'] as const;

/** A step of the way from a cause to what the user sees. */
export interface ChainLink {
  readonly object: ObjectRef;
  /** The rule that found it; absent for a state that follows from the one before. */
  readonly rule?: string | undefined;
  readonly message: string;
}

export interface Change {
  readonly object: ObjectRef;
  readonly at: string;
  readonly by?: string | undefined;
  readonly what: string;
}

/** One root cause with everything that it explains. */
export interface Cause {
  /** Stable for the same fault on the same object: `rule:Kind/namespace/name#container`. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: number;
  readonly band: (typeof bands)[number];
  readonly object: ObjectRef;
  readonly summary: string;
  readonly chain: readonly ChainLink[];
  readonly evidence: readonly Evidence[];
  readonly affected: {
    readonly pods: number;
    readonly services: readonly string[];
    readonly routes: readonly string[];
    readonly since?: string | undefined;
  };
  readonly changes: readonly Change[];
  readonly fixes: readonly Fix[];
  readonly avoid: readonly string[];
  readonly missing_evidence: readonly string[];
  readonly next_check?: string | undefined;
}

export interface BlindSpot {
  readonly what: string;
  readonly why: string;
  readonly consequence: string;
}

/** A diagnosis: best cause first. Field names are the public contract. */
export interface Explanation {
  readonly scope: {
    readonly cluster: string;
    readonly namespace?: string | undefined;
    readonly object?: ObjectRef | undefined;
  };
  readonly verdict: (typeof verdicts)[number];
  readonly causes: readonly Cause[];
  readonly risks: readonly Risk[];
  readonly blind_spots: readonly BlindSpot[];
  readonly checked: {
    readonly objects: number;
    readonly namespaces: number;
    readonly rules: number;
    readonly pods: number;
    readonly pods_not_ready: number;
  };
  readonly snapshot: {
    readonly source: string;
    readonly taken_at: string;
    readonly complete: boolean;
    readonly requests: number;
    readonly bytes: number;
    readonly duration_ms: number;
  };
}

export type Risk = Pick<Cause, 'id' | 'rule' | 'title' | 'severity' | 'confidence' | 'object' | 'summary' | 'fixes'>;
