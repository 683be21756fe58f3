import { expect, it } from 'vitest';
import { ownText } from '../../../../src/engines/logs/own-text.ts';

it('says the same', () => {
  expect(['', 'a', 'ä line of a log'].map(ownText)).toEqual(['', 'a', 'ä line of a log']);
});
