import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeal } from '../../../src/platform/auth/seal.ts';
import type { HttpService } from '../../../src/transports/http.ts';
import { aBrowser } from '../../support/browser.ts';
import { signingKey } from '../../support/live-writer.ts';
import { anOidcServer, inSeconds, type OidcServer } from '../../support/oidc-server.ts';
import { somePipeline } from '../transports/fixtures.ts';
import { aRunningService } from '../transports/service-fixture.ts';
import { aConsole, aRequest, aSignedIn, fromOwnPage, sessionOf } from './console-fixture.ts';

const callers: string[] = [];
let provider: OidcServer;
let service: HttpService;

beforeAll(async () => {
  provider = await anOidcServer();
  service = await aConsole({
    provider,
    pipeline: somePipeline({ limiter: { take: async (caller) => void callers.push(caller) } }),
  });
});
afterAll(() => Promise.all([service.stop(), provider.stop()]));

const echo = (headers: Readonly<Record<string, string>>) => aRequest({ text: 'hello' }, headers);
const tool = () => `${service.url}/api/v1/tools/echo_text`;

describe('a person at the console', () => {
  it('is sent to their provider with PKCE, for a token of this service, and comes back to where they were', async () => {
    const browser = aBrowser();
    const { url, way } = await browser.go(`${service.url}/ui/login?return=${encodeURIComponent('/ui?namespace=shop')}`);
    const asked = way[1]?.searchParams;

    expect(asked?.get('code_challenge_method')).toBe('S256');
    expect(asked?.get('resource')).toBe(`${service.url}/mcp`);
    expect(asked?.get('scope')).toBe('openid k8s:read k8s:logs');
    expect(asked?.get('prompt')).toBeNull();
    expect(url.href).toBe(`${service.url}/ui?namespace=shop`);
    expect(await sessionOf(service, browser)).toEqual({ sign_in: 'possible', user: 'oidc:jane' });
  });

  it('calls tools in their own name', async () => {
    const browser = await aSignedIn(service);
    callers.length = 0;
    const response = await browser.fetch(tool(), echo(fromOwnPage));

    expect([response.status, await response.json()]).toMatchObject([200, { texts: ['hello'] }]);
    expect(callers).toEqual([`${provider.issuer}#jane`]);
  });

  it.each<[string, Record<string, string>]>([
    ['a form or a link of another page', {}],
    ['a page of another site', { ...fromOwnPage, 'sec-fetch-site': 'cross-site' }],
    ['a page of another port of this host', { ...fromOwnPage, 'sec-fetch-site': 'same-site' }],
    ['an address that was typed', { ...fromOwnPage, 'sec-fetch-site': 'none' }],
    ['an old browser that names another origin', { 'x-kubemend-console': '1', origin: 'http://localhost:1' }],
    ['whatever names no origin', { 'x-kubemend-console': '1' }],
    ['the page, without what its script adds', { 'sec-fetch-site': 'same-origin' }],
  ])('lends their cookie to nobody: not to %s', async (_, headers) => {
    const browser = await aSignedIn(service);

    expect((await browser.fetch(tool(), echo(headers))).status).toBe(401);
    expect((await browser.fetch(`${service.url}/ui/logout`, echo(headers))).status).toBe(403);
  });

  it('is known in a browser that says its origin instead of its site', async () => {
    const browser = await aSignedIn(service);
    const headers = { 'x-kubemend-console': '1', origin: service.url };

    expect((await browser.fetch(tool(), echo(headers))).status).toBe(200);
  });

  it('has nothing in their browser that a script, or whoever finds it, can read', async () => {
    const browser = aBrowser();
    const cookies: string[] = [];
    const login = await browser.fetch(`${service.url}/ui/login`);
    cookies.push(...login.headers.getSetCookie());
    const { response } = await browser.go(login.headers.get('location') ?? '', (address) => address);
    const kept = browser.cookies.get('kubemend-session') ?? '';

    expect(response.url).toContain('/ui');
    expect(cookies.every((cookie) => cookie.includes('HttpOnly'))).toBe(true);
    expect(cookies[0]).toContain('SameSite=Lax');
    expect(kept.split('.')).toHaveLength(5);
    expect(atob(kept.split('.')[0] ?? '')).toBe('{"alg":"dir","enc":"A256GCM"}');
  });

  it('is nobody any more when they signed out', async () => {
    const browser = await aSignedIn(service);
    const response = await browser.fetch(`${service.url}/ui/logout`, aRequest({}));

    expect(response.status).toBe(200);
    expect(await sessionOf(service, browser)).toEqual({ sign_in: 'possible' });
    expect((await browser.fetch(tool(), echo(fromOwnPage))).status).toBe(401);
  });
});

