import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commandTree } from '../../src/cli/command-tree.ts';
import { keeping } from '../support/program.ts';

const root = join(import.meta.dirname, '../..');
const pages = globSync(['*.md', 'docs/*.md'], { cwd: root });

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}
const blocks = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
    ([, language = '', text = '']): Block => ({ page, language, text }),
  ),
);

const { program } = await commandTree({
  argv: [],
  environment: {},
  dotenv: '',
  stdin: process.stdin,
  stdout: keeping(),
  stderr: keeping(),
  signal: AbortSignal.abort(),
  version: '1.2.3',
  nodeVersion: process.version,
  demo: '',
  assets: '',
});

/** What follows the name of the program where it is written as code, up to a comment or to another program. */
const commandLines = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/ *\\\n */g, ' ');
  const lines = text.matchAll(/(?:^ *|[$(`] ?|-- )(?:kubemend|kubectl mend) +([^`#|>)\n]+)/gm);
  return [...lines]
    .map(([, words = '']) => ({ page, words: words.split(/ {2,}/)[0]?.trim().split(' ') ?? [] }))
    .filter(({ words }) => isCommand(words));
});

/** The words that the program does not know: commands, and flags of the command that they stand behind. */
function unknownIn(words: readonly string[], command: Command = program): readonly string[] {
  const [first = '', ...rest] = words;
  const next = command.commands.find((each) => each.name() === first);
  if (next !== undefined) return unknownIn(rest, next);
  const flags = words.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? '');
  const missing = flags.filter((flag) => !hasFlag(command, flag));
  return command.parent === null && !first.startsWith('-') ? [first] : missing;
}

/** Not a sentence that begins with the name of the program. */
function isCommand([first = '']: readonly string[]): boolean {
  return first.startsWith('-') || program.commands.some((each) => each.name() === first);
}

const hasFlag = (command: Command, flag: string): boolean =>
  flag === '--help' ||
  command.options.some(({ long, short }) => long === flag || short === flag) ||
  (command.parent !== null && hasFlag(command.parent, flag));

describe('examples in the docs', () => {
  it('are commands and flags that there are', () => {
    expect(commandLines.length).toBeGreaterThan(50);
    expect(
      commandLines.flatMap(({ page, words }) =>
        unknownIn(words).map((word) => `${page}: ${word} in ${words.join(' ')}`),
      ),
    ).toEqual([]);
  });

  it('are found out when there are none', () => {
    expect(unknownIn(['diagnos', '-n', 'shop'])).toEqual(['diagnos']);
    expect(unknownIn(['heal', 'rollback', 'deployment/api', '--replicas=4'])).toEqual(['--replicas']);
  });

  it.each(blocks.filter(({ language }) => language === 'json' || language === 'yaml'))(
    'are whole: $language in $page',
    ({ language, text }) => {
      expect(() => (language === 'json' ? JSON.parse(text) : parse(text))).not.toThrow();
    },
  );
});
