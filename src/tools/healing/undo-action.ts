import * as z from 'zod';
import { nothingToUndo } from '../../engines/healing/drafts/undo.ts';
import { impossible } from '../mend/impossible.ts';
import { mend } from '../mend/mend.ts';
import { ownAction } from '../mend/own-action.ts';
import { actionReport } from '../mend/report.ts';
import { reportLines } from '../mend/report-lines.ts';
import { healingPermissions } from '../permissions.ts';
import { actionId, cluster, namespace } from '../schemas.ts';
import { defineTool } from '../tool.ts';

export const undoAction = defineTool({
  name: 'undo_action',
  title: 'Undo an action',
  description: `
    Plans the stored way back of an earlier action; refused when the object was changed since.`,
  access: 'write',
  permissions: [
    'patch apps/deployments',
    'patch apps/statefulsets',
    'patch apps/daemonsets',
    'create pods',
    'patch nodes',
    ...healingPermissions,
  ],
  input: z.object({ action_id: actionId, namespace, cluster }),
  output: actionReport,

  async run({ action_id, namespace: home }, context) {
    const { record } = await ownAction(action_id, home, context);
    const nothing = nothingToUndo(record);
    if (nothing !== undefined) throw impossible(nothing, record.target.object);
    return mend({ name: 'undo_action', target: record.target.object, action_id }, context);
  },

  render: (report) => reportLines(report).join('\n'),
});
