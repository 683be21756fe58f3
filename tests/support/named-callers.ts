import { AuthError, type Authenticator, type Principal } from '../../src/platform/auth/principal.ts';
import { grantedScopes } from '../../src/platform/auth/scopes.ts';

/** Tokens are `NAME-SCOPE`: `jane-read` is of Jane, with the scope `k8s:read`. */
export const namedCallers: Authenticator = {
  issuers: ['https://id.example'],
  async authenticate(token) {
    const [name = '', scope = ''] = token.split('-');
    if (name === 'away') throw new AuthError('unavailable', 'The identity provider does not answer.');
    if (name === 'mallory') throw new AuthError('signature', 'The signature of the token is wrong.');
    const principal: Principal = { id: `id#${name}`, user: name, groups: [], scopes: grantedScopes([`k8s:${scope}`]) };
    return principal;
  },
  ready: async () => true,
};

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
