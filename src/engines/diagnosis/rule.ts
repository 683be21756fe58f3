import type { ObjectRef } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/**
 * What a finding is: a `cause` explains itself, a `symptom` looks for the cause that explains it, a `risk` has not
 * broken anything yet.
 */
export const findingClasses = ['cause', 'symptom', 'risk'] as const;
export type FindingClass = (typeof findingClasses)[number];

/** Where the fault shows. Causality is stated between areas and rules (`causality.ts`); it is the folder of the rule. */
export const areas = ['pod', 'workload', 'service', 'route', 'volume', 'node', 'namespace', 'cluster'] as const;
export type Area = (typeof areas)[number];

/** How a finding is known; its confidence is the weakest of its links (docs/rules/README.md). */
export const certainties = {
  /** An API field says so. */
  declared: 0.95,
  /** Computed here from API fields: selectors, capacity, quota. */
  recomputed: 0.9,
  /** A message or log line of known wording says so. */
  message: 0.8,
  /** A name found in an environment variable or a log stands for an object. */
  inferred: 0.6,
  /** Only the time fits. */
  correlated: 0.4,
} as const;
export type Certainty = keyof typeof certainties;

export const evidenceSources = ['status', 'spec', 'event', 'log', 'recomputed', 'change'] as const;
export interface Evidence {
  readonly object: ObjectRef;
  readonly source: (typeof evidenceSources)[number];
  /** Quotes the cluster, or states what was computed. */
  readonly text: string;
  /** ISO 8601. */
  readonly at?: string | undefined;
}

/** A remedy: one of our tools with its arguments, or advice in words. */
export type Fix =
  | { readonly tool: string; readonly arguments: Readonly<Record<string, unknown>>; readonly reason: string }
  | { readonly advice: string; readonly reason: string };

/** What a rule says about one object. Replicas that say the same are collapsed later. */
export interface Finding {
  /** The object that shows it: a Pod for pod rules; it is collapsed to its workload. */
  readonly subject: ObjectRef;
  readonly container?: string | undefined;
  /**
   * The rest of the sentence that begins with the object's name, without a full stop: `cannot start: ConfigMap/api
   * has no key URL (it has URI)`. Names the exact field, key, label, image, port or quantity. The same for all replicas.
   */
  readonly problem: string;
  /**
   * The object that is at fault when it is not the subject: the missing ConfigMap, the full quota, the dead node.
   * Findings of one rule on several workloads with the same culprit are one cause.
   */
  readonly culprit?: ObjectRef | undefined;
  /** Words that are the same for all workloads of one cause, where the quantities in `problem` are not; default `problem`. */
  readonly alike?: string | undefined;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  /** ISO 8601: when it began, as far as the cluster tells. */
  readonly since?: string | undefined;
  /** At most three, the best first. */
  readonly fixes: readonly Fix[];
  /** What would settle it, when this finding is not certain. */
  readonly missingEvidence?: readonly string[] | undefined;
  readonly nextCheck?: string | undefined;
  /** Overrides the rule's, when the same fault weighs more here. */
  readonly severity?: Severity | undefined;
  /** Overrides the rule's class, when here it is explained by something else (a system taint) or explains itself. */
  readonly class?: FindingClass | undefined;
  /** Overrides the rule's, when what makes it worse is something else here. */
  readonly avoid?: readonly string[] | undefined;
  /** Objects that this one depends on by name only (a host in a log): they join the graph for this finding. */
  readonly dependsOn?: readonly ObjectRef[] | undefined;
}

export interface Rule {
  /** Public: never renamed, never reused. */
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  readonly class: FindingClass;
  readonly severity: Severity;
  /** For the rule's page: what it means for the people who use the workload. */
  readonly meaning: string;
  /** For the rule's page: which fields and texts decide, and what is recomputed. */
  readonly detection: string;
  /** For the rule's page: what to do, in order. */
  readonly remedies: readonly string[];
  /** What makes it worse, in the imperative's -ing form with the reason: "restarting: the key is still missing". */
  readonly avoid: readonly string[];
  /**
   * Pure. Missing fields mean no finding, never a throw. `found` is what the other rules said; it is filled only for
   * rules with `last`.
   */
  check(snapshot: Snapshot, found: readonly RuleFinding[]): readonly Finding[];
  /** Runs after all others and sees what they found: for rules that abstain out loud. */
  readonly last?: boolean | undefined;
}

export interface RuleFinding extends Finding {
  readonly rule: Rule;
}

/** Checks a rule's shape at compile time. */
export const defineRule = (rule: Rule): Rule => rule;
