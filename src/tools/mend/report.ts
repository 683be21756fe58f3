import * as z from 'zod';
import type { Operation } from '../../engines/healing/action.ts';
import { type ActionRecord, actionStates } from '../../engines/healing/record.ts';
import { nameOf } from '../../engines/objects.ts';
import { objectRef } from '../schemas.ts';

/** An action as every face shows it: the plan, and what became of it. */
export const actionReport = z.object({
  action_id: z.string(),
  action: z.string(),
  object: objectRef,
  state: z.enum(actionStates),
  /** What the state means here, in one sentence. */
  summary: z.string(),
  finding: z.object({ rule: z.string(), object: objectRef, summary: z.string(), confidence: z.number() }).optional(),
  changes: z
    .array(
      z.object({ object: objectRef, field: z.string(), before: z.string().optional(), after: z.string().optional() }),
    )
    .readonly(),
  blast_radius: z.object({
    pods: z.int(),
    ready: z.int(),
    services: z.array(z.string()).readonly(),
    routes: z.array(z.string()).readonly(),
    budgets: z.array(z.string()).readonly(),
  }),
  guards: z
    .array(z.object({ guard: z.string(), decision: z.enum(['allow', 'approve', 'refuse']), reason: z.string() }))
    .readonly(),
  /** How it is undone. */
  way_back: z.string(),
  success_is: z.string(),
  deadline_seconds: z.int(),
  /** What broken pods told that the action takes away. */
  evidence: z
    .array(
      z.object({
        object: objectRef,
        status: z.string(),
        container: z.string().optional(),
        lines: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  created_at: z.string(),
  expires_at: z.string(),
  approved_by: z.string().optional(),
  steps: z.array(z.object({ at: z.string(), state: z.string(), by: z.string(), text: z.string() })).readonly(),
});
export type ActionReport = z.output<typeof actionReport>;

/** What may be told of a record. */
export function reportOf(record: ActionRecord): ActionReport {
  const { id, action, target, state, finding, changes, radius, verdicts, verification, steps } = record;
  return {
    action_id: id,
    action: action.name,
    object: target.object,
    state,
    summary: steps.at(-1)?.text ?? state,
    ...(finding !== undefined && { finding }),
    changes,
    blast_radius: radius,
    guards: verdicts.map(({ guard, decision, reason }) => ({ guard, decision, reason })),
    way_back: wayBack(record),
    success_is: verification.expects,
    deadline_seconds: verification.deadlineSeconds,
    evidence: record.evidence ?? [],
    created_at: record.createdAt,
    expires_at: record.expiresAt,
    ...(record.approvedBy !== undefined && { approved_by: record.approvedBy }),
    steps,
  };
}

function wayBack({ inverse, irreversible }: ActionRecord): string {
  if (inverse.length === 0) return `none: ${irreversible ?? 'nothing to go back to'}`;
  return [...inverse.map(described), ...(irreversible === undefined ? [] : [`but ${irreversible}`])].join('; ');
}

function described(operation: Operation): string {
  const object = nameOf(operation.on.object);
  if (operation.verb === 'set_template') return `${object} gets the template of ${nameOf(operation.from)} back`;
  if (operation.verb === 'scale') return `${object} gets ${operation.replicas} replicas back`;
  if (operation.verb === 'evict') return `${object} is evicted`;
  return operation.steps
    .map(
      (step) =>
        `${object} ${step.path} ${step.op === 'remove' ? 'is removed' : `becomes ${JSON.stringify(step.value)}`}`,
    )
    .join('; ');
}
