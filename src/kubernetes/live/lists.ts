import type { KubernetesObject } from '../../engines/objects.ts';
import type { Representation } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import type { ResourceType } from '../ports.ts';
import { asObject, slimmed } from '../slim.ts';
import { apiVersionOf } from './builtin-types.ts';
import { accepts, pathOf, queryOf } from './paths.ts';
import type { Rest, RestCall } from './rest.ts';
import { parseTable, type Table } from './table.ts';

export interface ListQuestion {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface Page {
  readonly limit: number;
  readonly next?: string | undefined;
}

/** Objects of a whole list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Cut at a cap: there are more. */
  readonly truncated: boolean;
}

/** Items of one page, by how much each weighs. */
const pageSizes: Record<Representation, number> = { full: 500, metadata: 2000, table: 5000 };
/** Items of one list; beyond that a list says more about the cluster than about what is broken. */
const maximumItems = 100_000;
/** Pages are cut to a tenth when one is larger than an answer may be: a list of ConfigMaps of 1 MiB each. */
const smallestPage = 5;

/** One page as `Table`. Rows carry their metadata only when that is needed to tell their namespace. */
export async function tablePage(rest: Rest, question: ListQuestion, page: Page, call: RestCall): Promise<Table> {
  const includeObject = question.type.namespaced && question.namespace === undefined ? 'Metadata' : 'None';
  return parseTable(await pageOf(rest, question, { ...page, as: 'table', includeObject }, call));
}

/** A whole list of objects, slimmed and without secrets as pages come in. */
export async function listObjects(
  rest: Rest,
  question: ListQuestion,
  as: 'full' | 'metadata',
  call: RestCall,
): Promise<Listed<KubernetesObject>> {
  const defaults = { apiVersion: apiVersionOf(question.type), kind: question.type.kind };
  return allPages(pageSizes[as], async (page) => {
    const body = await pageOf(rest, question, { ...page, as }, call);
    const { items, metadata } = body as { items?: readonly unknown[] | null; metadata?: { continue?: string } };
    const objects = (items ?? []).flatMap((item) => {
      // Items of a metadata list say PartialObjectMetadata; the list's own kind is what they are.
      const object = asObject(as === 'metadata' ? { ...(item as object), ...defaults } : item, defaults);
      return object === undefined ? [] : [slimmed(object)];
    });
    return { items: objects, next: metadata?.continue || undefined };
  });
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
  const body = await pageOf(rest, question, { limit: pageSizes.metadata, as: 'metadata' }, call);
  const { items } = body as { items?: readonly { readonly metadata?: { readonly name?: string } }[] | null };
  return (items ?? []).flatMap(({ metadata }) => (metadata?.name === undefined ? [] : [metadata.name]));
}

interface Shape extends Page {
  readonly as: Representation;
  readonly includeObject?: string;
}

function pageOf(
  rest: Rest,
  { type, namespace, ...selectors }: ListQuestion,
  { as, limit, next, includeObject }: Shape,
  call: RestCall,
) {
  const query = queryOf({
    limit,
    continue: next,
    labelSelector: selectors.labelSelector,
    fieldSelector: selectors.fieldSelector,
    includeObject,
  });
  const path = `${pathOf(type, { namespace })}${query}`;
  return rest.json({ asking: { verb: 'list', type, namespace }, path, accept: accepts[as] }, call);
}

interface OnePage<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Pages until the end or a cap. A list that expired on the way (410) starts again, once; after that it counts as cut. */
async function allPages<T>(size: number, load: (page: Page) => Promise<OnePage<T>>): Promise<Listed<T>> {
  let items: T[] = [];
  let next: string | undefined;
  let limit = size;
  let restarted = false;
  do {
    try {
      const page = await load({ limit, next });
      for (const item of page.items) items.push(item);
      next = page.next;
      if (items.length >= maximumItems && next !== undefined) return { items, truncated: true };
    } catch (error) {
      if (isTooLarge(error) && limit > smallestPage) {
        limit = Math.max(smallestPage, Math.floor(limit / 10));
      } else if (isExpired(error) && !restarted) {
        restarted = true;
        [items, next] = [[], undefined];
      } else if (items.length > 0 && (isTooLarge(error) || isExpired(error))) {
        return { items, truncated: true };
      } else throw error;
      continue;
    }
    if (next === undefined) return { items, truncated: false };
  } while (true);
}

const isTooLarge = (error: unknown): boolean => error instanceof AppError && error.details.too_large === true;
const isExpired = (error: unknown): boolean => error instanceof AppError && error.details.status === 410;
