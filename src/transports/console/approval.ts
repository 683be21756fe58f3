import * as z from 'zod';
import type { Call, Pipeline } from '../../call.ts';
import type { Clusters } from '../../kubernetes/ports.ts';
import type { Failure, Outcome } from '../../outcome.ts';
import type { Principal } from '../../platform/auth/principal.ts';
import { digestOf } from '../../platform/digest.ts';
import { AppError } from '../../platform/errors.ts';

/** Which plan a person looks at. */
export const planRef = z.strictObject({
  action_id: z.string(),
  namespace: z.string().optional(),
  cluster: z.string().optional(),
});
export type PlanRef = z.output<typeof planRef>;

export interface ApprovalOptions {
  /** Its only tool shows a plan, or carries out what a person answered. No other face has it. */
  readonly pipeline: Pipeline;
  readonly clusters: Clusters;
}

export interface Approvals {
  /** What the person is about to approve. @throws AppError when it is no plan of theirs that waits. */
  look(plan: PlanRef, principal: Principal): Promise<Failure>;
  answer(plan: PlanRef, principal: Principal, answer: Answer): Promise<Outcome>;
  /** That an approval was refused on its way, for the audit. */
  refused(plan: PlanRef, principal: Principal, error: AppError): void;
}
type Answer = Pick<NonNullable<Call['approval']>, 'answer' | 'by'>;

export function createPlanApprovals({ pipeline, clusters }: ApprovalOptions): Approvals {
  const asked = (plan: PlanRef, principal: Principal) => ({
    tool: pipeline.tools[0]?.name ?? '',
    arguments: plan,
    caller: { id: principal.id, principal },
  });
  const call = (plan: PlanRef, principal: Principal, answer?: Answer): Promise<Outcome> =>
    pipeline.call({
      ...asked(plan, principal),
      clusters,
      ...(answer !== undefined && { approval: { actionId: plan.action_id, ...answer } }),
    });
  return {
    async look(plan, principal) {
      const { result } = await call(plan, principal);
      if (!result.success && result.error_type === 'approval_required') return result;
      if (result.success) throw new Error('A plan was carried out that nobody approved.');
      throw new AppError(result.error_type, result.error, { hint: result.hint, details: result.details });
    },
    answer: call,
    refused: (plan, principal, error) => pipeline.refused(asked(plan, principal), error),
  };
}

export const switchedOff = new AppError('refused', 'Healing is switched off.', { hint: 'Start kubemend with --heal.' });

/** What a plan would do: the same as long as nobody changed it. */
export const planDigest = ({ details }: Failure): string => digestOf(details);
