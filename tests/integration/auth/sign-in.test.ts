import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createSignIn,
  type PendingSignIn,
  type SignIn,
  type SignInOptions,
} from '../../../src/platform/auth/sign-in.ts';
import { aBrowser } from '../../support/browser.ts';
import { anOidcServer, consoleClient, consoleWithSecret, type OidcServer } from '../../support/oidc-server.ts';
import { aRunningService } from '../transports/service-fixture.ts';

const [redirectUri = ''] = consoleClient.redirect_uris;
const place = { redirectUri, resource: 'https://kubemend.example/mcp' };
let provider: OidcServer;

beforeAll(async () => {
  provider = await anOidcServer();
});
afterAll(() => provider.stop());

const aSignIn = (options: Partial<SignInOptions> = {}): SignIn =>
  createSignIn({ issuer: provider.issuer, clientId: consoleClient.client_id, heals: true, ...options });

/** The address by which the provider sends a person back, and what was remembered meanwhile. */
async function sentBack(signIn: SignIn): Promise<readonly [URL, PendingSignIn]> {
  const home = await aRunningService();
  const { url, pending } = await signIn.begin(place, true);
  let back = url;
  await aBrowser().go(url, (address) => {
    if (!address.href.startsWith(redirectUri)) return address;
    back = address;
    return new URL('/health', home.url);
  });
  await home.stop();
  return [back, pending];
}

describe('a fresh sign-in', () => {
  it('says who somebody is, with a token for what was asked', async () => {
    const signIn = aSignIn();
    const [back, pending] = await sentBack(signIn);

    expect(await signIn.finish(back, place, pending)).toMatchObject({ subject: `${provider.issuer}#jane` });
  });

  it.each([
    ['its secret', consoleWithSecret.client_secret, true],
    ['another secret', 'guessed', false],
    ['none', undefined, false],
  ])('takes the secret of a client that has one: with %s', async (_, clientSecret, taken) => {
    const signIn = aSignIn({ clientId: consoleWithSecret.client_id, clientSecret });
    const [back, pending] = await sentBack(signIn);
    const finished = signIn.finish(back, place, pending).then(
      () => true,
      () => false,
    );

    expect(await finished).toBe(taken);
  });

  it.each<[string, Partial<PendingSignIn>]>([
    ['from before it was asked for', { begunAt: Math.floor(Date.now() / 1000) + 3600 }],
    ['for another question', { nonce: 'another' }],
    ['of another browser', { state: 'another' }],
    ['whose code somebody else had', { verifier: 'a'.repeat(43) }],
  ])('is none when it is %s', async (_, changed) => {
    const signIn = aSignIn();
    const [back, pending] = await sentBack(signIn);

    await expect(signIn.finish(back, place, { ...pending, ...changed })).rejects.toMatchObject({
      code: 'permission_denied',
      message: 'You were not signed in.',
    });
  });

  it('names no resource where the scopes name the audience', async () => {
    const signIn = aSignIn({ scopes: ['k8s:read'] });
    const { url } = await signIn.begin(place, false);
    const [back, pending] = await sentBack(signIn);

    expect([url.searchParams.get('scope'), url.searchParams.has('resource')]).toEqual(['openid k8s:read', false]);
    // This provider makes a token without an audience of it, which is none for the service.
    expect((await signIn.finish(back, place, pending)).accessToken).not.toContain('.');
  });

  it('waits for a provider that is away', async () => {
    await expect(aSignIn({ issuer: 'http://127.0.0.1:1' }).begin(place, false)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
