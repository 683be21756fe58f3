import { parseArgs } from 'node:util';
import { flagName, settingFacts, settingsSchema } from '../platform/config.ts';
import type { Flags } from './run-action.ts';

/**
 * The flags of `serve` by setting key, without commander, which takes longer to load than the flags to read; `undefined`
 * for anything that is not plainly flags and values: help and mistakes are commander's.
 */
export function quickFlags(args: readonly string[]): Flags | undefined {
  const settings = Object.entries(settingsSchema.shape).filter(([, schema]) => !settingFacts.get(schema)?.secret);
  const keys = new Map(settings.map(([key]) => [flagName(key), key]));
  const options = settings.map(([key, schema]) => [
    flagName(key),
    { type: settingFacts.get(schema)?.value === undefined ? ('boolean' as const) : ('string' as const) },
  ]);
  try {
    const { values } = parseArgs({ args: [...args], options: Object.fromEntries(options), allowNegative: true });
    return Object.fromEntries(
      Object.entries(values).map(([flag, value]) => [keys.get(flag) ?? flag, Array.isArray(value) ? undefined : value]),
    );
  } catch {
    // Commander says what is wrong, with suggestions.
    return undefined;
  }
}
