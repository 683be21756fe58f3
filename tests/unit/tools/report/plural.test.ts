import { expect, it } from 'vitest';
import { plural } from '../../../../src/tools/report/plural.ts';

it.each([
  [0, '0 pods'],
  [1, '1 pod'],
  [2, '2 pods'],
])('counts %i', (count, expected) => {
  expect(plural(count, 'pod')).toBe(expected);
});
