import { parse, serialize } from 'hono/utils/cookie';

export interface CookieUse {
  readonly name: string;
  /** Under which URL the browser reached us: over TLS the cookie is this host's alone. */
  readonly base: string;
}

/** Browsers drop cookies of more than 4096 bytes, and tokens with many groups are longer. */
const partLength = 3_500;
const mostParts = 4;

/** What the browser keeps for us under this name. */
export function readCookie(request: Request, use: CookieUse): string | undefined {
  const kept = parse(request.headers.get('cookie') ?? '');
  const parts = names(use).map((name) => kept[name]);
  const missing = parts.indexOf(undefined);
  return missing === 0 ? undefined : parts.slice(0, missing < 0 ? mostParts : missing).join('');
}

/**
 * `Set-Cookie` headers that have the browser keep a value, or forget it. Scripts never see it.
 * @param sameSite whether it comes along when somebody returns from another site.
 * @throws RangeError for what no browser would keep.
 */
export function setCookie(
  use: CookieUse,
  value: string,
  { seconds, sameSite }: { readonly seconds: number; readonly sameSite: 'Strict' | 'Lax' },
): readonly string[] {
  const parts = value.match(new RegExp(`.{1,${partLength}}`, 'g')) ?? [];
  if (parts.length > mostParts) throw new RangeError('The value is too long for cookies.');
  const common = { path: '/', httpOnly: true, secure: isSecure(use), sameSite } as const;
  return names(use).map((name, index) => {
    const part = parts[index];
    return serialize(name, part ?? '', { ...common, maxAge: part === undefined ? 0 : seconds });
  });
}

export const forgetCookie = (use: CookieUse): readonly string[] =>
  setCookie(use, '', { seconds: 0, sameSite: 'Strict' });

const isSecure = ({ base }: CookieUse): boolean => base.startsWith('https:');

/** `__Host-` (RFC 6265bis) keeps other hosts of the domain from planting one. */
const names = (use: CookieUse): readonly string[] =>
  Array.from(
    { length: mostParts },
    (_, index) => `${isSecure(use) ? '__Host-' : ''}kubemend-${use.name}${index === 0 ? '' : `-${index}`}`,
  );
