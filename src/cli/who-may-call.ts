import type { Clusters } from '../kubernetes/ports.ts';
import type { Authenticator } from '../platform/auth/principal.ts';
import type { Settings } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { HttpOptions } from '../transports/http.ts';
import { peopleOf, type SigningInParts } from './console-people.ts';

/** Without `--auth`, whoever is on this machine may call it; nobody else may before it is said who. */
const authModeOf = ({ auth, host, insecureNoAuth }: Settings) =>
  auth ?? (insecureNoAuth || isLoopback(host) ? 'none' : 'oidc');

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '::1', '[::1]'].includes(host);

interface Guarding extends Omit<SigningInParts, 'authenticator'> {
  readonly clusters: Clusters;
  readonly metrics: Pick<Metrics, 'authFailure'>;
}

/** What stands in front of the service; nothing where nobody is asked who they are. */
export async function guardOf(settings: Settings, parts: Guarding): Promise<Guard | undefined> {
  const authenticator = await authenticatorOf(settings, parts.clusters);
  if (authenticator === undefined) return undefined;
  const people = await peopleOf(settings, { ...parts, authenticator });
  const session = people && (async (request: Request) => (await people.session.of(request))?.token);
  const { createAuthentication } = await import('../transports/authentication.ts');
  return {
    authentication: createAuthentication({
      authenticator,
      publicUrl: settings.publicUrl,
      session,
      metrics: parts.metrics,
    }),
    people,
    ready: () => authenticator.ready(),
  };
}

type Guard = Pick<HttpOptions, 'authentication' | 'people' | 'ready'>;

async function authenticatorOf(settings: Settings, clusters: Clusters): Promise<Authenticator | undefined> {
  const mode = authModeOf(settings);
  if (mode === 'none') return undefined;
  if (mode === 'tokenreview') {
    const { createTokenReview } = await import('../platform/auth/token-review.ts');
    const { tokenAudience: audience } = settings;
    return createTokenReview({ review: async (token, signal) => clusters.reviewToken?.({ token, audience }, signal) });
  }
  const { createOidc } = await import('../platform/auth/oidc.ts');
  const { oidcIssuers, oidcAudiences, oidcUserClaim, oidcGroupsClaim, oidcPrefix } = settings;
  return createOidc({
    issuers: oidcIssuers,
    audiences: oidcAudiences,
    userClaim: oidcUserClaim,
    groupsClaim: oidcGroupsClaim,
    prefix: oidcPrefix,
  });
}

/** Whoever can reach the port can read the cluster: that has to be said out loud, and who may has to be said. */
export function checkExposure(settings: Settings): void {
  const { host, insecureNoAuth, oidcIssuers, oidcAudiences, consoleClientId } = settings;
  const mode = authModeOf(settings);
  if (mode === 'oidc' && (oidcIssuers.length === 0 || oidcAudiences.length === 0)) {
    throw new AppError('validation_error', 'Access tokens are taken, but not said is whose and for what.', {
      hint: 'Set --oidc-issuers and --oidc-audiences; or serve on 127.0.0.1 only, or choose another --auth.',
    });
  }
  if (mode !== 'oidc' && consoleClientId !== undefined) {
    throw new AppError('validation_error', `People cannot sign in at the console where --auth is ${mode}.`, {
      hint: 'Leave --console-client-id out, or use --auth oidc.',
    });
  }
  if (mode !== 'none' || insecureNoAuth || isLoopback(host)) return;
  throw new AppError('refused', `Serving on ${host} would let everyone who can reach it read the cluster.`, {
    hint: 'Use --auth oidc or tokenreview, --host 127.0.0.1, or --insecure-no-auth where something else guards the port.',
  });
}
