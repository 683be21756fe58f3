import type { PodRow } from '../../engines/snapshot-data.ts';
import type { Table } from './table.ts';

/**
 * Rows of the pod printer (kubernetes/pkg/printers/internalversion/printers.go), found by column name. Restarts come
 * as a number, or as `5 (3m ago)`.
 */
export function podRowsOf(table: Table, namespace: string | undefined): readonly PodRow[] {
  const at = (name: string) => table.columns.findIndex((column) => column.name.toLowerCase() === name);
  const [name, ready, status, restarts, age, node] = ['name', 'ready', 'status', 'restarts', 'age', 'node'].map(at);
  return table.rows.map((row) => {
    const cell = (index: number | undefined): string => String(row.cells[index ?? -1] ?? '');
    const [up, all] = cell(ready).split('/');
    const host = cell(node);
    return {
      namespace: row.namespace ?? namespace ?? '',
      name: cell(name),
      ready: count(up),
      containers: count(all),
      status: cell(status),
      restarts: count(cell(restarts)),
      age: cell(age),
      ...(host !== '' && host !== '<none>' && { node: host }),
    };
  });
}

const count = (text: string | undefined): number => Number.parseInt(text ?? '', 10) || 0;
