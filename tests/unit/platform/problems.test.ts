import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { problemsOf } from '../../../src/platform/problems.ts';

const schema = z.strictObject({
  limit: z.int().min(1).max(50),
  all: z.boolean(),
  names: z.array(z.string()),
  label: z.string().regex(/^a/, 'must begin with a'),
});

function wordsFor(input: object): readonly string[] {
  const { error } = schema.safeParse({ limit: 5, all: true, names: [], label: 'a', ...input });
  return error === undefined
    ? []
    : problemsOf(error, Object.keys(schema.shape)).map(({ path, message }) => `${path} ${message}`);
}

describe('problemsOf', () => {
  it.each([
    [{ limit: 0 }, 'limit must be at least 1'],
    [{ limit: 51 }, 'limit must be at most 50'],
    [{ limit: 1.5 }, 'limit must be a whole number'],
    [{ limit: undefined }, 'limit is missing; it must be a number'],
    [{ all: 1 }, 'all must be true or false'],
    [{ names: 'x' }, 'names must be a list'],
    [{ names: [1] }, 'names[0] must be a string'],
    [{ label: 'b' }, 'label must begin with a'],
    [{ limt: 1 }, 'limt unknown argument; did you mean limit?'],
  ])('says of %j: %s', (input, words) => {
    expect(wordsFor(input)).toEqual([words]);
  });
});
