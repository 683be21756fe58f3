import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capData, capText, maxResultBytes, maxTextBytes } from '../../../src/platform/size-limits.ts';

describe('capText', () => {
  it('leaves text that fits', () => {
    expect(capText('short')).toEqual({ text: 'short', cut: false });
  });

  it('cuts at the end of a line and says so', () => {
    const { text, cut } = capText('a line\n'.repeat(100), 200);

    expect(cut).toBe(true);
    expect(text).toMatch(/^(?:a line\n)+a line\n… cut here: 700 bytes are more than the 200 that fit\./);
  });

  it('never has more bytes than the limit, nor half a character', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'ü', '漢', '😀', '\n'), minLength: 0, maxLength: 2000 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 200, max: 1000 }), (text, limit) => {
        const capped = capText(text, limit);
        expect(Buffer.byteLength(capped.text) <= limit && capped.text.isWellFormed()).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('lets 32 KiB through by default', () => {
    expect(capText('x'.repeat(maxTextBytes)).cut).toBe(false);
    expect(capText('x'.repeat(maxTextBytes + 1)).cut).toBe(true);
  });
});

describe('capData', () => {
  it('leaves data that fits', () => {
    expect(capData({ a: [1, 2] })).toEqual({ data: { a: [1, 2] }, cut: [] });
  });

  it('shortens lists until they fit, and names them', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({ name: `pod-${index}`, text: 'x'.repeat(50) }));

    const capped = capData({ rows, total: 5000 });

    expect(Buffer.byteLength(JSON.stringify(capped?.data))).toBeLessThanOrEqual(maxResultBytes);
    expect(capped?.data).toMatchObject({ total: 5000 });
    expect(capped?.cut).toEqual(['rows: 2000 of 5000 items']);
  });

  it('shortens long texts inside of lists', () => {
    const capped = capData({ logs: [{ text: 'é'.repeat(300_000) }] });

    expect(capped?.cut).toEqual(['logs[].text: 100000 of 300000 characters']);
  });

  it('gives up on what has nothing to cut', () => {
    expect(
      capData(Object.fromEntries(Array.from({ length: 100 }, (_, key) => [`key-${key}`, key])), 100),
    ).toBeUndefined();
  });
});
