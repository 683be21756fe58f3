import * as z from 'zod';
import { actionId, cluster, namespace } from '../schemas.ts';
import { defineTool } from '../tool.ts';
import { usedAlready } from './bound-refusal.ts';
import { mend } from './mend.ts';
import { ownAction } from './own-action.ts';
import { planShown } from './plan-shown.ts';
import { actionReport } from './report.ts';
import { reportLines } from './report-lines.ts';

/**
 * Approves a plan that another face made: what `kubemend heal approve` and the console run. In no catalogue, because a
 * model has nothing to approve with: without a person's answer it only shows the plan.
 */
export const approveAction = defineTool({
  name: 'approve_action',
  title: 'Approve a plan',
  description: 'Applies a plan that a person approves here.',
  access: 'write',
  permissions: [],
  input: z.object({ action_id: actionId, namespace, cluster }),
  output: actionReport,

  async run({ action_id: id, namespace: home }, context) {
    const { approval } = context.healing();
    const { record } = await ownAction(id, home, context);
    if (approval !== undefined) return mend(record.action, context);
    if (record.state === 'planned') throw planShown(record, context);
    throw usedAlready(record);
  },

  render: (report) => reportLines(report).join('\n'),
});
