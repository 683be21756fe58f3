import type { ActionRecord, ActionState } from '../../engines/healing/record.ts';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/logging.ts';
import type { ActionHolder, ActionStore, StoredAction } from '../ports.ts';
import { type ActionLease, identityOf, leaseNameOf, leaseOf, leaseSelector, readLease } from './action-lease.ts';
import { builtinType } from './builtin-types.ts';
import { pathOf, queryOf } from './paths.ts';
import { recordOwner } from './record-owner.ts';
import type { Rest, RestCall } from './rest.ts';
import { anyShape, listShape } from './shapes.ts';

export interface ActionStoreOptions {
  readonly rest: Rest;
  /** The first signs, each verifies. */
  readonly keys: readonly Buffer[];
  /** Keeps all actions; without it they are kept beside their targets, those on nodes in `default`. */
  readonly stateNamespace?: string | undefined;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => number;
}

type Query = Readonly<Record<string, string>>;
interface Listed {
  readonly leases: readonly ActionLease[];
  readonly unreadable: number;
}

const type = builtinType('Lease');
/** A record may have 200 KiB, an answer 64 MiB. */
const pageSize = 100;
const keptMs = 7 * 24 * 3_600_000;
const removedAtOnce = 20;
const ended: ReadonlySet<ActionState> = new Set(['declined', 'expired', 'healthy', 'failed', 'reverted', 'undone']);

