import * as z from 'zod';
import type { Outcome, Success } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import { type Diagnosis, diagnosis } from '../tools/report/diagnosis.ts';
import { diagnosisLines } from '../tools/report/diagnosis-lines.ts';
import type { CommandContext, Terminal } from './program.ts';
import { fail } from './render/fail.ts';
import { markdown } from './render/markdown.ts';
import { paint } from './render/paint.ts';
import { showProgress } from './render/progress.ts';
import { structured } from './render/structured.ts';
import { targetArguments, targetFlags } from './target-arguments.ts';

export const diagnosisFormats = ['tree', 'json', 'yaml', 'markdown'] as const;

/** What the flags give. */
export const diagnosisOptions = targetFlags.extend({
  output: z.enum(diagnosisFormats).default('tree'),
  limit: z.number().default(10),
  cursor: z.string().optional(),
  color: z.boolean().default(true),
  watch: z.boolean().default(false),
});
export type DiagnosisOptions = z.output<typeof diagnosisOptions>;

/** What `$?` says. */
const statuses: Readonly<Record<Diagnosis['verdict'], number>> = { healthy: 0, unhealthy: 1, unknown: 2 };
const interrupted = 130;

/** Diagnoses what is asked about, shows it and returns the exit status. */
export async function runDiagnosis(
  context: CommandContext,
  operands: readonly string[],
  options: DiagnosisOptions,
): Promise<number> {
  const { terminal, settings, signal } = context;
  const object = objectOf(operands);
  const { all_namespaces, ...target } = targetArguments(options, settings);
  const scope = object === undefined ? { all_namespaces } : { object };
  const args = { ...target, ...definedOnly(scope), limit: options.limit, ...definedOnly({ cursor: options.cursor }) };
  const { diagnose: tool } = await import('../tools/diagnostic/diagnose.ts');
  if (options.watch) {
    const { watchDiagnosis } = await import('./watch-diagnosis.ts');
    const show = (found: Diagnosis, result: Success) => shown(found, result, { terminal, options });
    return watchDiagnosis(context, { tool, args, show, bare: options.output === 'json' });
  }
  const { result } = await watched(terminal, async (onProgress) =>
    context.call(tool, args, { clusters: await context.openClusters(), onProgress }),
  );
  if (signal.aborted) return interrupted;
  if (!result.success) return fail(terminal, result, { command: 'diagnose', output: options.output });
  const found = diagnosis.parse(result);
  terminal.out(await shown(found, result, { terminal, options }));
  if (found.checked.pods === 0 && object === undefined && options.namespace === undefined) hintAtScope(terminal, found);
  return statuses[found.verdict];
}

/** `deployment/api`, or the two words that kubectl takes. */
function objectOf(operands: readonly string[]): string | undefined {
  if (operands.length <= 2) return operands.length === 0 ? undefined : operands.join('/');
  throw new AppError('validation_error', `One object at a time, not ${operands.length} words.`, {
    hint: 'Write it as kind/name: kubemend diagnose deployment/api',
  });
}

const definedOnly = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

async function watched(
  terminal: Terminal,
  call: (onProgress: (done: number, total: number | undefined, message: string) => void) => Promise<Outcome>,
): Promise<Outcome> {
  const progress = showProgress(terminal);
  progress.update('connecting');
  try {
    return await call((_done, _total, message) => progress.update(message));
  } finally {
    progress.end();
  }
}

interface Showing {
  readonly terminal: Terminal;
  readonly options: DiagnosisOptions;
}

async function shown(found: Diagnosis, result: Success, { terminal, options }: Showing): Promise<string> {
  const { output } = options;
  if (output === 'json' || output === 'yaml') return structured(result, output);
  const lines = diagnosisLines(found);
  if (output === 'markdown') return `${markdown(lines)}\n`;
  const width = terminal.interactive ? terminal.columns : undefined;
  return `${paint(lines, { color: terminal.color && options.color, width })}\n`;
}

function hintAtScope(terminal: Terminal, { scope }: Diagnosis): void {
  if (scope.namespace === undefined) return;
  terminal.err(`Namespace ${scope.namespace} is empty: name another with -n, or look at all with -A.\n`);
}
