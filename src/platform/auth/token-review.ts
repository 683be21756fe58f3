import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { AppError } from '../errors.ts';
import { AuthError, type Authenticator, type Principal } from './principal.ts';
import { grantedScopes } from './scopes.ts';

export interface TokenReviewOptions {
  /** Who the API server takes the bearer for; `undefined` for a token that it does not take, or that is for others. */
  readonly review: (
    token: string,
    signal: AbortSignal,
  ) => Promise<
    { readonly user: string; readonly groups: readonly string[]; readonly uid?: string | undefined } | undefined
  >;
}

/** How long an answer stands, in ms: a token that is taken back is taken for so long still. */
const standsMs = 60_000;
const remembered = 1_000;

/**
 * Takes tokens that the API server takes (TokenReview), for our audience: those of ServiceAccounts. They have no scopes;
 * what they may do RBAC says alone.
 */
export function createTokenReview({ review }: TokenReviewOptions): Authenticator {
  const known = new LRUCache<string, Principal>({ max: remembered, ttl: standsMs });

  return {
    issuers: [],
    async authenticate(token, signal) {
      // The token itself is kept nowhere.
      const key = createHash('sha256').update(token).digest('hex');
      const kept = known.get(key);
      if (kept !== undefined) return kept;
      const answer = await review(token, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (!(error instanceof AppError)) throw error;
        throw new AuthError('unavailable', 'The API server cannot be asked whose token this is.', error);
      });
      if (answer === undefined) throw new AuthError('rejected', 'The API server does not take this token for us.');
      const { user, groups, uid } = answer;
      const principal: Principal = {
        id: `kubernetes#${uid ?? user}`,
        user,
        groups,
        scopes: grantedScopes(['k8s:admin']),
      };
      known.set(key, principal);
      return principal;
    },
    // Whether the API server answers is asked of it anyway.
    ready: async () => true,
  };
}
