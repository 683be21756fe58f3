import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { tools } from '../../../src/tools/index.ts';
import { cluster, cursor, kind, namespaceName, objectName, objectPath } from '../../../src/tools/schemas.ts';

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

/** What no name may be, whatever it names. */
const hostile = [
  '',
  ' ',
  '/',
  'a/b/c',
  '..',
  '../secrets',
  '.',
  'a%2fb',
  '%2e%2e',
  'a\n',
  'a\nb',
  'a\u0000b',
  'a b',
  'a?watch=true',
  'a#b',
  'a&b',
  '-a',
  'a-',
  '--server=http://evil',
  '$(id)',
  'a;id',
  'ü',
  'а',
  'a\u200bb',
  '\u202eabc',
  'a'.repeat(10_000),
  7,
  null,
  ['a'],
  { a: 1 },
];

describe.each([
  ['namespaceName', namespaceName],
  ['objectName', objectName],
  ['objectPath', objectPath],
  ['kind', kind],
])('%s', (name, schema) => {
  it.each(hostile.map((value) => [JSON.stringify(value).slice(0, 40), value]))('refuses %s', (_, value) => {
    const lenient = name === 'kind' && value === 'a-';
    expect(accepts(schema, value)).toBe(lenient);
  });
});

describe('what is accepted', () => {
  it.each([
    ['namespaceName', namespaceName, ['a', 'shop', 'team-7', '0', 'a'.repeat(63)]],
    ['objectName', objectName, ['web-0', 'a.b.c', 'system:node', '1'.repeat(253)]],
    ['objectPath', objectPath, ['deployment/api', 'Deployment/api', 'certificates.cert-manager.io/web', 'no/n1']],
    ['kind', kind, ['pod', 'Deployment', 'deploy', 'certificates.cert-manager.io']],
    ['cluster', cluster, [undefined, 'arn:aws:eks:eu-1:1:cluster/a', 'admin@prod', 'kind-x']],
    ['cursor', cursor, [undefined, 'eyJ2Ijoi']],
  ])('%s', (_, schema, values) => {
    expect(values.filter((value) => !accepts(schema, value))).toEqual([]);
  });

  it.each([
    ['namespaceName', namespaceName, ['Shop', 'a.b', 'a'.repeat(64)]],
    ['objectName', objectName, ['Web', 'a_b', '1'.repeat(254)]],
    ['objectPath', objectPath, ['deployment', 'deployment/', '/api', 'deployment/api/x', 'deployment/..']],
    ['kind', kind, ['7pods', 'pods/log', 'a'.repeat(254)]],
    ['cluster', cluster, ['', 'x'.repeat(257)]],
    ['cursor', cursor, ['', 'x'.repeat(4097)]],
  ])('and not by %s', (_, schema, values) => {
    expect(values.filter((value) => accepts(schema, value))).toEqual([]);
  });
});

it('says what a namespace is made of', () => {
  expect(namespaceName.safeParse('Shop').error?.issues[0]?.message).toBe(
    'is no namespace: lower-case letters, digits and -, at most 63',
  );
});

describe('the inputs of all tools', () => {
  it('are described, every one', () => {
    const silent = tools.flatMap(({ name, input }) =>
      Object.entries(input.shape)
        .filter(([, schema]) => !(schema as z.ZodType).description)
        .map(([field]) => `${name}.${field}`),
    );

    expect(silent).toEqual([]);
  });

  it('are worded alike where they mean the same', () => {
    const wordings = new Map<string, Set<string>>();
    for (const { input } of tools) {
      for (const [field, schema] of Object.entries(input.shape)) {
        if (field === 'limit') continue;
        wordings.set(field, (wordings.get(field) ?? new Set()).add((schema as z.ZodType).description ?? ''));
      }
    }

    expect([...wordings].filter(([, texts]) => texts.size > 1)).toEqual([]);
  });

  it('refuse arguments that nobody asked for', () => {
    const lenient = tools.filter(
      ({ input }) => input.safeParse({ surprise: 1, kind: 'pod', pod_name: 'a', name: 'a' }).success,
    );

    expect(lenient.map(({ name }) => name)).toEqual([]);
  });
});
