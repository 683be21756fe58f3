import { styleText } from 'node:util';
import { type Line, type Row, rowsOf, type Span, type Style } from '../../tools/report/lines.ts';

const formats: Readonly<Record<Style, Parameters<typeof styleText>[0] | undefined>> = {
  plain: undefined,
  strong: 'bold',
  bad: ['bold', 'red'],
  warn: 'yellow',
  good: 'green',
  dim: 'dim',
  command: 'cyan',
  quote: undefined,
};

interface PaintOptions {
  readonly color: boolean;
  /** Columns to wrap at; without it rows stay as long as they are, so that a pipe can be searched. */
  readonly width?: number | undefined;
}

/** Beyond this, lines are too long for the eye. */
const widest = 140;

/** The report as it stands in a terminal. */
export function paint(lines: readonly Line[], { color, width }: PaintOptions): string {
  const rows = lines.flatMap(rowsOf).flatMap((row) => (width === undefined ? [flat(row)] : wrap(row, width)));
  return rows.map((spans) => paintRow(spans, color)).join('\n');
}

const flat = ({ lead, spans }: Row): readonly Span[] => [...lead, ...spans];

function paintRow(spans: readonly Span[], color: boolean): string {
  const painted = spans.map(({ text, style }) => {
    const format = formats[style];
    return color && format !== undefined ? styleText(format, text, { validateStream: false }) : text;
  });
  return painted.join('').trimEnd();
}

/** A row broken between words; every row but the first begins with the hanging indent. */
function wrap({ lead, hang, spans }: Row, columns: number): readonly (readonly Span[])[] {
  const width = Math.min(columns, widest);
  const first = [...lead];
  const rows: Span[][] = [first];
  let current = first;
  let used = lengthOf(lead);
  let empty = true;
  for (const word of spans.flatMap(wordsOf)) {
    const room = width - hang.length;
    for (const piece of word.text.trim().length > room && !isWhole(word) ? chunks(word, room) : [word]) {
      if (!empty && used + piece.text.trimEnd().length > width) {
        current = [{ text: hang, style: 'dim' }];
        rows.push(current);
        used = hang.length;
        empty = true;
      }
      const text = empty ? piece.text.trimStart() : piece.text;
      if (text === '') continue;
      current.push({ ...piece, text });
      used += text.length;
      empty = false;
    }
  }
  return rows;
}

/** A command is for copying: where it is longer than a row, the terminal breaks it, and the copy is whole. */
const isWhole = ({ whole, style }: Span): boolean => whole === true || style === 'command';

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { text }) => sum + text.length, 0);

/** The words of a span, each with the space before it. */
const wordsOf = (span: Span): readonly Span[] =>
  isWhole(span) ? [span] : (span.text.match(/\s*\S+|\s+$/g) ?? []).map((text) => ({ ...span, text }));

/** A word that fits no row, such as a digest or a URL. */
const chunks = (word: Span, room: number): readonly Span[] =>
  (word.text.match(new RegExp(`.{1,${Math.max(room, 8)}}`, 'gu')) ?? []).map((text) => ({ ...word, text }));
