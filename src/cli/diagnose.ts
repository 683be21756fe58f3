import { InvalidArgumentError, Option } from 'commander';
import type { Register } from './program.ts';
import { diagnosisFormats, diagnosisOptions, runDiagnosis } from './run-diagnosis.ts';
import { addTargetFlags } from './target-flags.ts';

export const register: Register = (program, run) => {
  const usual = diagnosisOptions.parse({});
  const command = program
    .command('diagnose')
    .description('Find out why something is broken: the root causes, the evidence, the fix.')
    .argument('[object...]', 'kind/name, such as deployment/api, service/web, node/n1; by default everything');
  addTargetFlags(command)
    .addOption(new Option('-o, --output <format>', 'How to show it.').choices(diagnosisFormats).default(usual.output))
    .addOption(new Option('--limit <count>', 'Most causes to show.').argParser(wholeNumber).default(usual.limit))
    .option('--cursor <text>', 'Go on after the causes of an earlier answer.')
    .addOption(new Option('-w, --watch', 'Go on, and show it again whenever the answer changes.').default(usual.watch))
    .addOption(new Option('--no-color', 'No colours; NO_COLOR does the same.'))
    .addHelpText('after', help);
  run(command, (context, operands) => runDiagnosis(context, operands, diagnosisOptions.parse(command.opts())));
};

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

const help = `
Examples:
  kubemend diagnose -n shop                 why is the namespace shop broken?
  kubemend diagnose deployment/api -n shop  why does this Deployment not work?
  kubemend diagnose service/web -n shop     why does nobody answer behind this Service?
  kubemend diagnose -A --limit 10           the ten worst causes in the cluster
  kubemend diagnose --from bundle.tar.gz    on a snapshot, support bundle, must-gather, …
  kubemend diagnose -n shop -o markdown     to paste into a ticket
  kubemend diagnose -n shop --watch         until Ctrl-C, whenever the answer changes
  kubectl mend diagnose -n shop             the same, as a plugin

Exit status: 0 healthy, 1 causes found, 2 could not tell (or an error), 130 interrupted.
`;
