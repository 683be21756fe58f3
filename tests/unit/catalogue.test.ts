import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedRules } from '../../src/engines/diagnosis/causality.ts';
import { areas } from '../../src/engines/diagnosis/rule.ts';
import { rules } from '../../src/engines/diagnosis/rules/index.ts';
import { healingTools } from '../../src/tools/healing-tools.ts';
import { tools as readingTools } from '../../src/tools/index.ts';
import { accesses } from '../../src/tools/tool.ts';

const root = join(import.meta.dirname, '../..');

/** TypeScript files below the sub-folders of a folder, as `folder/name`. */
const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.parentPath !== join(root, folder))
    .map(({ name, parentPath }) => `${basename(parentPath)}/${basename(name, '.ts')}`)
    .toSorted();

const untested = (folder: string, files: readonly string[]): readonly string[] =>
  files.filter((file) => !existsSync(join(root, folder, `${file}.test.ts`)));

const repeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

const wordsIn = (text: string): number => text.split(/\s+/).length;

describe('every tool', () => {
  const tools = [...readingTools, ...healingTools];
  const files = filesOf('src/tools').filter((file) => ['diagnostic', 'healing'].includes(dirname(file)));

  it('is listed, under the name of its file', () => {
    expect(tools.map(({ name }) => name.replaceAll('_', '-')).toSorted()).toEqual(
      files.map((file) => basename(file)).toSorted(),
    );
  });

  it('has a test', () => {
    expect(untested('tests/unit/tools', files)).toEqual([]);
  });

  it('stands in the folder of its access', () => {
    const healing = new Set(files.filter((file) => dirname(file) === 'healing').map((file) => basename(file)));
    const misplaced = tools.filter(
      ({ name, access }) => access !== accesses[0] && !healing.has(name.replaceAll('_', '-')),
    );

    expect(misplaced.map(({ name }) => name)).toEqual([]);
  });

  it('is described in less than 120 words, and named as verb_noun', () => {
    const odd = tools.filter(
      ({ name, title, description }) => wordsIn(description) >= 120 || title === '' || !/^[a-z]+(_[a-z]+)*$/.test(name),
    );

    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  it('declares permissions as verb and resource', () => {
    const odd = tools
      .flatMap(({ permissions }) => permissions)
      .filter((permission) => !/^(get|list|watch|patch|create|delete|update) [a-z0-9./-]+$/.test(permission));

    expect(odd).toEqual([]);
  });
});

describe('every rule', () => {
  const files = filesOf('src/engines/diagnosis/rules');

  it('is listed once, in the folder of its area, under its id', () => {
    expect(rules.map(({ area, id }) => `${area}/${id}`).toSorted()).toEqual(files);
    expect(repeated(rules.map(({ id }) => id))).toEqual([]);
  });

  it('has a test', () => {
    expect(untested('tests/unit/engines/diagnosis/rules', files)).toEqual([]);
  });

  it('has all that its page needs', () => {
    const thin = rules.filter(
      ({ title, meaning, detection, remedies, area }) =>
        title === '' || meaning === '' || detection === '' || remedies.length === 0 || !areas.includes(area),
    );

    expect(thin.map(({ id }) => id)).toEqual([]);
  });
});

describe('the table of causes', () => {
  it('names only rules that exist', () => {
    const known = new Set(rules.map(({ id }) => id));

    expect(namedRules.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe.each([
  ['docs/faults.md', 30],
  ['docs/security.md', 25],
])('what %s says', (page, least) => {
  it('is proven by tests that are there', () => {
    const text = readFileSync(join(root, page), 'utf8');
    const named = [...text.matchAll(/`((?:unit|integration|e2e)\/[^`]+)`/g)].flatMap(([, name]) => name ?? []);

    expect(named.length).toBeGreaterThan(least);
    expect(untested('tests', named)).toEqual([]);
  });
});
