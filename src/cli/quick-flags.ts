import { type ParseArgsConfig, parseArgs } from 'node:util';
import { flagName, settingFacts, settingsSchema } from '../platform/config.ts';
import type { Flags } from './run-action.ts';

export interface QuickArguments {
  /** Of settings by their key, of the command's own by the name of the flag. */
  readonly flags: Flags;
  readonly operands: readonly string[];
}

export interface QuickOptions {
  /** Whether the settings of a service are among its flags. */
  readonly commands: 'all' | 'serve';
  /** Flags of the command itself. */
  readonly own?: ParseArgsConfig['options'];
}

/**
 * What is asked of a command, without commander, which takes longer to load than flags to read; `undefined` for anything
 * that is not plainly flags, values and operands: help and mistakes are commander's.
 */
export function quickArguments(
  args: readonly string[],
  { commands, own = {} }: QuickOptions,
): QuickArguments | undefined {
  // Only settings have an opposite.
  if (Object.keys(own).some((flag) => args.includes(`--no-${flag}`))) return undefined;
  const settings = Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
    const facts = settingFacts.get(schema);
    const hidden = facts === undefined || facts.secret || (facts.commands === 'serve' && commands !== 'serve');
    return hidden ? [] : [{ key, flag: flagName(key), type: typeOf(facts.value) }];
  });
  const keys = new Map(settings.map(({ key, flag }) => [flag, key]));
  const options = Object.fromEntries(settings.map(({ flag, type }) => [flag, { type }]));
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options: { ...options, ...own },
      allowNegative: true,
      allowPositionals: true,
      tokens: true,
    });
    // Of a flag that is given twice commander looks at each value.
    const given = tokens.flatMap((token) => (token.kind === 'option' ? token.name : []));
    if (new Set(given).size < given.length) return undefined;
    const flags = Object.entries(values).map(([flag, value]) => [
      keys.get(flag) ?? flag,
      Array.isArray(value) ? undefined : value,
    ]);
    return { flags: Object.fromEntries(flags), operands: positionals };
  } catch {
    // Commander says what is wrong, with suggestions.
    return undefined;
  }
}

const typeOf = (value: string | undefined): 'boolean' | 'string' => (value === undefined ? 'boolean' : 'string');
