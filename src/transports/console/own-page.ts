/** What the console's script sends with each request: a form or a link of another page cannot. */
export const pageHeader = 'x-kubemend-console';

/**
 * Whether a request comes from a page of this very service: only then the cookie of a person speaks for them.
 * @param base under which URL the browser reached us.
 */
export function isOwnPage({ headers }: Request, base: string): boolean {
  if (headers.get(pageHeader) === null) return false;
  const site = headers.get('sec-fetch-site');
  // Browsers of before 2023 do not say it; then the origin has to be told.
  return site === null ? headers.get('origin') === base : site === 'same-origin';
}
