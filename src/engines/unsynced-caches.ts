import { type BoundRole, rolesAnywhere, type StrayBinding, strayBindings } from './bound-roles.ts';
import { type Crash, crashes } from './crashes/crashes.ts';
import type { ObjectRef } from './objects.ts';
import { serviceAccountOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** What controllers say that could not list what they watch; why, some keep to themselves. */
const unsynced = /\bcaches? (?:to )?(?:be )?sync|\bsync(?:ed|ing)? (?:the )?(?:\S+ )?caches?\b/i;

/** Whether a crash is that what a controller watches was never listed, in words that tell no reason. */
export const isUnsynced = ({ telling, dependency }: Pick<Crash, 'telling' | 'dependency'>): boolean =>
  dependency === undefined && unsynced.test(telling?.words ?? '');

/** The accounts of programs that die of it. */
export const unsyncedAccounts = (snapshot: Snapshot): readonly ObjectRef[] =>
  crashes(snapshot)
    .filter(isUnsynced)
    .map(({ pod }) => serviceAccountOf(pod));

/** The roles of an account besides those that every account has; `undefined` when bindings were not read. */
export function rolesOfAccount(
  snapshot: Snapshot,
  account: ObjectRef,
): { readonly own: readonly BoundRole[]; readonly strays: readonly StrayBinding[] } | undefined {
  const { namespace } = account;
  const isKnown =
    snapshot.presence('ClusterRoleBinding', undefined, '') !== 'unknown' &&
    snapshot.presence('RoleBinding', namespace, '') !== 'unknown';
  if (!isKnown) return undefined;
  const asked = { account, verb: 'list', resource: '', group: '', namespace };
  return {
    own: rolesAnywhere(snapshot, asked).filter(({ role }) => !role.name.startsWith('system:')),
    strays: strayBindings(snapshot, asked),
  };
}
