import type { Action } from '../../engines/healing/action.ts';
import type { ToolContext } from '../tool.ts';
import { approve } from './approve.ts';
import { plan } from './plan.ts';
import { planShown } from './plan-shown.ts';
import type { ActionReport } from './report.ts';
import { resume } from './resume.ts';

/**
 * What every write tool does: plans the action and asks for approval, or, when the call carries a person's answer to the
 * plan, applies it.
 * @throws AppError `refused` by a guard or the policy; `approval_required` with the plan, as long as nobody has said yes.
 */
export async function mend(action: Action, context: ToolContext): Promise<ActionReport> {
  const { approval } = context.healing();
  await resume(context, action.target.namespace);
  if (approval !== undefined) return approve(action, approval, context);
  throw planShown(await plan(action, context), context);
}