/** Actions as signed Leases of the cluster itself. What others write there is never taken for an action. */
export function createActionStore({ rest, keys, stateNamespace, log, now }: ActionStoreOptions): ActionStore {
  const key = firstOf(keys);
  const ownerOf = stateNamespace === undefined ? async () => undefined : recordOwner(rest, stateNamespace);
  let mayRemove = true;

  const namespaceOf = ({ target }: ActionRecord): string => stateNamespace ?? target.object.namespace ?? 'default';

  async function keep(record: ActionRecord, kept: { version?: string; holder?: ActionHolder }, signal: AbortSignal) {
    const [namespace, name] = [namespaceOf(record), leaseNameOf(record.id)];
    if (name === undefined) throw new AppError('internal_error', 'The id of an action is not one.');
    const body = leaseOf({ record, namespace, name, key, owner: await ownerOf({ signal }), ...kept });
    const replaces = kept.version !== undefined;
    const verb = replaces ? 'update' : 'create';
    const asking = { verb, type, namespace, name } as const;
    const path = pathOf(type, { namespace, ...(replaces && { name }) });
    try {
      return stored(await rest.write({ asking, path, method: replaces ? 'PUT' : 'POST', body }, { signal }));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (replaces && error.code === 'conflict') throw takenBefore(error);
      throw !replaces && error.code === 'not_found' ? homeless(namespace, error) : error;
    }
  }

  function stored(answer: unknown): StoredAction {
    const lease = readLease(answer, keys);
    if (lease !== undefined) return actionOf(lease);
    throw new AppError('unavailable', 'The API server does not keep actions as they are written.', {
      hint: 'Something changes Leases on their way: look for webhooks on them.',
    });
  }

  /** In one namespace, or in all. */
  async function listed(namespace: string | undefined, query: Query, call: RestCall): Promise<Listed> {
    const leases: ActionLease[] = [];
    let unreadable = 0;
    let next: string | undefined;
    do {
      const asked = queryOf({ labelSelector: leaseSelector, limit: pageSize, continue: next, ...query });
      const path = `${pathOf(type, { namespace })}${asked}`;
      const page = await rest.json({ asking: { verb: 'list', type, namespace }, path, shape: listShape }, call);
      const read = (page.items ?? []).map((item) => readLease(item, keys));
      const known = read.filter((lease) => lease !== undefined);
      leases.push(...known);
      unreadable += read.length - known.length;
      next = page.metadata?.continue;
    } while (next !== undefined && next !== '');
    return { leases, unreadable };
  }

  async function found(id: string, namespace: string | undefined, call: RestCall): Promise<ActionLease | undefined> {
    const name = leaseNameOf(id);
    if (name === undefined) return undefined;
    if (namespace === undefined) {
      const { leases } = await listed(undefined, { fieldSelector: `metadata.name=${name}` }, call);
      return leases[0];
    }
    try {
      const asking = { verb: 'get', type, namespace, name } as const;
      return readLease(
        await rest.json({ asking, path: pathOf(type, { namespace, name }), shape: anyShape }, call),
        keys,
      );
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  /** Old actions that came to an end. Bound to what was read, so that none is removed that somebody goes on with. */
  async function remove(leases: readonly ActionLease[], call: RestCall): Promise<void> {
    const old = leases.filter(({ record }) => now() - endOf(record) > keptMs).slice(0, removedAtOnce);
    if (!mayRemove || old.length === 0) return;
    const removals = old.map(({ namespace, name, version }) =>
      rest.write(
        {
          asking: { verb: 'delete', type, namespace, name },
          path: pathOf(type, { namespace, name }),
          method: 'DELETE',
          body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: identityOf(version) },
        },
        call,
      ),
    );
    const failed = (await Promise.allSettled(removals)).filter((removal) => removal.status === 'rejected');
    for (const { reason } of failed) {
      if (reason instanceof AppError && reason.code === 'permission_denied') mayRemove = false;
    }
    if (failed.length > 0) log.warn({ err: failed[0]?.reason, count: failed.length }, 'could not remove old actions');
  }

  return {
    create: (record, signal) => keep(record, {}, signal),
    async get(id, { namespace }, signal) {
      const lease = await found(id, stateNamespace ?? namespace, { signal });
      if (lease !== undefined) return actionOf(lease);
      throw new AppError('not_found', 'There is no such action.', { hint: 'list_actions shows those that there are.' });
    },
    replace(before, record, signal, holder) {
      const since = holder && { ...holder, renewedAt: new Date(now()).toISOString() };
      return keep(record, { version: before.version, ...(since !== undefined && { holder: since }) }, signal);
    },
    async list({ namespace }, signal) {
      const { leases, unreadable } = await listed(stateNamespace ?? namespace, {}, { signal });
      await remove(leases, { signal });
      const wanted = leases.filter(
        ({ record: { target } }) => namespace === undefined || (target.object.namespace ?? 'default') === namespace,
      );
      const newestFirst = wanted.toSorted((a, b) => Date.parse(b.record.createdAt) - Date.parse(a.record.createdAt));
      return { actions: newestFirst.map(actionOf), unreadable };
    },
  };
}

function firstOf([key]: readonly Buffer[]): Buffer {
  if (key === undefined) throw new AppError('internal_error', 'There is no key to sign actions with.');
  return key;
}

const takenBefore = (cause: AppError): AppError =>
  new AppError('conflict', 'Another process has changed this action meanwhile. Nothing was stored.', {
    hint: 'list_actions shows how it stands.',
    details: cause.details,
    cause,
  });

const homeless = (namespace: string, cause: AppError): AppError =>
  new AppError('not_found', `The namespace ${namespace}, where actions are kept, does not exist.`, {
    hint: 'Create it, or name another one: KUBEMEND_STATE_NAMESPACE.',
    details: { namespace },
    cause,
  });

const actionOf = ({ record, version, holder }: ActionLease): StoredAction => ({
  record,
  version,
  ...(holder !== undefined && { holder }),
});

/** When nothing more could happen to it, in ms; infinite as long as something may. A plan ends by itself. */
function endOf({ state, steps, createdAt, expiresAt }: ActionRecord): number {
  if (state === 'planned') return Date.parse(expiresAt);
  if (!ended.has(state)) return Number.POSITIVE_INFINITY;
  return Date.parse(steps.at(-1)?.at ?? createdAt);
}
