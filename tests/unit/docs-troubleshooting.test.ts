import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
const sources = globSync('src/**/*.ts', { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8').replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…'))
  .join('\n');

/** What stands in the first column as a text of the program: more than a word, a setting or a status. */
const quoted = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]*[A-Za-z…] [^`]*)`/g)])
  .flatMap(([, text]) => text ?? [])
  .filter((text) => !/^npm |^G27/.test(text));

/** The longest part between what differs. */
const firmest = (text: string): string =>
  text
    .split('…')
    .map((part) => part.trim())
    .reduce((longest, part) => (part.length > longest.length ? part : longest), '');

describe('docs/troubleshooting.md', () => {
  it('quotes what the program says', () => {
    expect(quoted.length).toBeGreaterThan(35);
    expect(quoted.filter((text) => !sources.includes(firmest(text)))).toEqual([]);
  });
});
