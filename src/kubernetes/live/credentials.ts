import type { RequestOptions } from 'node:https';

/** TLS material as `tls.connect` takes it. */
export type TlsMaterial = Readonly<
  Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized'>
>;

/** How to reach one API server as one user. Never logged. */
export interface Credentials {
  /** URL without a slash at its end. */
  readonly server: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsMaterial;
  /** URL of an HTTP proxy. */
  readonly proxy?: string | undefined;
}

/** With `refresh`, whatever was kept from before (a plugin's token, a file's text) is asked for again. */
export type LoadCredentials = (options: { readonly refresh: boolean }) => Promise<Credentials>;
