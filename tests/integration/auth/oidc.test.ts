import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuthFailure } from '../../../src/platform/auth/principal.ts';
import { authenticatorOf } from '../../support/authenticator.ts';
import { anOidcServer, audience, inSeconds, newKeys, type OidcServer } from '../../support/oidc-server.ts';

let provider: OidcServer;
beforeAll(async () => {
  provider = await anOidcServer();
});
afterAll(() => provider.stop());

const anAuthenticator = (more: Parameters<typeof authenticatorOf>[1] = {}) =>
  authenticatorOf(provider, { audiences: ['other', audience], ...more });
const signal = new AbortController().signal;
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** How a token is answered: the id of whom it is of, or why it is not taken. */
const judged = (token: string, authenticator = anAuthenticator()): Promise<string> =>
  authenticator.authenticate(token, signal).then(
    ({ id }) => id,
    (error: { reason: AuthFailure }) => error.reason,
  );

describe('a token of the provider', () => {
  it('says who it is of, and what for', async () => {
    const token = await provider.clientToken('k8s:read k8s:logs');

    expect(await anAuthenticator().authenticate(token, signal)).toEqual({
      id: `${provider.issuer}#agent`,
      user: 'oidc:agent',
      groups: ['oidc:ops', 'system:authenticated'],
      scopes: new Set(['k8s:read', 'k8s:logs']),
      client: 'agent',
      expiresAt: expect.any(Number),
    });
  });

  it('names its user and groups by the claims that are set', async () => {
    const token = await provider.sign({ email: 'jane@shop.example', roles: ['ops'], scp: ['k8s:heal', 'other'] });
    const authenticator = anAuthenticator({ userClaim: 'email', groupsClaim: 'roles', prefix: '' });

    expect(await authenticator.authenticate(token, signal)).toMatchObject({
      user: 'jane@shop.example',
      groups: ['ops', 'system:authenticated'],
      scopes: new Set(['k8s:read', 'k8s:logs', 'k8s:heal']),
    });
  });

  it('is nobody of Kubernetes itself, whatever it claims', async () => {
    const authenticator = anAuthenticator({ prefix: '' });

    expect(await judged(await provider.sign({ sub: 'system:admin' }), authenticator)).toBe('claims');
    expect(
      await authenticator.authenticate(await provider.sign({ groups: ['system:masters', 'ops'] }), signal),
    ).toMatchObject({ groups: ['ops', 'system:authenticated'] });
  });

  it('is taken within five seconds of its time', async () => {
    expect(await judged(await provider.sign({ exp: inSeconds(-3) }))).toContain('#jane');
    expect(await judged(await provider.sign({ nbf: inSeconds(3) }))).toContain('#jane');
  });
});

describe('a token that is not taken', () => {
  it.each<[string, () => Promise<string> | string, AuthFailure]>([
    ['has expired', () => provider.sign({ exp: inSeconds(-60) }), 'expired'],
    ['is not valid yet', () => provider.sign({ nbf: inSeconds(60) }), 'not_yet_valid'],
    ['never expires', () => provider.sign({ exp: undefined }), 'claims'],
    ['is for another service', () => provider.sign({ aud: 'grafana' }), 'audience'],
    ['is for nobody', () => provider.sign({ aud: undefined }), 'audience'],
    ['is of another issuer', () => provider.sign({ iss: 'https://evil.example' }), 'issuer'],
    ['is of nobody', () => provider.sign({ sub: undefined }), 'claims'],
    ['has no name of its user', () => provider.sign({ sub: '' }), 'claims'],
    ['is signed by somebody else', async () => provider.sign({}, { key: (await newKeys()).privateKey }), 'signature'],
    [
      'is signed with a key that nobody knows',
      async () => provider.sign({}, { key: (await newKeys()).privateKey, header: { kid: 'unknown' } }),
      'signature',
    ],
    ['is not signed', () => `${base64({ alg: 'none' })}.${base64({ ...claims(), sub: 'root' })}.`, 'signature'],
    ['is signed with the public key as a secret', () => withHmac(), 'signature'],
    ['is changed afterwards', async () => changed(await provider.sign({})), 'signature'],
    ['is no JWT', () => 'abc', 'malformed'],
    ['is cut off', async () => (await provider.sign({})).split('.').slice(0, 2).join('.'), 'malformed'],
  ])('%s', async (_, token, reason) => {
    expect(await judged(await token())).toBe(reason);
  });

  const claims = () => ({ iss: provider.issuer, aud: audience, sub: 'jane', exp: inSeconds(300) });
  const withHmac = (): string => {
    const unsigned = `${base64({ alg: 'HS256' })}.${base64(claims())}`;
    return `${unsigned}.${createHmac('sha256', 'n').update(unsigned).digest('base64url')}`;
  };
  const changed = (token: string): string => {
    const [header, , signature] = token.split('.');
    return `${header}.${base64({ ...claims(), sub: 'root' })}.${signature}`;
  };
});

describe('a provider whose keys anybody on the way could exchange', () => {
  it('is not taken', async () => {
    const server = createServer((_, response) =>
      response.end(JSON.stringify({ issuer, jwks_uri: 'http://keys.example/jwks' })),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const authenticator = anAuthenticator({ issuers: [issuer] });
    const token = await provider.sign({ iss: issuer });

    expect([await authenticator.ready(), await judged(token, authenticator)]).toEqual([false, 'unavailable']);
    const cause: unknown = await authenticator.authenticate(token, signal).catch((error: Error) => error.cause);
    expect(cause).toMatchObject({ message: expect.stringContaining('do not come over TLS') });
    server.close();
  });
});

describe('a provider that is away', () => {
  let other: OidcServer;
  beforeEach(async () => {
    other = await anOidcServer();
  });
  afterEach(() => other.stop().catch(() => {}));

  it('at the start: nobody is let in, and the service is not ready, until it is back', async () => {
    const authenticator = anAuthenticator({ issuers: [other.issuer] });
    const token = await other.sign({});
    await other.stop();

    expect([await authenticator.ready(), await judged(token, authenticator)]).toEqual([false, 'unavailable']);
    await other.start();
    expect([await authenticator.ready(), await judged(token, authenticator)]).toEqual([true, `${other.issuer}#jane`]);
  });

  it('later: its keys are taken as they were, for an hour', async () => {
    let now = Date.now();
    const authenticator = anAuthenticator({ issuers: [other.issuer], now: () => now });
    const token = await other.sign({ exp: inSeconds(20_000) });
    await judged(token, authenticator);
    await other.stop();

    expect(await judged(token, authenticator)).toBe(`${other.issuer}#jane`);
    expect(await judged(await other.sign({}, { header: { kid: 'new' } }), authenticator)).not.toContain('#');
    now += 1_800_000;
    expect(await judged(token, authenticator)).toBe(`${other.issuer}#jane`);
  });

  it('has other keys afterwards: the new ones are read, the old ones are no longer taken', async () => {
    const authenticator = anAuthenticator({ issuers: [other.issuer] });
    const old = await other.sign({});
    await judged(old, authenticator);
    await other.rotate();
    const fresh = await other.sign({});

    // Keys are not read anew at every token that somebody makes up.
    expect(await judged(fresh, authenticator)).toBe('signature');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 });
    expect(await judged(fresh, authenticator)).toBe(`${other.issuer}#jane`);
    expect(await judged(old, authenticator)).toBe('signature');
    vi.useRealTimers();
  });
});
