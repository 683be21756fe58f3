import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { register as audit } from '../../src/cli/audit.ts';
import { register as diagnose } from '../../src/cli/diagnose.ts';
import { register as doctor } from '../../src/cli/doctor.ts';
import { register as heal } from '../../src/cli/heal.ts';
import { register as logs } from '../../src/cli/logs.ts';
import { register as policy } from '../../src/cli/policy.ts';
import type { Host } from '../../src/cli/program.ts';
import { addSettingFlags } from '../../src/cli/setting-flags.ts';
import { register as snapshot } from '../../src/cli/snapshot.ts';
import { register as version } from '../../src/cli/version.ts';
import { program } from '../support/program.ts';
import type { FuzzBed } from './bed.ts';
import { hostileText } from './values.ts';
import { type Wrong, wrongText } from './verdicts.ts';

interface Known {
  readonly path: readonly string[];
  readonly flags: readonly { readonly long: string; readonly takes: boolean; readonly choices: readonly string[] }[];
}

/** Flags that write, wait or listen: what they do to a machine is not tried with rubbish. */
const untried = new Set([
  '--file',
  '--audit-file',
  '--watch',
  '--redis-url',
  '--kubeconfig',
  '--help',
  '--from',
  '--force',
]);

/** Every command that ends by itself, with its flags, as commander knows them. */
function commands(): readonly Known[] {
  const root = new Command('kubemend');
  const run = (command: Command) => addSettingFlags(command, 'all');
  const host = { environment: {} } as Host;
  for (const register of [audit, diagnose, doctor, heal, logs, policy, snapshot, version]) register(root, run, host);
  const below = (command: Command, path: readonly string[]): readonly Known[] => [
    ...(path.length === 0 ? [] : [{ path, flags: flagsOf(command) }]),
    ...command.commands.flatMap((each) => below(each, [...path, each.name()])),
  ];
  return below(root, []);
}

const flagsOf = (command: Command): Known['flags'] =>
  command.options
    .filter(({ long }) => typeof long === 'string' && !untried.has(long))
    .map(({ long, required, optional, argChoices }) => ({
      long: long ?? '',
      takes: required || optional,
      choices: argChoices ?? [],
    }));

const known = fc.constantFrom(
  'shop',
  'web',
  'app',
  'deployment/web',
  'pod/starting',
  'node/node-1',
  '3',
  '30m',
  'demo/nothing.yaml',
);
const word = fc.oneof({ weight: 3, arbitrary: known }, { weight: 2, arbitrary: hostileText });

const wordsOf = ({ path, flags }: Known): fc.Arbitrary<readonly string[]> => {
  const options = flags.map(({ long, takes, choices }): fc.Arbitrary<readonly string[]> => {
    const value = choices.length === 0 ? word : fc.oneof(fc.constantFrom(...choices), word);
    return takes ? value.map((text) => [long, text]) : fc.constant([long]);
  });
  const given: fc.Arbitrary<readonly (readonly string[])[]> =
    options.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...options), { maxLength: 3 });
  return fc
    .tuple(fc.array(word, { maxLength: 2 }), given, fc.array(hostileText, { maxLength: 1 }))
    .map(([operands, flagged, rest]) => [...path, ...operands, ...flagged.flat(), ...rest]);
};

/** A command line: mostly of a command that there is. */
export const commandLine: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 9, arbitrary: fc.oneof(...commands().map(wordsOf)) },
  // Without a command it would serve, which ends with its input.
  { weight: 1, arbitrary: fc.array(hostileText, { minLength: 1, maxLength: 4 }) },
);

const statuses = new Set([0, 1, 2, 130]);

export async function overCommandLine({ environment, canaries }: FuzzBed, words: readonly string[]): Promise<Wrong> {
  const written = words[0] === 'snapshot' ? ['-f', join(tmpdir(), `kubemend-fuzz-${process.pid}.gz`), '--force'] : [];
  const [first = '', ...rest] = words;
  const { status, out, err } = await program([first, ...written, ...rest], { environment });
  if (!statuses.has(status)) return `status ${status}: ${err}`;
  if (/unexpectedly|internal_error/.test(`${out}${err}`)) return `a slip: ${err}${out.slice(0, 500)}`;
  return wrongText(`${out}\n${err}`.replaceAll('\r', '').replaceAll('\u001b[K', ''), canaries);
}
