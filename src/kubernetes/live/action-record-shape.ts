import * as z from 'zod';
import type { Verification } from '../../engines/healing/draft.ts';
import type { ActionRecord, ActionState } from '../../engines/healing/record.ts';
import { isJson } from '../../platform/is-json.ts';

/** What is read of a stored action: foreign JSON, even when its signature is ours, for another version may have written it. */

const text = z.string();
const maybe = text.optional();
const count = z.number();

const ref = z.object({ kind: text, namespace: maybe, name: text });
const amounts = z.object({ cpu: maybe, memory: maybe });

const action = z.discriminatedUnion('name', [
  z.object({ name: z.literal('restart_workload'), target: ref }),
  z.object({ name: z.literal('scale_workload'), target: ref, replicas: count }),
  z.object({ name: z.literal('rollback_workload'), target: ref, revision: count.optional() }),
  z.object({
    name: z.literal('resize_workload'),
    target: ref,
    container: text,
    requests: amounts.optional(),
    limits: amounts.optional(),
  }),
  z.object({ name: z.literal('set_image'), target: ref, container: text, image: text }),
  z.object({ name: z.literal('evict_pod'), target: ref }),
  z.object({ name: z.literal('cordon_node'), target: ref, uncordon: z.boolean() }),
  z.object({ name: z.literal('drain_node'), target: ref }),
  z.object({ name: z.literal('undo_action'), target: ref, action_id: text }),
]);

const precondition = z.object({
  object: ref,
  apiVersion: text,
  uid: text,
  resourceVersion: text,
  generation: count.optional(),
});

const value = z.union([text, z.number(), z.boolean(), z.record(text, z.unknown()), z.array(z.unknown())]);
const step = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['add', 'replace']), path: text, value }),
  z.object({ op: z.literal('remove'), path: text }),
]);

const operation = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('patch'), on: precondition, steps: z.array(step) }),
  z.object({ verb: z.literal('set_template'), on: precondition, from: ref, digest: text }),
  z.object({ verb: z.literal('scale'), on: precondition, replicas: count }),
  z.object({ verb: z.literal('evict'), on: precondition }),
]);

const judged = { guard: text, title: text, reason: text };
const verdict = z.discriminatedUnion('decision', [
  z.object({ ...judged, decision: z.literal('allow') }),
  z.object({ ...judged, decision: z.literal('approve') }),
  z.object({ ...judged, decision: z.literal('refuse'), instead: text.exactOptional() }),
]);

const verifiedBy = z.enum({
  rollout: 'rollout',
  replicas: 'replicas',
  resized: 'resized',
  pod_replaced: 'pod_replaced',
  schedulable: 'schedulable',
  drained: 'drained',
  restored: 'restored',
} as const satisfies { readonly [By in Verification['by']]: By });

/** Each state there is, by itself: one that is left out would make records that cannot be read again. */
const state = z.enum({
  planned: 'planned',
  declined: 'declined',
  expired: 'expired',
  applying: 'applying',
  verifying: 'verifying',
  healthy: 'healthy',
  failed: 'failed',
  reverted: 'reverted',
  undone: 'undone',
} as const satisfies { readonly [State in ActionState]: State });

const actionRecordShape: z.ZodType<ActionRecord> = z.object({
  id: text,
  cluster: text,
  caller: text,
  action,
  target: precondition,
  operations: z.array(operation),
  inverse: z.array(operation),
  irreversible: maybe,
  changes: z.array(z.object({ object: ref, field: text, before: maybe, after: maybe })),
  radius: z.object({
    pods: count,
    ready: count,
    services: z.array(text),
    routes: z.array(text),
    budgets: z.array(text),
  }),
  verification: z.object({
    expects: text,
    by: verifiedBy,
    watches: ref.optional(),
    holdSeconds: count,
    deadlineSeconds: count,
  }),
  verdicts: z.array(verdict),
  finding: z.object({ rule: text, object: ref, summary: text, confidence: count }).optional(),
  digest: text,
  state,
  steps: z.array(z.object({ at: text, state, by: text, text })),
  createdAt: text,
  expiresAt: text,
  approvedBy: maybe,
  applied: precondition.optional(),
  appliedAt: maybe,
  evidence: z.array(z.object({ object: ref, status: text, container: maybe, lines: z.array(text) })).optional(),
  causesBefore: z.array(text),
});

/** The text of a record, whose fields stay in their order: digests are over them. Undefined when it is none. */
export function recordIn(text: string): ActionRecord | undefined {
  const value: unknown = isJson(text) ? JSON.parse(text) : undefined;
  return isRecord(value) ? value : undefined;
}

const isRecord = (value: unknown): value is ActionRecord => actionRecordShape.safeParse(value).success;
