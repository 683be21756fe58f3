import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { processMetrics } from '../../../k8s/monitoring/series.ts';
import { alertsFile } from '../../../scripts/generate-alerts.ts';
import { settingsSchema, variableName, variablePrefix } from '../../../src/platform/config.ts';
import { errorTypes } from '../../../src/platform/errors.ts';
import { metricCatalogue } from '../../../src/platform/metric-catalogue.ts';
import { program } from '../../support/program.ts';
import { queriesIn, unknownNames } from '../../support/promql.ts';

interface Rule {
  readonly alert?: string;
  readonly annotations?: { readonly runbook_url: string };
}

const folder = 'docs/runbooks';
const pages = readdirSync(folder)
  .filter((page) => page !== 'README.md')
  .toSorted();
const rules = (parse(alertsFile()) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }).groups
  .flatMap((group) => group.rules)
  .filter(({ alert }) => alert !== undefined);
const textOf = (page: string): string => readFileSync(join(folder, page), 'utf8');
const found = (page: string, pattern: RegExp): readonly string[] =>
  [...textOf(page).matchAll(pattern)].map(([, name = '']) => name);

describe('every alert', () => {
  it('has a runbook of its name, and no runbook is without one', () => {
    expect([...new Set(rules.map(({ alert }) => `${alert}.md`))].toSorted()).toEqual(pages);
  });

  it('leads to its runbook', () => {
    const urls = rules.map(({ alert, annotations }) => [alert, annotations?.runbook_url]);

    expect(urls).toEqual(
      rules.map(({ alert }) => [alert, `https://github.com/kubemend/kubemend/blob/main/docs/runbooks/${alert}.md`]),
    );
  });
});

/** All that the program is made of. */
const source = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  .join('\n');

describe.each(pages)('the runbook %s', (page) => {
  it('says what it means, where to look, what to do and when to call others, in this order', () => {
    expect(found(page, /^#+ (.+)$/gm)).toEqual([
      page.replace('.md', ''),
      'What it means',
      'Look',
      'Likely causes, and what to do',
      'Escalate',
    ]);
    expect(textOf(page).split('\n').length).toBeLessThan(70);
  });

  it('asks Prometheus for what there is', () => {
    const queries = queriesIn(textOf(page));

    expect(queries.length).toBeGreaterThan(0);
    expect(queries.flatMap(unknownNames)).toEqual([]);
  });

  it('names metrics, settings and types of errors that there are', () => {
    const metrics: ReadonlySet<string> = new Set([...Object.keys(metricCatalogue), ...processMetrics]);
    const settings = new Set(
      Object.keys(settingsSchema.shape).flatMap((key) => [variableName(key), `${variablePrefix}${variableName(key)}`]),
    );
    const types: ReadonlySet<string> = new Set(errorTypes);

    expect(found(page, /`((?:mcp|nodejs|process)_\w+)`/g).filter((name) => !metrics.has(name))).toEqual([]);
    expect(found(page, /`([A-Z]+(?:_[A-Z\d]+)+)`/g).filter((name) => !settings.has(name))).toEqual([]);
    expect(
      found(page, /`([a-z]+_(?:error|found|denied|required|limited))`/g).filter((name) => !types.has(name)),
    ).toEqual([]);
  });

  it('looks in the log for lines that there are', () => {
    const lines = [...found(page, /"msg":"([^"]+)"/g), ...found(page, /grep '([a-z][^'"\\|]+)'/g)];

    expect(lines.filter((line) => !source.includes(`'${line}`))).toEqual([]);
  });

  it('leads to pages that there are', () => {
    const links = found(page, /\]\(([^)#]+)\)/g);

    expect(links.filter((link) => !existsSync(join(dirname(join(folder, page)), link)))).toEqual([]);
  });
});

/** `kubemend heal list` of `kubemend heal list -n NAMESPACE`, with the flags behind it. */
const commands = [
  ...new Set(
    pages
      .flatMap((page) => found(page, /(?:^|`|\/app\/dist\/)kubemend(?:\.js)? ([a-z].*?)(?:`|$)/gm))
      .map((command) => command.replaceAll(/ [A-Z]+/g, '')),
  ),
].toSorted();

it.each(commands)(
  '`kubemend %s` of the runbooks is a command, with flags that it has',
  { timeout: 30_000 },
  async (command) => {
    const words = command.split(' ');
    const flags = words.filter((word) => word.startsWith('-'));
    const { status, out } = await program([...words.filter((word) => !flags.includes(word)), '--help']);

    expect(status).toBe(0);
    expect(flags.filter((flag) => !out.includes(flag))).toEqual([]);
  },
);
