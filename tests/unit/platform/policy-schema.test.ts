import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { policyWarnings } from '../../../src/engines/healing/policy-warnings.ts';
import { defaultPolicy } from '../../../src/platform/healing-policy.ts';
import { checkPolicy } from '../../../src/platform/load-policy.ts';
import { policyJsonSchema } from '../../../src/platform/policy-schema.ts';

const docs = join(import.meta.dirname, '../../../docs');
const example = readFileSync(join(docs, 'examples/healing-policy.yaml'), 'utf8');
const schema = policyJsonSchema();

/** Fields without a description, by their path in the schema. */
function undescribed(part: unknown, path = ''): readonly string[] {
  const { properties = {}, items } = part as { properties?: Record<string, { description?: string }>; items?: unknown };
  const fields = Object.entries(properties).flatMap(([name, field]) => [
    ...(field.description === undefined ? [`${path}${name}`] : []),
    ...undescribed(field, `${path}${name}.`),
  ]);
  return items === undefined ? fields : [...fields, ...undescribed(items, `${path}[].`)];
}

describe('the JSON Schema of a policy', () => {
  it('says what it is', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://kubemend.dev/schemas/healing-policy-v1.json',
      title: 'Healing policy of kubemend',
      type: 'object',
      additionalProperties: false,
    });
  });

  it('describes every field', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('says what holds without each field', () => {
    const shape = schema as {
      properties: Record<string, { default?: unknown; properties?: Record<string, { default?: unknown }> }>;
    };

    expect(Object.values(shape.properties).filter((field) => field.default === undefined)).toEqual([]);
    expect(shape.properties['caps']?.properties?.['max_memory']?.default).toBe(defaultPolicy.caps.max_memory);
    expect(shape.properties['caps']?.properties?.['max_cpu']?.default).toBe(defaultPolicy.caps.max_cpu);
  });

  it('takes the example, and refuses what a policy cannot say', () => {
    const read = z.fromJSONSchema(schema);

    expect(read.safeParse(parse(example)).error).toBeUndefined();
    expect(read.safeParse({}).success).toBe(true);
    expect(read.safeParse({ rules: [{ tier: 'never' }] }).success).toBe(false);
    expect(read.safeParse({ nope: 1 }).success).toBe(false);
    expect(read.safeParse({ windows: [{ from: '8', to: '09:00' }] }).success).toBe(false);
  });
});

describe('the example', () => {
  it('is a policy without anything that is hardly meant', async () => {
    const { policy, problems } = await checkPolicy(example);

    expect(problems).toEqual([]);
    expect(policyWarnings(policy ?? defaultPolicy)).toEqual([]);
    expect(policy?.rules).toHaveLength(3);
  });

  it('is not the only YAML of the documentation that is a policy', async () => {
    const page = readFileSync(join(docs, 'policy.md'), 'utf8');
    const blocks = [...page.matchAll(/```yaml\n([^]+?)```/g)].map(([, text = '']) => text);
    const checked = await Promise.all(blocks.map(checkPolicy));

    expect(blocks.length).toBeGreaterThan(2);
    expect(checked.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
