type Cell = string | number | boolean;

/** Columns side by side with two spaces between, as kubectl prints them; numbers to the right. */
export function textTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map((cell) => String(cell).replaceAll(/\s+/g, ' ').trim()));
  const header = columns.map((column) => column.toUpperCase());
  const widths = columns.map((_, index) => Math.max(...[header, ...texts].map((row) => (row[index] ?? '').length)));
  const numeric = columns.map((_, index) => rows.length > 0 && rows.every((row) => typeof row[index] === 'number'));
  return [header, ...texts]
    .map((row) =>
      row
        .map((text, index) => (numeric[index] ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
