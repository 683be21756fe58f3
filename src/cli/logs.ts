import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import type { Success } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import { logAnalysis } from '../tools/report/log-analysis.ts';
import { logAnalysisLines } from '../tools/report/log-analysis-lines.ts';
import type { CommandContext, Register, Terminal } from './program.ts';
import { fail } from './render/fail.ts';
import { markdown } from './render/markdown.ts';
import { paint } from './render/paint.ts';
import { showProgress } from './render/progress.ts';
import { structured } from './render/structured.ts';
import { targetArguments, targetFlags } from './target-arguments.ts';
import { addTargetFlags } from './target-flags.ts';

const formats = ['text', 'json', 'yaml', 'markdown'] as const;

const optionsSchema = targetFlags.extend({
  output: z.enum(formats),
  container: z.string().optional(),
  previous: z.boolean().optional(),
  since: z.number().optional(),
  tail: z.number().optional(),
  color: z.boolean(),
});
type Options = z.output<typeof optionsSchema>;

const interrupted = 130;

export const register: Register = (program, run) => {
  const command = program
    .command('logs')
    .description('Say what is worth reading in the logs of a pod or a workload.')
    .argument('[object...]', 'kind/name, or the name of a pod; by default pods of the namespace that are in trouble');
  addTargetFlags(command)
    .addOption(new Option('-c, --container <name>', 'Container; by default those in trouble, else all.'))
    .addOption(new Option('-p, --previous', 'The instance before the last restart; by default whichever tells more.'))
    .addOption(new Option('--since <duration>', 'Only the last 30m, 2h or 1d.').argParser(minutesOf))
    .addOption(new Option('--tail <lines>', 'Most lines to read of each log; by default 10000.').argParser(wholeNumber))
    .addOption(new Option('-o, --output <format>', 'How to show it.').choices(formats).default('text'))
    .addOption(new Option('--no-color', 'No colours; NO_COLOR does the same.'))
    .addHelpText('after', help);
  run(command, (context, operands) => logs(context, operands, optionsSchema.parse(command.opts())));
};

async function logs(context: CommandContext, operands: readonly string[], options: Options): Promise<number> {
  const { terminal, settings, signal } = context;
  const { all_namespaces: _everywhere, ...target } = targetArguments(options, settings);
  if (options.allNamespaces === true)
    throw new AppError('validation_error', 'Logs are those of one object.', { hint: 'Name its namespace with -n.' });
  const { container, previous, since, tail } = options;
  const asked = { object: objectOf(operands), container, previous, since_minutes: since, tail_lines: tail };
  const { analyzeLogs: tool } = await import('../tools/diagnostic/analyze-logs.ts');
  const progress = showProgress(terminal);
  progress.update('connecting');
  const { result } = await context
    .call(
      tool,
      { ...target, ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) },
      {
        clusters: await context.openClusters(),
        onProgress: (_done, _total, message) => progress.update(message),
      },
    )
    .finally(() => progress.end());
  if (signal.aborted) return interrupted;
  if (!result.success) return fail(terminal, result, { command: 'logs', output: options.output });
  terminal.out(await shown(result, terminal, options));
  return 0;
}

/** `deployment/api`, the two words that kubectl takes, or the name of a pod. */
function objectOf(operands: readonly string[]): string | undefined {
  const [first, second] = operands;
  if (first === undefined) return undefined;
  if (operands.length > 2) {
    throw new AppError('validation_error', `One object at a time, not ${operands.length} words.`, {
      hint: 'Write it as kind/name: kubemend logs deployment/api',
    });
  }
  if (second !== undefined) return `${first}/${second}`;
  return first.includes('/') ? first : `pod/${first}`;
}

async function shown(result: Success, terminal: Terminal, { output, color }: Options): Promise<string> {
  if (output === 'json' || output === 'yaml') return structured(result, output);
  const { success: _success, truncated_fields: _cut, ...data } = result;
  const lines = logAnalysisLines(logAnalysis.parse(data));
  if (output === 'markdown') return `${markdown(lines)}\n`;
  const width = terminal.interactive ? terminal.columns : undefined;
  return `${paint(lines, { color: terminal.color && color, width })}\n`;
}

const units: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** Whole minutes: seconds are rounded up. */
function minutesOf(text: string): number {
  const [, number, unit = ''] = /^(\d{1,5})([smhd])$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('It is a number with s, m, h or d: 30m.');
  return Math.max(1, unit === 's' ? Math.ceil(Number(number) / 60) : Number(number) * (units[unit] ?? 1));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.');
  return Number(text);
}

const help = `
Examples:
  kubemend logs -n shop                            of what is in trouble there
  kubemend logs deployment/api -n shop             of its broken pods, compared with healthy ones
  kubemend logs api-7d9fc6b5d4-x2xkq -c app -n shop
  kubemend logs deployment/api --since 30m         compared with the 30 minutes before
  kubemend logs pod/api-0 --previous               of the instance that died
  kubemend logs deployment/api -o markdown         to paste into a ticket

Exit status: 0 logs were read, 2 there are none (or an error), 130 interrupted.
`;
