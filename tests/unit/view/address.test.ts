import { describe, expect, it } from 'vitest';
import { addressOf, hrefOf, placeOf } from '../../../src/view/address.ts';

describe('the address of what the console shows', () => {
  it.each([
    '?',
    '?namespace=shop&object=deployment%2Fapi',
    '?view=timeline&cluster=a&minutes=360',
    '?view=actions&action=x',
  ])('comes back as it was: %s', (query) => {
    expect(hrefOf(addressOf(query))).toBe(query);
  });

  it.each(['?view=nothing', '?minutes=-1', '?minutes=x', '?namespace=', '?other=1'])(
    'leaves out what means nothing: %s',
    (query) => {
      expect(hrefOf(addressOf(query))).toBe('?');
    },
  );

  it('says to tools where to look, and no more', () => {
    expect(placeOf(addressOf('?view=timeline&namespace=shop&cause=x&minutes=60'))).toEqual({ namespace: 'shop' });
  });
});
