import { Option } from 'commander';
import * as z from 'zod';
import { AppError } from '../platform/errors.ts';
import { register as registerExplain } from './policy/explain.ts';
import { summaryOf } from './policy/summary.ts';
import type { CommandContext, Register } from './program.ts';
import { structured } from './render/structured.ts';

const formats = ['text', 'json', 'yaml'] as const;
const optionsSchema = z.object({ output: z.enum(formats) });
type Options = z.output<typeof optionsSchema>;

export const register: Register = (program, run, host) => {
  const policy = program
    .command('policy')
    .description('Check and explain the file that says what may be healed, where and when.')
    .addHelpText('after', help);
  const check = policy
    .command('check')
    .description('Say what is wrong with a policy, or what it allows.')
    .argument('[file]', 'the policy; by default KUBEMEND_POLICY')
    .addOption(new Option('-o, --output <format>', 'How to show it.').choices(formats).default('text'))
    .addHelpText('after', '\nExit status: 0 valid, 1 something is wrong with it, 2 it cannot be read (or an error).\n');
  run(check, (context, operands) => checkPolicy(context, operands, optionsSchema.parse(check.opts())));
  registerExplain(policy, run, host);
  const schema = policy
    .command('schema')
    .description('Print the JSON Schema of a policy, for editors and CI.')
    .addHelpText('after', '\nExit status: 0.\n');
  run(schema, async ({ terminal }) => {
    const { policyJsonSchema } = await import('../platform/policy-schema.ts');
    terminal.out(await structured(policyJsonSchema(), 'json'));
    return 0;
  });
};

async function checkPolicy(
  { settings, terminal }: CommandContext,
  operands: readonly string[],
  { output }: Options,
): Promise<number> {
  const path = operands[0] ?? settings.policy;
  if (path === undefined || operands.length > 1) {
    throw new AppError('validation_error', path === undefined ? 'No policy is named.' : 'One policy at a time.', {
      hint: 'Name it: kubemend policy check policy.yaml',
    });
  }
  const [{ checkPolicyFile, problemLine }, { policyWarnings }] = await Promise.all([
    import('../platform/load-policy.ts'),
    import('../engines/healing/policy-warnings.ts'),
  ]);
  const { policy, problems } = await checkPolicyFile(path);
  const warnings = policy === undefined ? [] : policyWarnings(policy);
  if (output !== 'text')
    terminal.out(await structured({ valid: policy !== undefined, problems, warnings, policy }, output));
  else if (policy === undefined)
    terminal.out([`${path} is not valid:`, ...problems.map((each) => `  ${problemLine(each)}`), ''].join('\n'));
  else terminal.out([`${path} is valid.`, '', ...summaryOf(policy, warnings), ''].join('\n'));
  return policy === undefined ? 1 : 0;
}

const help = `
Examples:
  kubemend policy check policy.yaml
  kubemend policy explain restart_workload deployment/web -n shop --policy policy.yaml
  kubemend policy explain drain_node node/worker-1 --at 2026-11-28T22:00:00+01:00
  kubemend policy schema > healing-policy.schema.json

docs/policy.md says what a policy may say.
`;
