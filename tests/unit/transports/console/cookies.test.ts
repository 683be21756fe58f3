import { describe, expect, it } from 'vitest';
import { forgetCookie, readCookie, setCookie } from '../../../../src/transports/console/cookies.ts';

const local = { name: 'session', base: 'http://127.0.0.1:8080' };
const far = { name: 'session', base: 'https://mend.example' };
const strict = { seconds: 60, sameSite: 'Strict' } as const;

/** A request by a browser that was told to keep these. */
const keeping = (cookies: readonly string[]): Request =>
  new Request('http://x/', {
    headers: {
      cookie: cookies
        .filter((cookie) => !cookie.includes('Max-Age=0'))
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
    },
  });

describe('a cookie', () => {
  it('is the host’s alone over TLS, and out of reach of scripts', () => {
    expect(setCookie(far, 'x', strict)[0]).toBe(
      '__Host-kubemend-session=x; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Strict',
    );
    expect(setCookie(local, 'x', strict)[0]).toBe('kubemend-session=x; Max-Age=60; Path=/; HttpOnly; SameSite=Strict');
  });

  it('of a host over TLS is not the one that another host could have planted', () => {
    expect(readCookie(keeping(setCookie(local, 'x', strict)), far)).toBeUndefined();
  });

  it.each([0, 1, 3_500, 3_501, 14_000])('comes back as it was, with %d letters', (length) => {
    const value = 'a'.repeat(length);
    const cookies = setCookie(local, value, strict);

    expect(readCookie(keeping(cookies), local)).toBe(length === 0 ? undefined : value);
    expect(Math.max(...cookies.map((cookie) => cookie.length))).toBeLessThan(4096);
  });

  it('that no browser would keep is not set', () => {
    expect(() => setCookie(local, 'a'.repeat(14_001), strict)).toThrow(RangeError);
  });

  it('is forgotten whole', () => {
    expect(forgetCookie(local).every((cookie) => cookie.includes('Max-Age=0'))).toBe(true);
    expect(readCookie(new Request('http://x/'), local)).toBeUndefined();
  });
});
