import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import * as z from 'zod';
import { AuthError, type Authenticator, type AuthFailure, kubernetesIdentity, type Principal } from './principal.ts';
import { grantedScopes } from './scopes.ts';

export interface OidcOptions {
  /** URLs of the providers whose tokens are taken. */
  readonly issuers: readonly string[];
  /** A token has to be for one of these. */
  readonly audiences: readonly string[];
  /** The claim that names the user, and the one that lists the groups. */
  readonly userClaim: string;
  readonly groupsClaim: string;
  /** Before both, so that nobody of the provider has the name of somebody that the cluster knows otherwise. */
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** How far clocks may differ, in s. */
const toleranceSeconds = 5;
/** How long keys are taken as they were read, in ms; an unknown key has them read anew before, but not more often than this. */
const keysFreshMs = 600_000;
const keysCooldownMs = 10_000;
/** How long they may be used while the provider does not answer, in ms. */
const keysStaleMs = 3_600_000;
const patienceMs = 3_000;

interface Provider {
  readonly key: JWTVerifyGetKey;
}

/** Takes access tokens of OpenID providers, which sign them with keys that they publish. */
export function createOidc(options: OidcOptions): Authenticator {
  const { issuers, audiences, now = Date.now } = options;
  const providers = new Map<string, Promise<Provider>>();

  /** A provider that could not be asked is asked again the next time. */
  function provider(issuer: string): Promise<Provider> {
    const known = providers.get(issuer);
    if (known !== undefined) return known;
    const asked = discovered(issuer, now).catch((error: unknown) => {
      providers.delete(issuer);
      throw new AuthError('unavailable', 'The identity provider does not answer.', error);
    });
    providers.set(issuer, asked);
    return asked;
  }

  return {
    issuers,
    async authenticate(token) {
      const issuer = issuerOf(token);
      if (!issuers.includes(issuer)) throw new AuthError('issuer', 'The token is of an issuer that is not taken here.');
      const { key } = await provider(issuer);
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer,
          audience: [...audiences],
          algorithms,
          requiredClaims: ['exp', 'sub'],
          clockTolerance: toleranceSeconds,
          currentDate: new Date(now()),
        });
        return principalOf(payload, options);
      } catch (error) {
        throw error instanceof AuthError ? error : failureOf(error);
      }
    },
    async ready() {
      const asked = await Promise.allSettled(issuers.map(provider));
      return asked.some(({ status }) => status === 'fulfilled');
    },
  };
}

/** Read before anything is proven: only to know whose keys to try. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch (error) {
    throw new AuthError('malformed', 'The token is no JWT.', error);
  }
}

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Keys that somebody on the way could exchange prove nothing. */
const isSafe = (url: string): boolean =>
  url.startsWith('https:') || /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::|\/|$)/.test(url);

/** OpenID Connect Discovery 1.0, section 4: the document has to name the issuer that was asked. */
async function discovered(issuer: string, now: () => number): Promise<Provider> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answers ${response.status}.`);
  const { issuer: named, jwks_uri: keys } = configuration.parse(await response.json());
  if (named !== issuer) throw new Error(`${url} is of another issuer.`);
  if (!isSafe(keys)) throw new Error(`The keys of ${issuer} do not come over TLS.`);
  const provider = keysOf(new URL(keys), now);
  await provider.reload();
  return provider;
}

/** Its keys, also while it does not answer. */
function keysOf(url: URL, now: () => number) {
  const remote = createRemoteJWKSet(url, {
    timeoutDuration: patienceMs,
    cooldownDuration: keysCooldownMs,
    cacheMaxAge: keysFreshMs,
  });
  let last: { readonly keys: JSONWebKeySet; readonly at: number } | undefined;
  const note = (): void => {
    const keys = remote.jwks();
    if (keys !== undefined && remote.fresh) last = { keys, at: now() };
  };
  /** The keys as they were, while the provider is not asked: not every call shall wait for it. */
  let resting: { readonly key: JWTVerifyGetKey; readonly until: number } | undefined;
  const key: JWTVerifyGetKey = async (header, input) => {
    if (resting !== undefined && now() < resting.until) return resting.key(header, input);
    try {
      const found = await remote(header, input);
      note();
      return found;
    } catch (error) {
      if (isVerdict(error)) throw error;
      if (last === undefined || now() - last.at > keysStaleMs) throw error;
      resting = { key: createLocalJWKSet(last.keys), until: now() + keysCooldownMs };
      return resting.key(header, input);
    }
  };
  return {
    key,
    async reload() {
      await remote.reload();
      note();
    },
  };
}

/** Whether the keys were there, and none of them fits. */
const isVerdict = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;

const reasons: readonly (readonly [code: string, reason: AuthFailure, message: string])[] = [
  ['ERR_JWT_EXPIRED', 'expired', 'The token has expired.'],
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'signature', 'The signature of the token is wrong.'],
  ['ERR_JWKS_NO_MATCHING_KEY', 'signature', 'The token is signed with a key that its issuer does not have.'],
  ['ERR_JOSE_ALG_NOT_ALLOWED', 'signature', 'The token is signed in a way that is not taken.'],
  ['ERR_JWKS_TIMEOUT', 'unavailable', 'The identity provider does not answer.'],
  ['ERR_JWS_INVALID', 'malformed', 'The token is no signed JWT.'],
  ['ERR_JWT_INVALID', 'malformed', 'The token is no JWT.'],
];

function failureOf(error: unknown): AuthError {
  if (error instanceof errors.JWTClaimValidationFailed) return claimFailure(error);
  const code = error instanceof errors.JOSEError ? error.code : undefined;
  const [, reason, message] = reasons.find(([known]) => known === code) ?? ['', 'rejected', 'The token is not taken.'];
  // Anything that is no verdict of the library about the token came from asking for the keys.
  return code === undefined
    ? new AuthError('unavailable', 'The identity provider does not answer.', error)
    : new AuthError(reason, message, error);
}

function claimFailure(error: errors.JWTClaimValidationFailed): AuthError {
  const { claim } = error;
  if (claim === 'aud') return new AuthError('audience', 'The token is for another service.', error);
  if (claim === 'iss') return new AuthError('issuer', 'The token is of another issuer.', error);
  if (claim === 'nbf') return new AuthError('not_yet_valid', 'The token is not valid yet.', error);
  return new AuthError('claims', `The claim ${claim} of the token is missing or wrong.`, error);
}

const texts = z.union([z.string().transform((text) => text.split(' ')), z.array(z.string())]).catch([]);

/** @throws AuthError `claims` for one who could be nobody of the cluster. */
function principalOf(payload: JWTPayload, { userClaim, groupsClaim, prefix }: OidcOptions): Principal {
  const { iss = '', sub = '', exp } = payload;
  const name = payload[userClaim];
  if (typeof name !== 'string' || name === '') {
    throw new AuthError('claims', `The token has no claim ${userClaim}, which names the user.`);
  }
  const groups = z.array(z.string()).catch([]).parse(payload[groupsClaim]);
  const client = payload['azp'] ?? payload['client_id'];
  return {
    id: `${iss}#${sub}`,
    ...kubernetesIdentity(
      `${prefix}${name}`,
      groups.map((group) => `${prefix}${group}`),
    ),
    // RFC 9068 has `scope`; Entra and Okta say `scp`.
    scopes: grantedScopes([...texts.parse(payload['scope']), ...texts.parse(payload['scp'])]),
    ...(typeof client === 'string' && { client }),
    expiresAt: exp,
  };
}
