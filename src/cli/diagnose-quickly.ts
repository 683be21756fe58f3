import type { Host } from './program.ts';
import { quickArguments } from './quick-flags.ts';
import { type Flags, runAction, terminalDefaults } from './run-action.ts';
import { type DiagnosisOptions, diagnosisOptions, runDiagnosis } from './run-diagnosis.ts';

/** What most ask for; who asks for more waits for commander. */
const own = {
  namespace: { type: 'string', short: 'n' },
  'all-namespaces': { type: 'boolean', short: 'A' },
  context: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

export interface QuickDiagnosis {
  readonly options: DiagnosisOptions;
  readonly operands: readonly string[];
  /** Of settings. */
  readonly flags: Flags;
}

/** `diagnose` without commander; `undefined` when it has to say what is wrong. */
export async function diagnoseQuickly(args: readonly string[], host: Host): Promise<number | undefined> {
  const asked = diagnosisAsked(args);
  if (asked === undefined) return undefined;
  const { options, operands, flags } = asked;
  return runAction((context) => runDiagnosis(context, operands, options), { flags, host, defaults: terminalDefaults });
}

export function diagnosisAsked(args: readonly string[]): QuickDiagnosis | undefined {
  const given = quickArguments(args, { commands: 'all', own });
  if (given === undefined) return undefined;
  const { namespace, 'all-namespaces': allNamespaces, context, output, ...flags } = given.flags;
  const options = diagnosisOptions.safeParse({ namespace, allNamespaces, context, output });
  if (!options.success || (allNamespaces === true && namespace !== undefined)) return undefined;
  return { options: options.data, operands: given.operands, flags };
}
