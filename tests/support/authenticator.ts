import { createOidc } from '../../src/platform/auth/oidc.ts';
import { audience, type OidcServer } from './oidc-server.ts';

/** Takes the tokens of a provider as the service does by default, for its audience. */
export const authenticatorOf = (
  { issuer }: Pick<OidcServer, 'issuer'>,
  more: Partial<Parameters<typeof createOidc>[0]> = {},
): ReturnType<typeof createOidc> =>
  createOidc({
    issuers: [issuer],
    audiences: [audience],
    userClaim: 'sub',
    groupsClaim: 'groups',
    prefix: 'oidc:',
    ...more,
  });
