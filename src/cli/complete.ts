import type { Argument, Command, Option } from 'commander';
import * as z from 'zod';
import { flagName, settingsSchema } from '../platform/config.ts';
import { healingActions } from '../platform/healing-policy.ts';
import { commandTree } from './command-tree.ts';
import type { Host } from './program.ts';

export interface Completion {
  /** What may stand for the last word: value, tab, what it means. */
  readonly candidates: readonly string[];
  /** Whether names of files may stand there too. */
  readonly files: boolean;
}

/**
 * Prints what may stand for the last of `words`, in the words of kubectl and cobra: a line each, then `:0` where files
 * fit as well and `:4` where they do not. Scripts of shells ask for it (completion-scripts.ts), and kubectl does.
 */
export async function complete(words: readonly string[], host: Host): Promise<number> {
  // To describe one command, the others need not be loaded.
  const { program } = await commandTree(host, words.length > 1 ? words[0] : undefined);
  const { candidates, files } = completionOf(program, words);
  host.stdout.write(`${[...candidates, files ? ':0' : ':4'].join('\n')}\n`);
  return 0;
}

/** @param words what was written after the name of the program; the last one is being written */
export function completionOf(program: Command, words: readonly string[]): Completion {
  const word = words.at(-1) ?? '';
  const { command, operands, open, literal } = placeOf(program, words.slice(0, -1));
  if (open !== undefined) return valuesOf(open, word);
  const [, flag = '', value = ''] = (!literal && /^(--[^=]+)=(.*)$/.exec(word)) || [];
  const assigned = optionOf(command, flag);
  if (assigned !== undefined) return valuesOf(assigned, value, `${flag}=`);
  if (word.startsWith('-') && !literal) return { candidates: matching(flagsOf(command), word), files: false };
  const commands = operands === 0 && !literal ? command.createHelp().visibleCommands(command) : [];
  const argument = argumentAt(command, operands);
  const names = commands.map((each) => described(each.name(), each.description()));
  return {
    candidates: matching([...names, ...choicesOf(argument)], word),
    files: argument?.name() === 'file',
  };
}

interface Place {
  readonly command: Command;
  /** How many operands the command has already. */
  readonly operands: number;
  /** The option whose value comes next. */
  readonly open: Option | undefined;
  /** Whether `--` said that no more flags come. */
  readonly literal: boolean;
}

function placeOf(program: Command, words: readonly string[]): Place {
  const start: Place = { command: program, operands: 0, open: undefined, literal: false };
  return words.reduce(after, start);
}

function after(place: Place, word: string): Place {
  const { command, operands, open, literal } = place;
  if (open !== undefined) return { ...place, open: undefined };
  if (literal) return { ...place, operands: operands + 1 };
  if (word === '--') return { ...place, literal: true };
  if (word.startsWith('-')) {
    const option = optionOf(command, word);
    return { ...place, open: option?.required ? option : undefined };
  }
  const next = operands === 0 ? command.commands.find((each) => each.name() === word) : undefined;
  return next === undefined ? { ...place, operands: operands + 1 } : { ...place, command: next };
}

/** Flags of a command are understood behind its own commands too. */
function optionOf(command: Command, flag: string): Option | undefined {
  const found = command.options.find(({ long, short }) => flag !== '' && (long === flag || short === flag));
  return found ?? (command.parent === null ? undefined : optionOf(command.parent, flag));
}

const flagsOf = (command: Command): readonly string[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, short, description }) => [long, short].map((flag) => described(flag ?? '', description)));

function valuesOf(option: Option, word: string, before = ''): Completion {
  const values = option.argChoices ?? settingValues(option.long ?? '');
  return {
    candidates: matching(values, word).map((value) => before + value),
    files: option.flags.endsWith('<path>'),
  };
}

const argumentAt = ({ registeredArguments: all }: Command, index: number): Argument | undefined =>
  all[index] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);

const choicesOf = (argument: Argument | undefined): readonly string[] =>
  argument?.argChoices ?? (argument?.name() === 'action' ? healingActions : []);

/** The closed set that a setting takes; none for other settings and for what is no setting. */
function settingValues(flag: string): readonly string[] {
  const [, schema] = Object.entries(settingsSchema.shape).find(([key]) => `--${flagName(key)}` === flag) ?? [];
  if (schema === undefined) return [];
  const { success, data } = z.looseObject({ enum: z.array(z.string()) }).safeParse(z.toJSONSchema(schema));
  return success ? data.enum : [];
}

/** The first sentence: a shell has a line for it. */
const described = (value: string, description: string): string =>
  `${value}\t${description.split(/(?<=\.)\s/)[0] ?? ''}`;

const matching = (candidates: readonly string[], word: string): readonly string[] =>
  candidates.filter((candidate) => candidate.startsWith(word) && !candidate.startsWith('\t'));
