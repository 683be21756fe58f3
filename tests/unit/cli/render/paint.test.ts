import { describe, expect, it } from 'vitest';
import { paint } from '../../../../src/cli/render/paint.ts';
import { glue, type Line, span } from '../../../../src/tools/report/lines.ts';

const text = 'one two three four five six seven eight nine ten';
const tree: readonly Line[] = [
  { kind: 'heading', spans: [span('shop', 'strong')] },
  { kind: 'blank' },
  {
    kind: 'cause',
    mark: span('✖', 'bad'),
    spans: [span(text, 'strong'), glue('   '), { ...span('likely 0.80'), whole: true }],
  },
  { kind: 'branch', label: 'then', last: false, items: [[span(text)], [span(text, 'command')]] },
  { kind: 'branch', label: 'avoid', last: true, items: [[span(text)]] },
  { kind: 'item', mark: span('!', 'warn'), spans: [span(text)] },
];

describe('paint', () => {
  it('wraps between words, with hanging indents', () => {
    expect(paint(tree, { color: false, width: 40 })).toMatchInlineSnapshot(`
      "shop

      ✖ one two three four five six seven
        eight nine ten   likely 0.80
        ├─ then      · one two three four five
        │              six seven eight nine
        │              ten
        │            · one two three four five six seven eight nine ten
        └─ avoid     one two three four five
                     six seven eight nine ten
        ! one two three four five six seven
          eight nine ten"
    `);
  });

  it('leaves rows whole without a width', () => {
    expect(paint(tree, { color: false }).split('\n')[2]).toBe(`✖ ${text}   likely 0.80`);
  });

  it('breaks a word that fits no row', () => {
    const digest = 'sha256:'.padEnd(90, 'a');
    const rows = paint([{ kind: 'branch', label: 'fix', last: true, items: [[span(`pull ${digest} now`)]] }], {
      color: false,
      width: 40,
    }).split('\n');

    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(40);
    expect(
      rows
        .map((row) => row.slice(15))
        .join('')
        .replaceAll(' ', ''),
    ).toBe(`pull${digest}now`);
  });

  it('survives a terminal without room', () => {
    expect(paint(tree, { color: false, width: 1 }).length).toBeGreaterThan(text.length);
  });

  it('does not fill a very wide terminal', () => {
    const long: readonly Line[] = [{ kind: 'paragraph', spans: [span('word '.repeat(100))] }];

    const rows = paint(long, { color: false, width: 400 }).split('\n');

    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(140);
  });

  it('colours by meaning', () => {
    expect(
      paint([{ kind: 'item', mark: span('✖', 'bad'), spans: [span('a', 'dim'), span('b')] }], { color: true }),
    ).toBe('  \u001b[1m\u001b[31m✖\u001b[39m\u001b[22m \u001b[2ma\u001b[22mb');
  });
});
