import type { Pipeline } from '../call.ts';
import type { Authenticator } from '../platform/auth/principal.ts';
import type { Settings } from '../platform/config.ts';
import type { PeopleOptions } from '../transports/console/people.ts';

export interface SigningInParts {
  readonly authenticator: Authenticator;
  readonly signingKeys: () => Promise<readonly Uint8Array[]>;
  /** Carries out plans that a person approves; absent where nothing can be changed. */
  readonly approving?: (() => Promise<Pipeline>) | undefined;
}

/**
 * How people sign in at the console; nothing where the settings name no client for that. What their browsers keep is
 * sealed with the key that replicas share, which has to be there from the start. @throws AppError where there is none.
 */
export async function peopleOf(settings: Settings, parts: SigningInParts): Promise<PeopleOptions | undefined> {
  const { consoleClientId: clientId, consoleClientSecret: clientSecret, consoleScopes, publicUrl } = settings;
  const [issuer] = settings.oidcIssuers;
  if (clientId === undefined || issuer === undefined) return undefined;
  const keys = await parts.signingKeys();
  const [{ createSeal }, { createSignIn }, { createConsoleSession }, { publicBase }] = await Promise.all([
    import('../platform/auth/seal.ts'),
    import('../platform/auth/sign-in.ts'),
    import('../transports/console/session.ts'),
    import('../transports/public-base.ts'),
  ]);
  const approving = await parts.approving?.();
  const seal = (purpose: string) => createSeal({ keys, purpose });
  const base = publicBase(publicUrl);
  return {
    signIn: createSignIn({ issuer, clientId, clientSecret, heals: approving !== undefined, scopes: consoleScopes }),
    authenticator: parts.authenticator,
    session: createConsoleSession(seal('console session'), base),
    seal,
    base,
    approving,
  };
}
