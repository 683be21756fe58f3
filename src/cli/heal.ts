import { type Command, Option } from 'commander';
import { healFlags, toolArguments } from './heal-flags.ts';
import { healed, healFormats, listed } from './healed.ts';
import type { Register } from './program.ts';
import { addPlaceFlags, addTargetFlags } from './target-flags.ts';

/** What a person writes, and the tool behind it. */
const verbs = [
  { verb: 'restart', tool: 'restart_workload', about: 'Replace all pods, one after the other.' },
  { verb: 'rollback', tool: 'rollback_workload', about: 'Go back to a revision that was healthy.' },
  { verb: 'scale', tool: 'scale_workload', about: 'Set how many replicas there are.' },
  { verb: 'resize', tool: 'resize_workload', about: 'Set requests and limits of a container, by a step.' },
  { verb: 'set-image', tool: 'set_image', about: 'Set an image that ran before.' },
  { verb: 'evict', tool: 'evict_pod', about: 'Have a pod replaced, or a leftover removed.' },
  { verb: 'cordon', tool: 'cordon_node', about: 'Let a node take no new pods.' },
  { verb: 'uncordon', tool: 'cordon_node', about: 'Let a node take pods again.', fixed: { uncordon: true } },
  { verb: 'drain', tool: 'drain_node', about: 'Cordon a node and evict its pods.' },
  { verb: 'undo', tool: 'undo_action', about: 'Go back to what was before an action.', operand: 'id' },
] as const;

export const register: Register = (program, run) => {
  const heal = program
    .command('heal')
    .description('Mend something: shows the plan, asks, applies it once, watches until it is healthy.')
    .addHelpText('after', help);
  addTargetFlags(heal).option('-w, --watch', 'Do, again and again, what the policy lets be done without asking.');
  run(heal, async (context) => {
    if (heal.opts()['watch'] === true) {
      const { healWatch } = await import('./heal-watch.ts');
      return healWatch(context, heal.opts());
    }
    const { offered } = await import('./offered-fixes.ts');
    return offered(context, heal.opts());
  });
  for (const { verb, tool, about, ...rest } of verbs) {
    const operand: keyof typeof operands = 'operand' in rest ? rest.operand : 'object';
    const command = withPlanFlags(heal.command(verb).description(about).argument(`<${operand}...>`, operands[operand]));
    healFlags(command, tool, 'fixed' in rest ? Object.keys(rest.fixed) : []);
    run(command, async (context, words) => {
      const given = { words, operand, options: command.optsWithGlobals() };
      const args = { ...toolArguments(tool, given), ...('fixed' in rest ? rest.fixed : {}) };
      return healed(context, { tool, args, options: command.optsWithGlobals() });
    });
  }
  const approve = withPlanFlags(
    heal.command('approve').description('Look at a plan that was made elsewhere, and apply it.'),
  );
  approve.argument('<id>', operands.id);
  run(approve, async (context, [id = '']) =>
    healed(context, {
      tool: 'approve_action',
      args: toolArguments('approve_action', { words: [id], operand: 'id', options: approve.optsWithGlobals() }),
      options: approve.optsWithGlobals(),
    }),
  );
  const list = heal
    .command('list')
    .description('What was planned and done, and how it ended.')
    .argument('[id]', operands.id);
  withOutput(addTargetFlags(list));
  run(list, (context, [id]) => listed(context, id, list.optsWithGlobals()));
};

const operands = {
  object: 'kind/name, such as deployment/api, pod/api-7d9f-x2x, node/n1',
  id: 'the id of an action, as its plan shows it',
} as const;

const withPlanFlags = (command: Command): Command =>
  withOutput(addPlaceFlags(command))
    .option('--plan <id>', 'Apply this plan, which was made before, and no other.')
    .option('-y, --yes', 'Do not ask; only together with --plan.');

const withOutput = (command: Command): Command =>
  command.addOption(
    new Option('-o, --output <format>', 'How to show it; json and yaml ask nothing.').choices(healFormats),
  );

const help = `
Examples:
  kubemend heal -n shop                                what can be mended here?
  kubemend heal rollback deployment/api -n shop        back to the newest healthy revision
  kubemend heal scale deployment/api --replicas 4      asks before anything changes
  kubemend heal approve ID -n shop                     a plan that an assistant made
  kubemend heal list -n shop                           what was done, by whom, and how it ended
  kubemend heal undo ID -n shop                        back to what was before

Status: 0 done and verified, 1 declined, or done and not healthy, 2 nothing was done.
`;
