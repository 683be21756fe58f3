import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import { AppError } from '../errors.ts';
import { scopes } from './scopes.ts';

export interface SignInOptions {
  /** URL of the identity provider. */
  readonly issuer: string;
  /** As which the provider knows us; without a secret we prove ourselves by PKCE alone. */
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  /** Whether people may change things, hence need a token that lets them. */
  readonly heals: boolean;
  /** What to ask for where scopes themselves name the audience (Entra ID), so that no `resource` may; default: our own scopes. */
  readonly scopes?: readonly string[] | undefined;
}

/** Where the provider sends a person back to, and for what they want a token. */
export interface SignInPlace {
  readonly redirectUri: string;
  /** RFC 8707. */
  readonly resource: string;
}

export const pendingSignIn = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Whether the person has to prove who they are although they are signed in there. */
  fresh: z.boolean(),
  /** Seconds since the epoch. */
  begunAt: z.number(),
});
/** What has to be remembered between both halves; nobody may see or change it. */
export type PendingSignIn = z.output<typeof pendingSignIn>;

export interface SignedIn {
  readonly accessToken: string;
  /** `iss` and `sub` of the ID token. */
  readonly subject: string;
}

/** Signs a person in at their identity provider: OpenID Connect's code flow with PKCE. */
export interface SignIn {
  /** @throws AppError `unavailable` when the provider does not answer. */
  begin(place: SignInPlace, fresh: boolean): Promise<{ readonly url: URL; readonly pending: PendingSignIn }>;
  /**
   * @param back the URL by which the person came back.
   * @throws AppError `permission_denied` when they did not sign in, or what came back is not an answer to what was asked.
   */
  finish(back: URL, place: SignInPlace, pending: PendingSignIn): Promise<SignedIn>;
}

const patienceMs = 5_000;
/** How long ago a fresh sign-in may be when the person comes back, and how far clocks may differ, in s. */
const freshSeconds = 60;
const toleranceSeconds = 5;

export function createSignIn({ issuer, clientId, clientSecret, heals, scopes: named }: SignInOptions): SignIn {
  const client: oauth.Client = { client_id: clientId, [oauth.clockTolerance]: toleranceSeconds };
  // The settings take http for this machine only.
  const insecure = issuer.startsWith('http:');
  const asking = () => ({ [oauth.allowInsecureRequests]: insecure, signal: AbortSignal.timeout(patienceMs) });
  const ours = scopes.slice(0, scopes.indexOf(heals ? 'k8s:heal' : 'k8s:logs') + 1);
  const scope = ['openid', ...(named ?? ours)].join(' ');
  /** RFC 8707. */
  const target = (resource: string): Record<string, string> => (named === undefined ? { resource } : {});

  let known: oauth.AuthorizationServer | undefined;
  async function provider(): Promise<oauth.AuthorizationServer> {
    const url = new URL(issuer);
    try {
      known ??= await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, asking()));
      return known;
    } catch (cause) {
      throw new AppError('unavailable', 'The identity provider does not answer.', { hint: 'Try again soon.', cause });
    }
  }

  return {
    async begin({ redirectUri, resource }, fresh) {
      const { authorization_endpoint: endpoint } = await provider();
      if (endpoint === undefined) throw new AppError('unavailable', 'The identity provider signs no people in.');
      const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
      const verifier = oauth.generateRandomCodeVerifier();
      const url = new URL(endpoint);
      const asked = {
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope,
        ...target(resource),
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(fresh && { prompt: 'login', max_age: '0' }),
      };
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      return { url, pending: { state, nonce, verifier, fresh, begunAt: Math.floor(Date.now() / 1000) } };
    },

    async finish(back, { redirectUri, resource }, { state, nonce, verifier, fresh, begunAt }) {
      const server = await provider();
      try {
        const answer = oauth.validateAuthResponse(server, client, back, state);
        const proof = proofOf(server, clientSecret);
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          proof,
          answer,
          redirectUri,
          verifier,
          { ...asking(), additionalParameters: target(resource) },
        );
        const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
          expectedNonce: nonce,
          requireIdToken: true,
          ...(fresh && { maxAge: freshSeconds }),
        });
        await oauth.validateApplicationLevelSignature(server, response, asking());
        const claims = oauth.getValidatedIdTokenClaims(tokens);
        if (claims === undefined) throw new Error('The provider sent no ID token.');
        // A provider that ignores `prompt` answers with a sign-in of before.
        if (fresh && (claims.auth_time ?? 0) < begunAt - toleranceSeconds)
          throw new Error('The sign-in is an old one.');
        return { accessToken: tokens.access_token, subject: `${claims.iss}#${claims.sub}` };
      } catch (cause) {
        throw new AppError('permission_denied', 'You were not signed in.', {
          hint: 'Try again; the log of the service says why it did not work.',
          cause,
        });
      }
    },
  };
}

/** As the provider takes secrets, by default in the header (OpenID Connect Discovery 1.0, section 3). */
function proofOf(
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: oauth.AuthorizationServer,
  secret: string | undefined,
): oauth.ClientAuth {
  if (secret === undefined) return oauth.None();
  return methods.includes('client_secret_basic') ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
}
