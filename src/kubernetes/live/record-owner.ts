import { AppError } from '../../platform/errors.ts';
import type { Rest, RestCall } from './rest.ts';
import { ownUser } from './reviews.ts';

/** A reference by which the garbage collector knows what belongs together. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * To whom records in the namespace of the service belong: its ServiceAccount, so that none is left when the service is
 * removed. Asked once; nobody's where it is another namespace, a person, or not to be known.
 */
export function recordOwner(rest: Rest, namespace: string): (call: RestCall) => Promise<Owner | undefined> {
  let known: Promise<Owner | undefined> | undefined;
  return (call) => {
    known ??= ownerIn(rest, namespace, call).catch((error: unknown) => {
      known = undefined;
      if (error instanceof AppError) return undefined;
      throw error;
    });
    return known;
  };
}

async function ownerIn(rest: Rest, namespace: string, call: RestCall): Promise<Owner | undefined> {
  const { username, uid = '' } = await ownUser(rest, call);
  const [, home, name = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  return home === namespace && uid !== '' ? { apiVersion: 'v1', kind: 'ServiceAccount', name, uid } : undefined;
}
