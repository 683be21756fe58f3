import * as z from 'zod';
import type { Failure, Outcome } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import { healingTool } from './heal-flags.ts';
import type { CommandContext } from './program.ts';
import { showProgress } from './render/progress.ts';
import { structured } from './render/structured.ts';
import { targetArguments, targetFlags } from './target-arguments.ts';

/** How plans and actions are shown; for programs nobody is asked. */
export const healFormats = ['text', 'json', 'yaml'] as const;

const planFlags = z.looseObject({
  plan: z.string().optional(),
  yes: z.boolean().optional(),
  output: z.enum(healFormats).default('text'),
});
const reported = z.looseObject({ action_id: z.string(), state: z.string() });

export interface Wanted {
  /** Name of a write tool, or of the one that approves. */
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Plans, shows the plan, asks, applies, and waits until it is verified. Returns the exit status. */
export async function healed(context: CommandContext, { tool, args, options }: Wanted): Promise<number> {
  const { plan: planned, yes = false, output } = planFlags.parse(options);
  if (yes && planned === undefined) {
    throw new AppError('validation_error', '--yes needs --plan: only a plan that was shown can be applied unasked.', {
      hint: 'Leave --yes out, look at the plan, and answer.',
    });
  }
  const chosen = planned === undefined ? { tool, args } : { tool: 'approve_action', args: approving(args, planned) };
  const proposed = await called(context, chosen);
  const { result, text } = proposed;
  if (result.success || result.error_type !== 'approval_required') return told(context, proposed, output);
  if (output !== 'text' && !yes) return told(context, proposed, output);
  if (output === 'text') context.terminal.out(`${result.error}\n`);
  const answer = yes ? true : await confirmed(context, result);
  if (answer === undefined) {
    context.terminal.err(`${result.hint ?? text}\n`);
    return 2;
  }
  const actionId = String(result.details['action_id']);
  const approval = { actionId, answer: answer ? 'approved' : 'declined', by: context.user } as const;
  // As it was written: a plan for something else is refused, whatever its id.
  const outcome = await called(context, { tool, args, approval });
  if (context.signal.aborted) return left(context, actionId, args);
  return told(context, outcome, output);
}

const approving = ({ namespace, cluster }: Wanted['args'], id: string) => ({
  action_id: id,
  ...(namespace !== undefined && { namespace }),
  ...(cluster !== undefined && { cluster }),
});

/** `undefined` where nobody can be asked. */
async function confirmed({ terminal }: CommandContext, { details }: Failure): Promise<boolean | undefined> {
  const answer = await terminal.ask(`\nApply this plan (${String(details['action'])})? [y/N] `);
  return answer === undefined ? undefined : /^\s*y(?:es)?\s*$/i.test(answer);
}

interface Called extends Pick<Wanted, 'args'> {
  readonly tool: string;
  readonly approval?: Parameters<CommandContext['call']>[2]['approval'];
}

async function called(context: CommandContext, { tool, args, approval }: Called): Promise<Outcome> {
  const progress = showProgress(context.terminal);
  progress.update('reading');
  const clusters = await context.openClusters(undefined, { healing: true });
  try {
    const onProgress = (_done: number, _total: number | undefined, message: string) => progress.update(message);
    const outcome = await context.call(healingTool(tool), args, {
      clusters,
      approval,
      onProgress,
      healing: true,
      patient: approval !== undefined,
    });
    const going = reported.safeParse(outcome.result);
    if (going.data?.state !== 'verifying' && going.data?.state !== 'applying') return outcome;
    // The call has to answer in time; the action goes on in this process.
    await (await context.healing()).idle();
    return await context.call(healingTool('list_actions'), lookingAt(args, going.data.action_id), {
      clusters,
      healing: true,
    });
  } finally {
    progress.end();
  }
}

const lookingAt = (args: Wanted['args'], id: string) => approving(args, id);

const doneWell: ReadonlySet<string> = new Set(['healthy', 'undone']);

/** Whoever stops watching does not stop the action. */
function left({ terminal }: CommandContext, id: string, { namespace }: Wanted['args']): number {
  const where = typeof namespace === 'string' ? ` -n ${namespace}` : '';
  terminal.err(
    `No longer watching. What was written stays; kubemend heal list ${id}${where} tells, and goes on verifying.\n`,
  );
  return 130;
}

async function told(
  { terminal }: CommandContext,
  { result, text }: Outcome,
  output: (typeof healFormats)[number],
): Promise<number> {
  if (output !== 'text') terminal.out(await structured(result, output));
  if (!result.success) {
    if (output === 'text')
      terminal.err(`kubemend: ${result.error}\n${result.hint === undefined ? '' : `${result.hint}\n`}`);
    return 2;
  }
  if (output === 'text') terminal.out(`${text}\n`);
  const [only] = z.array(reported).safeParse(result['actions']).data ?? [reported.safeParse(result).data];
  return only !== undefined && doneWell.has(only.state) ? 0 : 1;
}

/** What was planned and done. */
export async function listed(
  context: CommandContext,
  id: string | undefined,
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const target = targetArguments(targetFlags.parse(options), context.settings);
  const clusters = await context.openClusters(undefined, { healing: true });
  const args = { ...target, ...(id !== undefined && { action_id: id }) };
  const outcome = await context.call(healingTool('list_actions'), args, { clusters, healing: true });
  const { output } = planFlags.parse(options);
  if (!outcome.result.success) return told(context, outcome, output);
  context.terminal.out(output === 'text' ? `${outcome.text}\n` : await structured(outcome.result, output));
  const healing = await context.healing();
  if (healing.busy) context.terminal.err('Going on with what a process that ended has left; Ctrl-C stops watching.\n');
  await healing.idle();
  return 0;
}
