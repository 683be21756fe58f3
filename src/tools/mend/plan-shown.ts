import type { ActionRecord } from '../../engines/healing/record.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { reportOf } from './report.ts';
import { reportLines } from './report-lines.ts';

/** The answer to whoever proposes an action: the plan, and how a person approves it. Nothing has changed. */
export function planShown(record: ActionRecord, context: ToolContext): AppError {
  const report = reportOf(record);
  return new AppError('approval_required', `Nothing has changed yet. The plan:\n${reportLines(report).join('\n')}`, {
    hint: `A person has to approve it: ${context.healing().approveElsewhere(record)}`,
    details: report,
  });
}
