import { createSeal } from '../../../src/platform/auth/seal.ts';
import { createSignIn } from '../../../src/platform/auth/sign-in.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createAuthentication } from '../../../src/transports/authentication.ts';
import type { PeopleOptions } from '../../../src/transports/console/people.ts';
import { createConsoleSession } from '../../../src/transports/console/session.ts';
import type { HttpOptions, HttpService } from '../../../src/transports/http.ts';
import { publicBase } from '../../../src/transports/public-base.ts';
import { authenticatorOf } from '../../support/authenticator.ts';
import { aBrowser, type Browser } from '../../support/browser.ts';
import { signingKey } from '../../support/live-writer.ts';
import { consoleClient, type OidcServer } from '../../support/oidc-server.ts';
import { aRunningService } from '../transports/service-fixture.ts';

interface ConsoleFixtureOptions extends Partial<HttpOptions> {
  readonly provider: OidcServer;
  /** Whether tokens are asked for that let people change things. */
  readonly heals?: boolean;
  readonly approving?: PeopleOptions['approving'];
}

/** A service at which people sign in. */
export function aConsole({
  provider,
  heals = false,
  approving,
  ...options
}: ConsoleFixtureOptions): Promise<HttpService> {
  const authenticator = authenticatorOf(provider);
  const base = publicBase(undefined);
  const seal = (purpose: string) => createSeal({ keys: [signingKey], purpose });
  const session = createConsoleSession(seal('console session'), base);
  const people: PeopleOptions = {
    signIn: createSignIn({ issuer: provider.issuer, clientId: consoleClient.client_id, heals }),
    authenticator,
    session,
    seal,
    base,
    approving,
  };
  const authentication = createAuthentication({
    authenticator,
    session: async (request) => (await session.of(request))?.token,
    metrics: noMetrics,
  });
  return aRunningService({ people, authentication, ...options });
}

/** As a browser says it of a request by a page of this very origin, with what the console's script adds. */
export const fromOwnPage = { 'x-kubemend-console': '1', 'sec-fetch-site': 'same-origin' };

export const aRequest = (body: unknown, headers: Readonly<Record<string, string>> = fromOwnPage): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A browser whose person has signed in. */
export async function aSignedIn({ url }: HttpService): Promise<Browser> {
  const browser = aBrowser();
  await browser.go(`${url}/ui/login`);
  return browser;
}

/** What the page knows of who looks at it. */
export const sessionOf = async ({ url }: HttpService, browser: Browser): Promise<unknown> =>
  (await browser.fetch(`${url}/ui/session`, { headers: fromOwnPage })).json();
