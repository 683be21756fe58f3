import { AuthError, type Authenticator, type AuthFailure, type Principal } from '../platform/auth/principal.ts';
import { type Scope, scopes } from '../platform/auth/scopes.ts';
import { AppError } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import { publicBase } from './public-base.ts';

export interface AuthenticationOptions {
  readonly authenticator: Authenticator;
  /** Under which clients reach the service, without a path; absent: as their `Host` says. */
  readonly publicUrl?: string | undefined;
  /** The token of a person who signed in at the console, when their request comes from its page. */
  readonly session?: ((request: Request) => Promise<string | undefined>) | undefined;
  readonly metrics: Pick<Metrics, 'authFailure'>;
}

/** Why a request is not served, as its face puts it. */
export interface Refusal {
  readonly status: 401 | 403 | 503;
  readonly error: AppError;
  readonly headers: Readonly<Record<string, string>>;
}

/** Knows who sends a request, and tells clients how to become somebody (RFC 6750, RFC 9728). */
export interface Authentication {
  whoSends(request: Request): Promise<Principal | Refusal>;
  /** A token that is good, but not for this: what a client has to ask for is all that it needs. */
  lacksScope(request: Request, needed: Scope): Refusal;
  /** RFC 9728: where a token for this service is to be had. */
  metadata(request: Request): object;
}

export const isRefusal = (answer: Principal | Refusal): answer is Refusal => 'status' in answer;

const metadataPath = '/.well-known/oauth-protected-resource/mcp';

export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { authenticator, publicUrl, session, metrics } = options;
  const base = publicBase(publicUrl);

  function challenge(request: Request, fields: Readonly<Record<string, string>>): Refusal['headers'] {
    const all = { realm: 'kubemend', ...fields, resource_metadata: `${base(request)}${metadataPath}` };
    const words = Object.entries(all).map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, '')}"`);
    return { 'WWW-Authenticate': `Bearer ${words.join(', ')}` };
  }

  function refused(request: Request, reason: AuthFailure, message: string): Refusal {
    metrics.authFailure(reason);
    if (reason === 'unavailable') {
      const details = { retry_after_seconds: 5 };
      return {
        status: 503,
        error: new AppError('unavailable', message, { hint: 'Try again soon.', details }),
        headers: {},
      };
    }
    const invalid = reason === 'missing' ? {} : { error: 'invalid_token', error_description: message };
    const error = new AppError('permission_denied', message, {
      hint: 'Send Authorization: Bearer with an access token for this service.',
      details: { reason },
    });
    return { status: 401, error, headers: challenge(request, { scope: scopes[0], ...invalid }) };
  }

  return {
    async whoSends(request) {
      const header = request.headers.get('authorization');
      const token = header === null ? await session?.(request) : bearerOf(header);
      if (token === undefined)
        return refused(request, 'missing', 'Nobody is logged in: the request has no bearer token.');
      try {
        return await authenticator.authenticate(token, request.signal);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        return refused(request, error.reason, error.message);
      }
    },
    lacksScope(request, needed) {
      // All that it includes, too: a client asks for what it is told, and would lose what it had.
      const scope = scopes.slice(0, scopes.indexOf(needed) + 1).join(' ');
      const error = new AppError('permission_denied', `The token lacks the scope ${needed}.`, {
        hint: `Get one with ${scope}.`,
        details: { required_scope: scope },
      });
      return { status: 403, error, headers: challenge(request, { error: 'insufficient_scope', scope }) };
    },
    metadata: (request) => ({
      resource: `${base(request)}/mcp`,
      resource_name: 'kubemend',
      authorization_servers: authenticator.issuers,
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
    }),
  };
}

const bearerOf = (header: string): string | undefined => /^Bearer +([\w.~+/-]+=*) *$/i.exec(header)?.[1];
