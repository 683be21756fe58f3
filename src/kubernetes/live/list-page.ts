import { checkVerb } from '../kind-names.ts';
import type { ListQuery, ResourceType, TablePage } from '../ports.ts';
import { continueOf, cursorOf } from './cursor.ts';
import { tablePage } from './lists.ts';
import { checkNamespace } from './missing.ts';
import type { Rest, RestCall } from './rest.ts';

const maximumLimit = 1000;
/** In a cursor instead of the server's token, where the server knows no pages (metrics.k8s.io): rows seen so far. */
const skipMark = 'skip:';

/** A page of any kind as the server prints it, its wide columns left out. */
export async function listPage(rest: Rest, type: ResourceType, query: ListQuery, call: RestCall): Promise<TablePage> {
  checkVerb(type, 'list');
  const { labelSelector, fieldSelector } = query;
  const namespace = type.namespaced ? query.namespace : undefined;
  const limit = Math.max(1, Math.min(maximumLimit, Math.floor(query.limit)));
  const mark = query.cursor === undefined ? undefined : continueOf(query.cursor, query);
  const skip = mark?.startsWith(skipMark) ? Number(mark.slice(skipMark.length)) || 0 : 0;
  const next = skip > 0 ? undefined : mark;
  const table = await tablePage(
    rest,
    { type, namespace, labelSelector, fieldSelector },
    { limit: skip + limit, next },
    call,
  );
  if (table.rows.length === 0 && namespace !== undefined) await checkNamespace(rest, namespace, call);

  const end = skip + limit;
  const further = table.rows.length > end ? `${skipMark}${end}` : table.next;
  const remaining = table.rows.length > end ? table.rows.length - end : table.remaining;
  const shown = table.columns.flatMap(({ wide }, index) => (wide ? [] : [index]));
  return {
    type,
    columns: shown.map((index) => table.columns[index]?.name ?? ''),
    rows: table.rows.slice(skip, end).map((row) => ({
      ...((row.namespace ?? namespace) !== undefined && { namespace: row.namespace ?? namespace }),
      cells: shown.map((index) => row.cells[index] ?? ''),
    })),
    ...(further !== undefined && { cursor: cursorOf(further, query) }),
    ...(remaining !== undefined && { remaining }),
  };
}
