import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { register as registerDiagnose } from '../../../src/cli/diagnose.ts';
import { diagnosisAsked } from '../../../src/cli/diagnose-quickly.ts';
import type { Host, Register } from '../../../src/cli/program.ts';
import { quickArguments } from '../../../src/cli/quick-flags.ts';
import { diagnosisOptions } from '../../../src/cli/run-diagnosis.ts';
import { addSettingFlags } from '../../../src/cli/setting-flags.ts';
import { settingsSchema } from '../../../src/platform/config.ts';

interface Parsed {
  readonly options: Record<string, unknown>;
  readonly operands: readonly string[];
}

/** What commander makes of it; `undefined` where it refuses, or shows help. */
function byCommander(register: Register, commands: 'all' | 'serve', argv: readonly string[]): Parsed | undefined {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  let parsed: Parsed | undefined;
  register(
    program,
    (command) => {
      addSettingFlags(command, commands);
      command.action(() => {
        parsed = { options: command.opts(), operands: command.args };
      });
    },
    {} as Host,
  );
  try {
    program.parse([...argv], { from: 'user' });
  } catch {
    return undefined;
  }
  return parsed;
}

const settingsIn = (options: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(options).filter(([key]) => Object.hasOwn(settingsSchema.shape, key)));

const word = fc.constantFrom('shop', 'json', 'tree', 'xml', '', '-', '--', '-x', 'pod/a', '7', 'a=b', '-n', '-A');
const flags = `
  -n --namespace -A --all-namespaces -o --output --context --cluster --limit --watch -w --cursor --no-color -h --help
  --demo --no-demo --from --timeout --log-level --k8s-qps --port --http --version
  -An -no -nshop -ojson -Aojson --namespace=shop --output=json --output= --names
  --no-namespace --no-all-namespaces --all-namespaces=yes --demo=yes
`;
const flag = fc.constantFrom(...flags.trim().split(/\s+/));
const argv = fc.array(fc.oneof(flag, word), { maxLength: 6 });

describe('flags without commander', () => {
  it('of diagnose are what commander makes of them, or left to it', () => {
    const seen = { quick: 0, left: 0 };
    fc.assert(
      fc.property(argv, (args) => {
        const quick = diagnosisAsked(args);
        seen[quick === undefined ? 'left' : 'quick'] += 1;
        if (quick === undefined) return;
        const slow = byCommander(registerDiagnose, 'all', ['diagnose', ...args]);

        expect(slow).toBeDefined();
        expect(quick.options).toEqual(diagnosisOptions.parse(slow?.options));
        expect(quick.operands).toEqual(slow?.operands);
        expect(quick.flags).toEqual(settingsIn(slow?.options ?? {}));
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.quick, seen.left)).toBeGreaterThan(100);
  });

  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['a namespace', ['-n', 'shop']],
    ['everything as JSON', ['-A', '-o', 'json']],
    ['an object in a context', ['deployment/api', '--context', 'prod', '-n', 'shop']],
    ['the demo', ['--demo']],
    ['an archive', ['--from', 'bundle.tgz', '--timeout', '60']],
  ])('are enough to ask about %s', (_, args) => {
    expect(diagnosisAsked(args)).toBeDefined();
  });

  it.each<[string, readonly string[]]>([
    ['an unknown flag', ['--namspace', 'shop']],
    ['an unknown format', ['-o', 'xml']],
    ['help', ['--help']],
    ['a missing value', ['-n']],
    ['a contradiction', ['-A', '-n', 'shop']],
    ['flags of serve', ['--port', '80']],
    ['a flag that is seldom given', ['--limit', '3']],
  ])('leave %s to commander', (_, args) => {
    expect(diagnosisAsked(args)).toBeUndefined();
  });

  it('are those of the settings for serve, without secrets', () => {
    const given = quickArguments(['--http', '--port', '80', '--no-demo'], { commands: 'serve' });

    expect(given).toEqual({ flags: { http: true, port: '80', demo: false }, operands: [] });
    expect(quickArguments(['--signing-key', 'abc'], { commands: 'serve' })).toBeUndefined();
  });
});
