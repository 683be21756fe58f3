import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import type { ActionReport } from './report.ts';
import { reportLines } from './report-lines.ts';

/** The answer to whoever proposes an action: the plan, and how a person approves it. Nothing has changed. */
export const planShown = (report: ActionReport, context: ToolContext): AppError =>
  new AppError('approval_required', `Nothing has changed yet. The plan:\n${reportLines(report).join('\n')}`, {
    hint: `A person has to approve it: ${context.healing().approveElsewhere(report.action_id, report.object.namespace)}`,
    details: report,
  });
