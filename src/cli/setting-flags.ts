import { type Command, Option } from 'commander';
import * as z from 'zod';
import { flagName, plainDescription, settingFacts, settingsSchema } from '../platform/config.ts';

/** Adds the flags of the settings that a command obeys, in the groups of docs/configuration.md. */
export function addSettingFlags(command: Command, commands: 'all' | 'serve'): void {
  for (const [key, schema] of Object.entries(settingsSchema.shape)) {
    const facts = settingFacts.get(schema);
    if (facts === undefined || facts.secret || (facts.commands === 'serve' && commands !== 'serve')) continue;
    const flag = `--${flagName(key)}`;
    const usual = schema.parse(undefined);
    const description = `${plainDescription(facts)}${shownDefault(usual)}`;
    if (facts.value !== undefined) {
      command.addOption(new Option(`${flag} <${facts.value}>`, description).helpGroup(`${facts.group}:`));
      continue;
    }
    const on = new Option(flag, description).helpGroup(`${facts.group}:`);
    const off = new Option(`--no-${flagName(key)}`, `Do not: ${description}`).helpGroup(`${facts.group}:`);
    command.addOption(usual === true ? on.hideHelp() : on);
    command.addOption(usual === true ? off : off.hideHelp());
  }
}

const shownDefault = (value: unknown): string => {
  const { success, data } = z.union([z.string(), z.number()]).safeParse(value);
  return success ? ` (${data})` : '';
};
