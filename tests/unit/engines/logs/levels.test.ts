import { expect, it } from 'vitest';
import { levelOf } from '../../../../src/engines/logs/levels.ts';

it.each([
  ['ERR', 'error'],
  ['wrn', 'warn'],
  ['Information', 'info'],
  ['panic', 'fatal'],
  [50, 'error'],
  [60, 'fatal'],
  ['constructor', undefined],
  [undefined, undefined],
])('knows the level that %s means', (value, level) => {
  expect(levelOf(value)).toBe(level);
});
