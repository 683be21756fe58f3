import type { KubernetesObject } from '../../engines/objects.ts';
import type { Representation } from '../../engines/snapshot-data.ts';
import type { ResourceType } from '../ports.ts';
import { asObject, slimmed } from '../slim.ts';
import { apiVersionOf } from './builtin-types.ts';
import { allPages, type Listed, type Page } from './paging.ts';
import { accepts, pathOf, queryOf } from './paths.ts';
import type { Rest, RestCall, RestRequest } from './rest.ts';
import { listShape, namesShape, tableShape } from './shapes.ts';
import { parseTable, type Table } from './table.ts';

export interface ListQuestion {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** Items of one page, by how much each weighs. */
const pageSizes: Record<Representation, number> = { full: 500, metadata: 2000, table: 5000 };

/** One page as `Table`. Rows carry their metadata only when that is needed to tell their namespace. */
export async function tablePage(rest: Rest, question: ListQuestion, page: Page, call: RestCall): Promise<Table> {
  const includeObject = question.type.namespaced && question.namespace === undefined ? 'Metadata' : 'None';
  const request = requestOf(question, 'table', { ...page, includeObject });
  return parseTable(await rest.json({ ...request, shape: tableShape }, call));
}

/** A whole list of objects, slimmed and without secrets as pages come in. */
export const listObjects = (
  rest: Rest,
  question: ListQuestion,
  as: 'full' | 'metadata',
  call: RestCall,
): Promise<Listed<KubernetesObject>> =>
  allPages(pageSizes[as], (page) => objectsPage(rest, { ...question, as }, page, call));

/** One page of {@link listObjects}; `next` tells that there are more. */
export async function objectsPage(
  rest: Rest,
  { as, ...question }: ListQuestion & { readonly as: 'full' | 'metadata' },
  page: Page,
  call: RestCall,
): Promise<{ readonly items: readonly KubernetesObject[]; readonly next: string | undefined }> {
  const identity = { apiVersion: apiVersionOf(question.type), kind: question.type.kind };
  const { items, metadata } = await rest.json({ ...requestOf(question, as, page), shape: listShape }, call);
  const objects = (items ?? []).flatMap((item) => {
    const object = asObject(item, identity);
    if (object === undefined) return [];
    // Items of a metadata list say PartialObjectMetadata.
    return [slimmed(as === 'metadata' ? { ...object, ...identity } : object)];
  });
  return { items: objects, next: metadata?.continue || undefined };
}

/** A whole list as one Table. */
export async function listTable(
  rest: Rest,
  question: ListQuestion,
  call: RestCall,
): Promise<Listed<Table['rows'][number]> & Pick<Table, 'columns'>> {
  let columns: Table['columns'] = [];
  const listed = await allPages(pageSizes.table, async (page) => {
    const table = await tablePage(rest, question, page, call);
    if (table.columns.length > 0) columns = table.columns;
    return { items: table.rows, next: table.next };
  });
  return { ...listed, columns };
}

/** Names of the first objects of a list: enough to find what somebody misspelled. */
export async function firstNames(rest: Rest, question: ListQuestion, call: RestCall): Promise<readonly string[]> {
  const request = requestOf(question, 'metadata', { limit: pageSizes.metadata });
  const { items } = await rest.json({ ...request, shape: namesShape }, call);
  return (items ?? []).map(({ metadata }) => metadata.name);
}

function requestOf(
  { type, namespace, labelSelector, fieldSelector }: ListQuestion,
  as: Representation,
  { limit, next, includeObject }: Page & { readonly includeObject?: string },
): RestRequest {
  const query = queryOf({ limit, continue: next, labelSelector, fieldSelector, includeObject });
  return {
    asking: { verb: 'list', type, namespace, narrowing: { labelSelector, fieldSelector, next } },
    path: `${pathOf(type, { namespace })}${query}`,
    accept: accepts[as],
  };
}
