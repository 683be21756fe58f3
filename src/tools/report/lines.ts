/** What a piece of text means; faces decide how that looks. */
export type Style = 'plain' | 'strong' | 'bad' | 'warn' | 'good' | 'dim' | 'command' | 'quote';

/** Text of one line, without line breaks. */
export interface Span {
  readonly text: string;
  readonly style: Style;
  /** Stays on one row when the report is wrapped. */
  readonly whole?: true;
}

/** A report, line by line, before anyone decided on width, colour or markup. */
export type Line =
  | { readonly kind: 'blank' }
  | { readonly kind: 'heading' | 'paragraph'; readonly spans: readonly Span[] }
  /** The root of a tree, with the sign in front of it. */
  | { readonly kind: 'cause'; readonly mark: Span; readonly spans: readonly Span[] }
  /** A branch of the tree above it; the first item stands beside the label, the others below. */
  | {
      readonly kind: 'branch';
      readonly label: string;
      readonly last: boolean;
      readonly items: readonly (readonly Span[])[];
      /** One of the items is enough. */
      readonly alternatives?: boolean;
    }
  | { readonly kind: 'item'; readonly mark: Span; readonly spans: readonly Span[] };

/** One row: what stands in front of it, what stands in front of its continuations, and its text. */
export interface Row {
  readonly lead: readonly Span[];
  readonly hang: string;
  readonly spans: readonly Span[];
}

/** A span whose text stays on one line, whatever is in it: quotes from a cluster must not be able to forge lines. */
export const span = (text: string, style: Style = 'plain'): Span => ({
  text: text
    .trim()
    .replaceAll(/[^\S\n]*[\n\u2028\u2029]\s*/g, ' ⏎ ')
    .replaceAll('\t', ' '),
  style,
});

/** A span of ours that keeps its outer spaces. */
export const glue = (text: string, style: Style = 'plain'): Span => ({ text, style });

/** The rows of a line; a blank line is one row without anything. */
export function rowsOf(line: Line): readonly Row[] {
  if (line.kind === 'blank') return [{ lead: [], hang: '', spans: [] }];
  if (line.kind === 'branch') return branchRows(line);
  const { lead, hang } = leads[line.kind];
  return [{ lead: 'mark' in line ? [glue(lead), line.mark, glue(' ')] : [], hang, spans: line.spans }];
}

const leads = {
  heading: { lead: '', hang: '' },
  paragraph: { lead: '', hang: '' },
  cause: { lead: '', hang: '  ' },
  item: { lead: '  ', hang: '    ' },
} as const;

const labelWidth = 10;

function branchRows({ label, last, items, alternatives = false }: Extract<Line, { kind: 'branch' }>): readonly Row[] {
  const trunk = `${last ? '   ' : '  │'}  ${' '.repeat(labelWidth)}`;
  const first = [glue(last ? '  └─ ' : '  ├─ ', 'dim'), glue(label.padEnd(labelWidth), 'dim')];
  return items.map((spans, index) => {
    const lead = index === 0 ? first : [glue(trunk, 'dim')];
    const bullet = alternatives ? (index === 0 ? '' : 'or  ') : items.length > 1 ? '· ' : '';
    return {
      lead: bullet === '' ? lead : [...lead, glue(bullet, 'dim')],
      hang: trunk + ' '.repeat(bullet.length),
      spans,
    };
  });
}

/** The report as plain text, one row a line, without trailing spaces. */
export const plainLines = (lines: readonly Line[]): string =>
  lines
    .flatMap(rowsOf)
    .map(({ lead, spans }) =>
      [...lead, ...spans]
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
