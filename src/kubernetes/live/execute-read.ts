import type { Read, ReadOutcome, SnapshotData } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import { asObject, slimmed } from '../slim.ts';
import { apiVersionOf } from './builtin-types.ts';
import type { Discovery } from './discovery.ts';
import { listObjects, listTable, objectsPage } from './lists.ts';
import { readLog } from './logs.ts';
import { pathOf } from './paths.ts';
import { podRowsOf } from './pod-rows.ts';
import type { Rest, RestCall } from './rest.ts';
import { anyShape } from './shapes.ts';

/** What one read brought. */
export interface ReadPart extends Partial<Pick<SnapshotData, 'objects' | 'heads' | 'podRows' | 'logs'>> {
  readonly outcome: ReadOutcome;
  readonly message?: string | undefined;
}

export interface Sources {
  readonly rest: Rest;
  readonly discovery: Discovery;
}

/** Executes one read. What is known not to exist is `absent`; everything else that fails throws `AppError`. */
export async function executeRead(sources: Sources, read: Read, call: RestCall): Promise<ReadPart> {
  try {
    return await (read.verb === 'log' ? logPart(sources, read, call) : objectPart(sources, read, call));
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return { outcome: 'absent', message: error.message };
    throw error;
  }
}

async function logPart({ rest }: Sources, read: Read & { verb: 'log' }, call: RestCall): Promise<ReadPart> {
  return { outcome: 'ok', logs: [await readLog(rest, read, call)] };
}

async function objectPart(
  { rest, discovery }: Sources,
  read: Exclude<Read, { verb: 'log' }>,
  call: RestCall,
): Promise<ReadPart> {
  const type = await discovery.find(read.kind, read.apiVersion, call);
  if (type === undefined) return { outcome: 'absent', message: `This cluster does not serve ${read.kind}.` };
  const { namespace } = read;
  if (read.verb === 'get') {
    const { name } = read;
    const value = await rest.json(
      { asking: { verb: 'get', type, namespace, name }, path: pathOf(type, { namespace, name }), shape: anyShape },
      call,
    );
    const object = asObject(value, { apiVersion: apiVersionOf(type), kind: type.kind });
    return { outcome: 'ok', objects: object === undefined ? [] : [slimmed(object)] };
  }
  const question = { type, namespace, labelSelector: read.labelSelector, fieldSelector: read.fieldSelector };
  if (read.as === 'table') {
    if (type.kind !== 'Pod') return { outcome: 'failed', message: 'Only pods are read as a table.' };
    const table = await listTable(rest, question, call);
    const rows = table.items;
    const podRows = podRowsOf({ columns: table.columns, rows, next: undefined, remaining: undefined }, namespace);
    return { ...outcomeOf(table), podRows };
  }
  const into = read.as === 'full' ? 'objects' : 'heads';
  if (read.atMost !== undefined) {
    const { items, next } = await objectsPage(rest, { ...question, as: read.as }, { limit: read.atMost }, call);
    return next === undefined ? { outcome: 'ok', [into]: items } : { outcome: 'exceeded' };
  }
  const listed = await listObjects(rest, question, read.as, call);
  return { ...outcomeOf(listed), [into]: listed.items };
}

const outcomeOf = ({ items, truncated }: { items: readonly unknown[]; truncated: boolean }): ReadPart =>
  truncated ? { outcome: 'truncated', message: `Only the first ${items.length} were read.` } : { outcome: 'ok' };
