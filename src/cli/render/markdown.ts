import type { Line, Span } from '../../tools/report/lines.ts';

/** The report as Markdown, to paste into a ticket. Text from the cluster stays text: no markup, no links, no mentions. */
export const markdown = (lines: readonly Line[]): string =>
  lines
    .map(blockOf)
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');

function blockOf(line: Line): string {
  switch (line.kind) {
    case 'blank':
      return '';
    case 'heading':
      return `## ${inline(line.spans)}`;
    case 'cause':
      return `### ${line.mark.text} ${inline(line.spans)}\n`;
    case 'paragraph':
      return `${inline(line.spans)}\n`;
    case 'item':
      return `- ${inline(line.spans)}`;
    default:
      return line.items.map((spans) => `- **${line.label}** ${inline(spans)}`).join('\n');
  }
}

const inline = (spans: readonly Span[]): string =>
  spans
    .map(({ text, style }) => (style === 'quote' || style === 'command' ? code(text) : escaped(text)))
    .join('')
    .replaceAll(/ {2,}/g, ' ')
    .trim();

/** Inside a fence that is longer than any run of backticks in it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return text === '' ? '' : `${fence}${pad}${text}${pad}${fence}`;
}

/** Markup characters escaped, and an entity in place of `@`, which would notify people. */
const escaped = (text: string): string =>
  text.replaceAll(/[\\`*_[\]<>#|~]/g, String.raw`\$&`).replaceAll(/@(?=\w)/g, '&#64;');
