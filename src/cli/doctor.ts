import { Option } from 'commander';
import * as z from 'zod';
import { safeText } from '../platform/safe-text.ts';
import { glue, type Line, type Span, span } from '../tools/report/lines.ts';
import { type Check, examine } from './doctor/checks.ts';
import { redisChecks } from './doctor/redis.ts';
import type { CommandContext, Register } from './program.ts';
import { paint } from './render/paint.ts';
import { showProgress } from './render/progress.ts';
import { structured } from './render/structured.ts';

const optionsSchema = z.object({
  namespace: z.string().optional(),
  context: z.string().optional(),
  cluster: z.string().optional(),
  output: z.enum(['text', 'json', 'yaml']),
  color: z.boolean(),
});
type Options = z.output<typeof optionsSchema>;

export const register: Register = (program, run) => {
  const command = program
    .command('doctor')
    .description('Check that kubemend can reach and read the cluster, and say what each gap costs.')
    .addOption(new Option('-n, --namespace <name>', 'Namespace in which permissions have to hold.'))
    .addOption(new Option('--context <name>', 'Context of the kubeconfig; by default the current one.'))
    .addOption(new Option('--cluster <name>', 'The same as --context.').hideHelp().conflicts('context'))
    .addOption(new Option('-o, --output <format>', 'How to show it.').choices(['text', 'json', 'yaml']).default('text'))
    .addOption(new Option('--no-color', 'No colours; NO_COLOR does the same.'))
    .addHelpText('after', help);
  run(command, (context) => doctor(context, optionsSchema.parse(command.opts())));
};

async function doctor(context: CommandContext, options: Options): Promise<number> {
  const { terminal, signal, settings } = context;
  const checks = await examined(context, options).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (checks === undefined || signal.aborted) return 130;
  const healthy = checks.every(({ state }) => state !== 'failed');
  if (options.output === 'text') {
    const width = terminal.interactive ? terminal.columns : undefined;
    const lines = [...checks.map(checkLine), ...conclusion(healthy, options.namespace ?? settings.k8sNamespace)];
    terminal.out(`${paint(lines, { color: terminal.color && options.color, width })}\n`);
  } else {
    terminal.out(await structured({ healthy, checks }, options.output));
  }
  return healthy ? 0 : 1;
}

async function examined(context: CommandContext, options: Options): Promise<readonly Check[]> {
  const progress = showProgress(context.terminal);
  progress.update('asking the API server');
  try {
    const [{ tools }, clusters] = await Promise.all([import('../tools/index.ts'), context.openClusters()]);
    const reading = tools.filter(({ access }) => access === 'read').flatMap(({ permissions }) => permissions);
    const checks = await examine({
      clusters,
      cluster: options.context ?? options.cluster,
      namespace: options.namespace ?? context.settings.k8sNamespace,
      permissions: [...new Set(reading)],
      signal: context.signal,
    });
    return [...checks, ...(await redisChecks(context.redis))].map(safe);
  } finally {
    progress.end();
  }
}

/** What servers and kubeconfigs say is printed: without what steers a terminal, and without secrets. */
const safe = (check: Check): Check => ({
  ...check,
  message: safeText(check.message),
  cost: check.cost === undefined ? undefined : safeText(check.cost),
});

const marks: Readonly<Record<Check['state'], Span>> = {
  ok: span('✔', 'good'),
  limited: span('!', 'warn'),
  failed: span('✖', 'bad'),
};

const nameWidth = 14;

function checkLine({ name, state, message, cost }: Check): Line {
  const said = [glue(name.padEnd(nameWidth)), span(message)];
  return {
    kind: 'item',
    mark: marks[state],
    spans: cost === undefined ? said : [...said, glue(' – ', 'dim'), span(cost, 'dim')],
  };
}

function conclusion(healthy: boolean, namespace: string): readonly Line[] {
  const next = healthy ? `Next: kubemend diagnose -n ${namespace}` : 'Mend what is marked ✖, then run this again.';
  return [{ kind: 'blank' }, { kind: 'paragraph', spans: [span(next)] }];
}

const help = `
Examples:
  kubemend doctor                     the current context
  kubemend doctor -n shop             are my permissions in shop enough?
  kubemend doctor --context staging   another context

Marks: ✔ works, ! works with limits, ✖ has to be mended.
Exit status: 0 nothing has to be mended, 1 something has, 2 error, 130 interrupted.
`;
