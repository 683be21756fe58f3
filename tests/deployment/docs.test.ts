import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Values = Readonly<Record<string, unknown>>;

const root = join(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const chart = 'k8s/helm/kubemend';
const defaults: Values = parse(textOf(`${chart}/values.yaml`));

const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
const fits = ajv.compile(JSON.parse(textOf(`${chart}/values.schema.json`)));

const isMapping = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As helm puts values over those of the chart. */
const over = (below: Values, above: Values): Values => ({
  ...below,
  ...Object.fromEntries(
    Object.entries(above).map(([key, value]) => {
      const old = below[key];
      return [key, isMapping(old) && isMapping(value) ? over(old, value) : value];
    }),
  ),
});

/** What docs/deployment.md shows as values: it begins with a name that the chart has. */
const examples = [...textOf('docs/deployment.md').matchAll(/^```yaml\n([^]*?)^```$/gm)]
  .map(([, text = '']): Values => parse(text))
  .filter((values) => Object.entries(values).every(([key, value]) => key in defaults && isMapping(value)));

describe('values in docs/deployment.md', () => {
  it('are values of the chart', () => {
    expect(examples.length).toBeGreaterThan(6);
    expect(
      examples.flatMap((values) => (fits(over(defaults, values)) ? [] : [{ values, errors: fits.errors }])),
    ).toEqual([]);
  });
});
