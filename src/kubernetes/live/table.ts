import type * as z from 'zod';
import { safeText } from '../../platform/safe-text.ts';
import type { tableShape } from './shapes.ts';

export type Cell = string | number | boolean;

/** A `Table` (meta.k8s.io/v1) as the server prints it. */
export interface Table {
  readonly columns: readonly { readonly name: string; readonly wide: boolean }[];
  readonly rows: readonly { readonly namespace: string | undefined; readonly cells: readonly Cell[] }[];
  readonly next: string | undefined;
  readonly remaining: number | undefined;
}

/** Reads a Table; what is missing in it is left out. */
export const parseTable = ({ columnDefinitions, rows, metadata }: z.infer<typeof tableShape>): Table => ({
  columns: (columnDefinitions ?? []).map(({ name, priority }) => ({ name, wide: (priority ?? 0) > 0 })),
  rows: (rows ?? []).map(({ cells, object }) => ({
    namespace: object?.metadata?.namespace,
    cells: (cells ?? []).map(cellOf),
  })),
  next: metadata?.continue || undefined,
  remaining: metadata?.remainingItemCount,
});

function cellOf(cell: unknown): Cell {
  if (typeof cell === 'number' || typeof cell === 'boolean') return cell;
  if (cell === null || cell === undefined) return '';
  return safeText(typeof cell === 'string' ? cell : JSON.stringify(cell));
}
