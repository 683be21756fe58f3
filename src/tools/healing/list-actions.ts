import * as z from 'zod';
import { nameOf } from '../../engines/objects.ts';
import { ownAction } from '../mend/own-action.ts';
import { actionReport, reportOf } from '../mend/report.ts';
import { reportLines } from '../mend/report-lines.ts';
import { resume } from '../mend/resume.ts';
import { textTable } from '../report/table.ts';
import { actionId, allNamespaces, cluster, namespace } from '../schemas.ts';
import { targetNamespace } from '../target.ts';
import { defineTool, type ToolContext } from '../tool.ts';

export const listActions = defineTool({
  name: 'list_actions',
  title: 'List actions',
  description: `
    What was planned, approved and done, by whom, and how its verification ended; with action_id every step.`,
  access: 'read',
  permissions: ['get coordination.k8s.io/leases', 'list coordination.k8s.io/leases'],

  input: z.object({
    namespace,
    all_namespaces: allNamespaces,
    action_id: actionId.optional(),
    limit: z.int().min(1).max(100).default(20).describe('Most actions.'),
    cluster,
  }),
  output: z.object({
    actions: z.array(actionReport).readonly(),
    more: z.int(),
    /** Records that are not ours, or were tampered with. */
    unreadable: z.int(),
  }),

  async run({ action_id: id, limit, ...where }, context) {
    const place = targetNamespace(where, context.settings);
    await resume(context, place);
    const { records, unreadable } = await found(id, { place, named: where.namespace }, context);
    return {
      actions: records.slice(0, limit).map(reportOf),
      more: Math.max(0, records.length - limit),
      unreadable,
    };
  },

  render({ actions, more, unreadable }) {
    const [only] = actions;
    const notes = [
      ...(more > 0 ? [`… ${more} older: raise limit`] : []),
      ...(unreadable > 0 ? [`${unreadable} records are not readable: signed by somebody else, or damaged`] : []),
    ];
    if (only === undefined) return ['Nothing was planned or done.', ...notes].join('\n');
    if (actions.length === 1) return [...reportLines(only), ...notes].join('\n');
    const rows = actions.map((each) => [
      each.created_at.replace('T', ' ').slice(0, 16),
      each.state,
      each.action,
      nameOf(each.object),
      each.approved_by ?? '-',
      each.action_id,
    ]);
    return [textTable(['when', 'state', 'action', 'object', 'approved by', 'id'], rows), ...notes].join('\n');
  },
});

interface Where {
  readonly place: string | undefined;
  /** As the caller said it: whoever has an id need not know where. */
  readonly named: string | undefined;
}

/** Of other callers nothing is told. */
async function found(id: string | undefined, { place, named }: Where, context: ToolContext) {
  if (id !== undefined) return { records: [(await ownAction(id, named, context)).record], unreadable: 0 };
  const writer = await context.writer();
  const { caller } = context.healing();
  const { actions, unreadable } = await writer.actions.list({ namespace: place }, context.signal);
  return { records: actions.map(({ record }) => record).filter((record) => record.caller === caller), unreadable };
}
