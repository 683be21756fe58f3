import { expect, it } from 'vitest';
import { type Line, plainLines, span } from '../../../../src/tools/report/lines.ts';

it('lays out every kind of line', () => {
  const lines: readonly Line[] = [
    { kind: 'heading', spans: [span('heading')] },
    { kind: 'blank' },
    { kind: 'cause', mark: span('✖'), spans: [span('cause')] },
    { kind: 'branch', label: 'one', last: false, items: [[span('item')]] },
    { kind: 'branch', label: 'several', last: false, items: [[span('first')], [span('second')]] },
    { kind: 'branch', label: 'either', last: true, alternatives: true, items: [[span('this')], [span('that')]] },
    { kind: 'paragraph', spans: [span('paragraph ')] },
    { kind: 'item', mark: span('!'), spans: [span('item')] },
  ];

  expect(plainLines(lines)).toMatchInlineSnapshot(`
    "heading

    ✖ cause
      ├─ one       item
      ├─ several   · first
      │            · second
      └─ either    this
                   or  that
    paragraph
      ! item"
  `);
});

it.each([
  ['a\nb', 'a ⏎ b'],
  ['a \r\n\n  b', 'a ⏎ b'],
  ['a\u2028b\u2029c', 'a ⏎ b ⏎ c'],
  ['a\tb', 'a b'],
  ['\n a \n', 'a'],
])('keeps %j on one line', (text, expected) => {
  expect(span(text).text).toBe(expected);
});