describe('a way back that is not the one that was begun', () => {
  it.each<[string, (cookies: Map<string, string>) => void]>([
    ['in another browser', (cookies) => cookies.clear()],
    [
      'with a changed cookie',
      (cookies) =>
        cookies.set('kubemend-trip', String(cookies.get('kubemend-trip')).replace(/.{9}(?=.{40}$)/, 'AAAAAAAAA')),
    ],
    [
      'with a cookie of another purpose',
      (cookies) => cookies.set('kubemend-trip', String(cookies.get('kubemend-session'))),
    ],
  ])('signs nobody in: %s', async (_, meddle) => {
    const browser = await aSignedIn(service);
    const { url } = await browser.go(`${service.url}/ui/login`, (address) => {
      if (address.pathname !== '/ui/callback') return address;
      meddle(browser.cookies);
      browser.cookies.delete('kubemend-session');
      return address;
    });

    expect(url.href).toBe(`${service.url}/ui`);
    expect(await sessionOf(service, browser)).toMatchObject({
      notice: { error: expect.stringMatching(/another browser/) },
    });
    expect(await sessionOf(service, browser)).toEqual({ sign_in: 'possible' });
  });

  it.each<[string, (address: URL) => void]>([
    ['another state', ({ searchParams }) => searchParams.set('state', 'x')],
    ['another code', ({ searchParams }) => searchParams.set('code', 'x')],
    ['the word of another provider', ({ searchParams }) => searchParams.set('iss', 'https://evil.example')],
    ['a refusal', ({ searchParams }) => searchParams.set('error', 'access_denied')],
  ])('signs nobody in: with %s', async (_, change) => {
    const browser = aBrowser();
    await browser.go(`${service.url}/ui/login`, (address) => {
      if (address.pathname === '/ui/callback') change(address);
      return address;
    });

    expect(await sessionOf(service, browser)).toMatchObject({
      sign_in: 'possible',
      notice: { error: 'You were not signed in.' },
    });
  });

  it('works once', async () => {
    const browser = aBrowser();
    let back = '';
    let trip = '';
    await browser.go(`${service.url}/ui/login`, (address) => {
      if (address.pathname !== '/ui/callback') return address;
      back = address.href;
      trip = browser.cookies.get('kubemend-trip') ?? '';
      return address;
    });
    const thief = aBrowser();
    thief.cookies.set('kubemend-trip', trip);
    await thief.go(back);

    expect(await sessionOf(service, browser)).toMatchObject({ user: 'oidc:jane' });
    expect(await sessionOf(service, thief)).toMatchObject({ notice: { error: 'You were not signed in.' } });
  });
});

describe('where nobody can sign in', () => {
  it('says so while the provider is away, and lets them try again', async () => {
    await provider.stop();
    const away = await aConsole({ provider });
    const browser = aBrowser();
    const { url } = await browser.go(`${away.url}/ui/login`).finally(() => provider.start());

    expect(url.href).toBe(`${away.url}/ui`);
    expect(await sessionOf(away, browser)).toMatchObject({
      notice: { error: 'The identity provider does not answer.' },
    });
    expect((await browser.go(`${away.url}/ui/login`)).way.length).toBeGreaterThan(3);
    await away.stop();
  });

  it('needs nobody to, where everybody may call: the page gets no cookie, and nothing can be approved', async () => {
    const open = await aRunningService();
    const browser = aBrowser();

    expect(await sessionOf(open, browser)).toEqual({ sign_in: 'unneeded' });
    expect((await browser.fetch(`${open.url}/ui/approve`, aRequest({ action_id: 'x' }))).status).toBe(404);
    expect((await browser.fetch(`${open.url}/ui/login`)).status).toBe(404);
    expect(browser.cookies.size).toBe(0);
    await open.stop();
  });

  it('says that it takes tokens only, where no client is set', async () => {
    const tokens = await aConsole({ provider, people: undefined });

    expect(await sessionOf(tokens, aBrowser())).toEqual({ sign_in: 'impossible' });
    await tokens.stop();
  });
});

describe('a session', () => {
  it('is known to every replica with the same key', async () => {
    const replica = await aConsole({ provider });
    const browser = await aSignedIn(service);

    expect(await sessionOf(replica, browser)).toEqual({ sign_in: 'possible', user: 'oidc:jane' });
    await replica.stop();
  });

  it('ends with its token', async () => {
    const browser = await aSignedIn(service);
    const token = await provider.sign({ exp: inSeconds(-60) });
    const seal = createSeal({ keys: [signingKey], purpose: 'console session' });
    browser.cookies.set('kubemend-session', await seal.close({ token, subject: 'x' }, 60));

    expect((await browser.fetch(tool(), echo(fromOwnPage))).status).toBe(401);
    expect(await sessionOf(service, browser)).toEqual({ sign_in: 'possible' });
  });
});
