import { safeText } from '../../platform/safe-text.ts';

export type Cell = string | number | boolean;

/** A `Table` (meta.k8s.io/v1) as the server prints it. */
export interface Table {
  readonly columns: readonly { readonly name: string; readonly wide: boolean }[];
  readonly rows: readonly { readonly namespace: string | undefined; readonly cells: readonly Cell[] }[];
  readonly next: string | undefined;
  readonly remaining: number | undefined;
}

/** Reads a Table; anything missing or of another shape is left out. */
export function parseTable(value: unknown): Table {
  const { columnDefinitions, rows, metadata } = value as RawTable;
  return {
    columns: (columnDefinitions ?? []).map(({ name, priority }) => ({ name: String(name), wide: (priority ?? 0) > 0 })),
    rows: (rows ?? []).map(({ cells, object }) => ({
      namespace: object?.metadata?.namespace,
      cells: (cells ?? []).map(cellOf),
    })),
    next: metadata?.continue || undefined,
    remaining: metadata?.remainingItemCount,
  };
}

interface RawTable {
  readonly columnDefinitions?: readonly { readonly name?: string; readonly priority?: number }[] | null;
  readonly rows?:
    | readonly {
        readonly cells?: readonly unknown[];
        readonly object?: { readonly metadata?: { readonly namespace?: string } };
      }[]
    | null;
  readonly metadata?: { readonly continue?: string; readonly remainingItemCount?: number };
}

function cellOf(cell: unknown): Cell {
  if (typeof cell === 'number' || typeof cell === 'boolean') return cell;
  if (cell === null || cell === undefined) return '';
  return safeText(typeof cell === 'string' ? cell : JSON.stringify(cell));
}
