import { describe, expect, it } from 'vitest';
import { inBlock, isEverything } from '../../../../src/engines/network/addresses.ts';

describe('inBlock', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['192.168.1.129', '192.168.1.128/25', true],
    ['192.168.1.127', '192.168.1.128/25', false],
    ['10.0.0.7', '10.0.0.7/32', true],
    ['203.0.113.9', '0.0.0.0/0', true],
    ['10.1.2.3', '10.9.9.9/8', true],
    ['fd00::1', 'fd00::/8', true],
    ['fe80::1', 'fd00::/8', false],
    ['2001:db8:0:1::5', '2001:db8:0:1:0:0:0:0/64', true],
    ['::1', '::/0', true],
    ['10.1.2.3', '::/0', false],
  ])('%s in %s is %s', (address, block, expected) => {
    expect(inBlock(address, block)).toBe(expected);
  });

  it.each([
    ['10.1.2', '10.0.0.0/8'],
    ['10.1.2.300', '10.0.0.0/8'],
    ['10.1.2.3', '10.0.0.0'],
    ['10.1.2.3', '10.0.0.0/33'],
    ['fd00::1::2', 'fd00::/8'],
    ['1:2:3', 'fd00::/8'],
    ['', ''],
  ])('says nothing of %s in %s', (address, block) => {
    expect(inBlock(address, block)).toBeUndefined();
  });
});

describe('isEverything', () => {
  it('knows the blocks that hold all addresses', () => {
    expect(['0.0.0.0/0', '::/0', '10.0.0.0/8', '0.0.0.0/1'].map(isEverything)).toEqual([true, true, false, false]);
  });
});
