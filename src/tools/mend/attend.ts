import * as z from 'zod';
import type { Cause } from '../../engines/diagnosis/explanation.ts';
import type { Action } from '../../engines/healing/action.ts';
import { AppError } from '../../platform/errors.ts';
import { investigate } from '../investigate.ts';
import { allNamespaces, cluster, namespace } from '../schemas.ts';
import { scopeOf } from '../scope.ts';
import { splitPath, targetObject } from '../target.ts';
import { defineTool, type ToolContext } from '../tool.ts';
import { approve } from './approve.ts';
import { plan } from './plan.ts';
import { type ActionReport, actionReport } from './report.ts';
import { reportLines } from './report-lines.ts';
import { resume } from './resume.ts';

/**
 * One round of unattended healing: diagnoses, and does what the policy lets be done without asking, one action a round.
 * In no catalogue: only `kubemend heal --watch` runs it, for whoever wrote the policy.
 */
export const attend = defineTool({
  name: 'attend',
  title: 'Heal unattended',
  description: 'Does what the policy lets be done without asking.',
  access: 'write',
  permissions: [],
  input: z.object({ namespace, all_namespaces: allNamespaces, cluster }),
  output: z.object({
    done: actionReport.optional(),
    /** What was not done, and which guard or rule of the policy says so. */
    left: z.array(z.object({ summary: z.string(), why: z.string() })).readonly(),
    causes: z.int(),
  }),

  async run(request, context) {
    const reader = await context.reader();
    const scope = await scopeOf(request, reader, context);
    await resume(context, scope.namespace);
    const { causes, risks } = await investigate(reader, scope, context);
    const left: { summary: string; why: string }[] = [];
    for (const cause of [...causes, ...risks]) {
      const action = await actionOf(cause, context);
      const { summary } = cause;
      if (action === undefined) continue;
      const outcome = await done(action, context);
      if (typeof outcome !== 'string') return { done: outcome, left, causes: causes.length };
      left.push({ summary, why: outcome });
    }
    return { left, causes: causes.length };
  },

  render: ({ done: report, left, causes }) =>
    [
      ...(report === undefined ? [] : reportLines(report)),
      ...left.map(({ summary, why }) => `left: ${summary}\n      ${why}`),
      ...(report === undefined && left.length === 0
        ? [`${causes} ${causes === 1 ? 'cause' : 'causes'}, nothing to do without a person`]
        : []),
    ].join('\n'),
});

/** The only causes that are mended without a person, each by one action (docs/policy.md). */
const start = {
  'pod-failed-leftovers': 'evict_pod',
  'sts-rollback-trap': 'evict_pod',
  'config-stale-in-pod': 'restart_workload',
  'crash-regression-after-rollout': 'rollback_workload',
} as const;

const remedies: ReadonlyMap<string, (typeof start)[keyof typeof start]> = new Map(Object.entries(start));

const argumentsShape = z.object({
  object: z.string(),
  namespace: z.string().optional(),
  revision: z.int().optional(),
});

/** The remedy of a cause that may be done without a person at all; its arguments come from the rule (G39). */
async function actionOf(
  { rule, fixes }: Pick<Cause, 'rule' | 'fixes'>,
  context: ToolContext,
): Promise<Action | undefined> {
  const name = remedies.get(rule);
  const fix = fixes.find((each) => 'tool' in each && each.tool === name);
  if (name === undefined || fix === undefined || !('tool' in fix)) return undefined;
  const { object, namespace: home, revision } = argumentsShape.parse(fix.arguments);
  const target = await targetObject(await context.reader(), { ...splitPath(object), namespace: home }, context);
  return name === 'rollback_workload'
    ? { name, target, ...(revision !== undefined && { revision }) }
    : { name, target };
}

/** What came of it, or why it was not done. */
async function done(action: Action, context: ToolContext): Promise<ActionReport | string> {
  // No round after round of plans that nobody could take.
  await context.healing().claims?.check();
  try {
    const record = await plan(action, context, 'unattended');
    return await approve(action, { actionId: record.id, answer: 'approved', by: 'policy', unattended: true }, context);
  } catch (error) {
    if (error instanceof AppError && ['refused', 'conflict', 'not_found'].includes(error.code)) return error.message;
    throw error;
  }
}
