import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server';
import { type Caller, localCaller } from '../caller.ts';

/** By which name the SDK carries the caller of a request to its handlers. */
const key = 'kubemend';

class Carried {
  readonly caller: Caller;

  constructor(caller: Caller) {
    this.caller = caller;
  }
}

/** What the SDK hands on to handlers; never the token, which nobody behind here needs. */
export const authInfoOf = (caller: Caller): AuthInfo => ({
  token: '',
  clientId: caller.principal?.client ?? '',
  scopes: [...(caller.principal?.scopes ?? [])],
  ...(caller.principal?.expiresAt !== undefined && { expiresAt: caller.principal.expiresAt }),
  extra: { [key]: new Carried(caller) },
});

/** Who sent the request that a handler works on; over stdio the one who started the process. */
export function callerOf({ http }: ServerContext): Caller {
  if (http === undefined) return localCaller;
  const carried = http.authInfo?.extra?.[key];
  if (carried instanceof Carried) return carried.caller;
  throw new Error('A request over HTTP came without its caller.');
}
