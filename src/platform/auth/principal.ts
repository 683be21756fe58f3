import type { Scope } from './scopes.ts';

/** Who calls, as a credential proves. */
export interface Principal {
  /** Unique among all who may call: what limits, plans, sessions and handles are bound to. */
  readonly id: string;
  /** The name by which the API server knows this user. */
  readonly user: string;
  readonly groups: readonly string[];
  /** With what they imply. */
  readonly scopes: ReadonlySet<Scope>;
  /** The OAuth client that the token was given to, when it says so. */
  readonly client?: string | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt?: number | undefined;
}

/** Why a credential was not taken: a closed set, for metrics. */
export const authFailures = [
  'missing',
  'malformed',
  'expired',
  'not_yet_valid',
  'issuer',
  'audience',
  'signature',
  'claims',
  'rejected',
  'unavailable',
] as const;
export type AuthFailure = (typeof authFailures)[number];

/** A credential that was not taken. Its words may be told to whoever sent it. */
export class AuthError extends Error {
  readonly reason: AuthFailure;

  constructor(reason: AuthFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AuthError';
    this.reason = reason;
  }
}

/** Tells who a bearer token is of. */
export interface Authenticator {
  /** @throws AuthError for a token that is not taken, and when that cannot be found out. */
  authenticate(token: string, signal: AbortSignal): Promise<Principal>;
  /** Whether tokens can be judged at all. */
  ready(): Promise<boolean>;
  /** Where clients get a token; empty when not by OAuth. */
  readonly issuers: readonly string[];
}

const system = 'system:';

/**
 * How a user of somewhere else may be known to Kubernetes. Names of Kubernetes' own are nobody's to bring: a user of that
 * name is refused, such groups are left out.
 * @throws AuthError `claims`.
 */
export function kubernetesIdentity(user: string, groups: readonly string[]) {
  if (user === '' || user.startsWith(system)) throw new AuthError('claims', 'The token names no user that may be one.');
  return { user, groups: [...groups.filter((group) => !group.startsWith(system)), 'system:authenticated'] };
}
