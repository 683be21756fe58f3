import type { Command, Option } from 'commander';
import { ownVariable, plainDescription, settingFacts, settingsSchema } from '../src/platform/config.ts';

export interface Manual {
  readonly program: Command;
  readonly version: string;
  readonly date: Date;
}

/** kubemend(1) in mdoc(7), from the commands themselves. Flags that all commands have are told once. */
export function manualPage({ program, version, date }: Manual): string {
  const commands = program.createHelp().visibleCommands(program).filter(isOurs);
  const everywhere = commonFlags(commands.flatMap(leavesOf));
  return [
    `.Dd ${date.toLocaleDateString('en-US', { month: 'long', day: 'numeric', year: 'numeric', timeZone: 'UTC' })}`,
    '.Dt KUBEMEND 1',
    `.Os kubemend ${version}`,
    '.Sh NAME',
    '.Nm kubemend ,',
    '.Nm kubectl-mend',
    '.Nd find out why Kubernetes workloads are broken, and mend them safely',
    '.Sh SYNOPSIS',
    '.Nm kubemend',
    '.Ar command',
    '.Op Ar argument ...',
    '.Op Ar flag ...',
    '.Sh DESCRIPTION',
    ...prose(description),
    '.Sh COMMANDS',
    ...commands.flatMap((command) => sectionOf(command, [command.name()], everywhere)),
    '.Sh FLAGS OF EVERY COMMAND',
    ...listOf(everywhere.values().toArray()),
    '.Sh ENVIRONMENT',
    ...prose(environment),
    '.Bl -tag -width Ds',
    ...secrets().flatMap(([name, meaning]) => [`.It Ev ${name}`, ...prose(meaning)]),
    '.It Ev KUBECONFIG',
    ...prose('Path of the kubeconfig, as kubectl reads it.'),
    '.It Ev NO_COLOR',
    ...prose('No colours.'),
    '.El',
    '.Sh FILES',
    '.Bl -tag -width Ds',
    ...Object.entries(files).flatMap(([path, meaning]) => [`.It Pa ${path}`, ...prose(meaning)]),
    '.El',
    '.Sh EXIT STATUS',
    ...prose('Each command says its own above.'),
    ...prose('2 is an error or "cannot tell", 70 a bug, 130 an interruption.'),
    '.Sh EXAMPLES',
    ...literal(helpAfter(program)),
    '.Sh SEE ALSO',
    '.Xr kubectl 1',
    '',
  ].join('\n');
}

const description =
  'kubemend finds the root causes of what is broken in a cluster: each with the chain of objects that leads from it to what is seen, the evidence, and the fix. It only reads, unless it is told to mend; then each change is planned, shown, approved, applied once, verified, and can be taken back. It is a plugin of kubectl, too: kubectl mend.';
const environment =
  'Every flag of a setting is a variable as well: --log-level is KUBEMEND_LOG_LEVEL. Flags win, then variables, then lines of .env. These have no flag, since others on a machine can read its command lines.';
const files = {
  '~/.kube/config': 'The kubeconfig.',
  '.env': 'Settings, in the working directory.',
  '~/.local/state/kubemend/signing-key': 'Signs plans and actions; made when it is needed.',
  '~/.cache/kubemend': 'Bytecode of earlier runs. It may be removed.',
};

const isOurs = (command: Command): boolean => command.name() !== 'help';

/** The commands that do something by themselves. */
const leavesOf = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.filter(isOurs).flatMap(leavesOf);

/** Flags that each of the commands has, by their long names. */
function commonFlags([first, ...others]: readonly Command[]): ReadonlyMap<string, Option> {
  const names = others.map((command) => new Set(flagsOf(command).map(({ long }) => long)));
  const common = (first === undefined ? [] : flagsOf(first)).filter(({ long }) =>
    names.every((each) => each.has(long)),
  );
  return new Map(common.map((option) => [option.long ?? '', option]));
}

const flagsOf = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command);

function sectionOf(
  command: Command,
  path: readonly string[],
  everywhere: ReadonlyMap<string, Option>,
): readonly string[] {
  const operands = command.registeredArguments.map((argument) => {
    const name = `Ar ${argument.name()}${argument.variadic ? ' ...' : ''}`;
    return argument.required ? name : `Op ${name}`;
  });
  const own = flagsOf(command).filter(({ long }) => !everywhere.has(long ?? ''));
  const after = helpAfter(command);
  return [
    `.Ss ${path.join(' ')}`,
    ['.Nm kubemend', ...path.map((word) => `Cm ${word}`), ...operands].join(' '),
    '.Pp',
    ...prose(command.description()),
    ...command.registeredArguments.flatMap((argument) => [
      '.Pp',
      `.Ar ${argument.name()} :`,
      ...prose(`${argument.description}.`),
    ]),
    ...(own.length > 0 ? listOf(own) : []),
    ...(after === '' ? [] : ['.Pp', ...literal(after)]),
    ...command.commands.filter(isOurs).flatMap((each) => sectionOf(each, [...path, each.name()], everywhere)),
  ];
}

const listOf = (options: readonly Option[]): readonly string[] => [
  '.Bl -tag -width Ds',
  ...options.flatMap((option) => [`.It ${flagLine(option)}`, ...prose(meaningOf(option))]),
  '.El',
];

/** `-o, --output <format>` → `Fl o , Fl -output Ar format`. */
const flagLine = ({ flags }: Option): string =>
  flags
    .replaceAll(/(^|\s)-/g, '$1Fl ')
    .replaceAll(',', ' ,')
    .replaceAll(/<([^>]+)>/g, 'Ar $1');

const meaningOf = ({ description: text, argChoices }: Option): string => {
  const whole = `${text}${/[.)]$/.test(text) ? '' : '.'}`;
  return argChoices === undefined ? whole : `${whole} One of ${argChoices.join(', ')}.`;
};

const secrets = (): readonly (readonly [string, string])[] =>
  Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
    const facts = settingFacts.get(schema);
    return facts?.secret ? [[ownVariable(key), plainDescription(facts)] as const] : [];
  });

/** What help shows below the flags. */
function helpAfter(command: Command): string {
  let shown = '';
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (text) => (shown += text) });
  command.outputHelp();
  command.configureOutput(before);
  return shown.slice(command.helpInformation().length).trim();
}

/** Lines of at most 80 characters, a new one for each sentence, as mandoc wants them. */
const prose = (text: string): readonly string[] =>
  text
    .split(/(?<=[.;!?])\s+(?=[A-Z0-9-])/)
    .flatMap((sentence) => sentence.match(/.{1,80}(?=\s|$)|\S+/g) ?? [])
    .map((line) => escaped(line.trim()));

const literal = (text: string): readonly string[] => [
  '.Bd -literal -compact',
  ...text.split('\n').map((line) => escaped(line)),
  '.Ed',
];

/** Nothing that would be taken for a request or an escape. */
const escaped = (line: string): string => line.replaceAll('\\', '\\e').replace(/^(?=[.'])/, '\\&');
