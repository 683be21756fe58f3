import type { Crash } from '../crashes/crashes.ts';
import { nameOf, refOf } from '../objects.ts';
import { serviceAccountOf } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { isUnsynced, rolesOfAccount } from '../unsynced-caches.ts';
import type { CrashGap } from './crash-gap.ts';

/** The roles that a controller lacks which could list nothing of what it watches. */
export function unsyncedGap(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  const account = serviceAccountOf(crash.pod);
  const roles = isUnsynced(crash) ? rolesOfAccount(snapshot, account) : undefined;
  if (roles === undefined || roles.own.length > 0) return undefined;
  const [stray] = roles.strays;
  const { namespace, name } = account;
  const who = `${nameOf(account)} of namespace ${namespace}`;
  const says =
    stray === undefined
      ? `no role is bound to ${who}, so the API server lists it nothing`
      : `${nameOf(stray.binding)} gives ${nameOf(stray.role)} to ${stray.subject}, not to ${who}`;
  return {
    says,
    evidence: [{ object: stray?.binding ?? refOf(crash.pod), source: 'recomputed', text: says }],
    fixes: [
      stray === undefined
        ? { advice: `bind the role that the program needs to ${who}`, reason: 'it may list nothing that it watches' }
        : {
            advice: `set subjects of ${nameOf(stray.binding)} to kind ServiceAccount, name ${name}, namespace ${namespace}`,
            reason: `it names ${stray.subject}`,
          },
    ],
  };
}
