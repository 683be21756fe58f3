import { describe, expect, it } from 'vitest';
import { markdown } from '../../../../src/cli/render/markdown.ts';
import { glue, span } from '../../../../src/tools/report/lines.ts';

const paragraph = (...spans: Parameters<typeof span>[]) =>
  markdown([{ kind: 'paragraph', spans: spans.map((each) => span(...each)) }]).trim();

describe('markdown', () => {
  it.each([
    ['markup', '*a* _b_ [c](http://d) <img> #1 | ~', String.raw`\*a\* \_b\_ \[c\](http://d) \<img\> \#1 \| \~`],
    ['mentions', 'thanks @everyone', 'thanks &#64;everyone'],
    ['back-ticks', 'a `b`', 'a \\`b\\`'],
  ])('keeps %s as text', (_, text, expected) => {
    expect(paragraph([text])).toBe(expected);
  });

  it.each([
    ['a quote', 'x *y* @z', '`x *y* @z`'],
    ['back-ticks in it', 'a ``b`` c', '```a ``b`` c```'],
    ['a back-tick at its end', 'a`', '`` a` ``'],
    ['nothing', '', ''],
  ])('shows %s as code', (_, text, expected) => {
    expect(paragraph([text, 'quote'])).toBe(expected);
  });

  it('separates lists and paragraphs', () => {
    expect(
      markdown([
        { kind: 'heading', spans: [span('shop')] },
        { kind: 'blank' },
        { kind: 'cause', mark: span('✖'), spans: [span('a'), glue('   '), span('b')] },
        { kind: 'branch', label: 'fix', last: true, items: [[span('c')], [span('d', 'command')]] },
        { kind: 'blank' },
        { kind: 'paragraph', spans: [span('Not broken yet:')] },
        { kind: 'item', mark: span('!'), spans: [span('e')] },
      ]),
    ).toMatchInlineSnapshot(`
      "## shop

      ### ✖ a b

      - **fix** c
      - **fix** \`d\`

      Not broken yet:

      - e"
    `);
  });
});
