import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../../src/platform/untrusted.ts';

describe('plainText', () => {
  it.each([
    ['colours', '\u001b[31;1mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['an escape without an end', 'a\u001b[', 'a['],
    ['a lone escape', 'a\u001b', 'a'],
    ['an 8-bit escape', 'a\u009b31mb', 'a31mb'],
    ['control characters', 'a\u0000\u0007\u0008b', 'ab'],
    ['a carriage return that overwrites a line', 'bad\rgood', 'badgood'],
    ['windows line ends', 'a\r\nb', 'a\nb'],
    ['bidirectional overrides', 'a\u202eb\u2066c\u2069', 'abc'],
    ['zero-width characters', 'pass\u200bword\ufeff', 'password'],
    ['tag characters', `hi${String.fromCodePoint(0xe0041, 0xe0042)}`, 'hi'],
    ['a soft hyphen', 'a\u00adb', 'ab'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
  ])('takes out %s', (_what, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('keeps tabs, newlines, letters of any script and emoji', () => {
    const text = 'a\tb\nü 漢字 עברית 😀';

    expect(plainText(text)).toBe(text);
  });

  it('finds nothing more to take out of its own results', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', '\u0007', '\\', '\u200b', '\u202e', 'a', '\n', '\r'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(hostile, (text) => {
        for (const steering of ['\u001b', '\u0007', '\u200b', '\u202e', '\r']) {
          expect(plainText(text)).not.toContain(steering);
        }
      }),
      { numRuns: 500 },
    );
  });
});
