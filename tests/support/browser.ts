/** What a browser does for a person: keeps cookies, and follows redirects until somebody answers. */
export interface Browser {
  readonly cookies: Map<string, string>;
  /** Where a link leads; `by` may change an address on the way, as a person could. */
  go(link: URL | string, by?: (address: URL) => URL): Promise<Arrival>;
  fetch(address: URL | string, init?: RequestInit): Promise<Response>;
}

export interface Arrival {
  readonly url: URL;
  readonly response: Response;
  /** Each address on the way. */
  readonly way: readonly URL[];
}

/** Cookies know no ports: those of all services of this machine are together. */
export function aBrowser(): Browser {
  const cookies = new Map<string, string>();
  async function fetched(address: URL | string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
  return {
    cookies,
    fetch: fetched,
    async go(link, by = (address) => address) {
      const way: URL[] = [];
      let url = by(new URL(link));
      while (way.length < 20) {
        way.push(url);
        const response = await fetched(url);
        const location = response.headers.get('location');
        if (location === null) return { url, response, way };
        url = by(new URL(location, url));
      }
      throw new Error('sent around in circles');
    },
  };
}
