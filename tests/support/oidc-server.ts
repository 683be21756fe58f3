import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';
import type { SelfSigned } from './self-signed.ts';

/** A real OpenID provider on loopback, whose keys tests know. */
export interface OidcServer {
  readonly issuer: string;
  /** Where it listens. */
  readonly port: number;
  /** An access token as the provider issues it to a client of its own. */
  clientToken(scope: string): Promise<string>;
  /** A token with these claims, signed with the provider's key, or with another one. */
  sign(
    claims: Readonly<Record<string, unknown>>,
    options?: { readonly key?: CryptoKey; readonly header?: object },
  ): Promise<string>;
  /** Who signs in from now on. */
  person: string;
  /** How often somebody was asked who they are. */
  readonly asked: number;
  /** New keys instead of the ones that there were. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const audience = 'kubemend';
const scope = 'k8s:read k8s:logs k8s:heal k8s:admin';
const resource = 'https://kubemend.example/mcp';
const client = { client_id: 'agent', client_secret: 'secret-of-the-agent' };

/** A program on a person's machine: it has no secret, and proves itself by PKCE. */
export const person = {
  client_id: 'desk',
  token_endpoint_auth_method: 'none' as const,
  grant_types: ['authorization_code'],
  response_types: ['code' as const],
  redirect_uris: ['http://127.0.0.1:7777/callback'],
};

/** The console of a service on any port of this machine (RFC 8252, section 7.3). */
export const consoleClient = {
  client_id: 'kubemend-console',
  application_type: 'native' as const,
  token_endpoint_auth_method: 'none' as const,
  grant_types: ['authorization_code'],
  response_types: ['code' as const],
  redirect_uris: ['http://127.0.0.1/ui/callback', 'http://localhost/ui/callback'],
};

/** The same, as one that keeps a secret. */
export const consoleWithSecret = {
  ...consoleClient,
  client_id: 'kubemend-console-with-secret',
  client_secret: 'secret-of-the-console',
  token_endpoint_auth_method: 'client_secret_basic' as const,
};

const configurationOf = (jwk: object): Configuration => ({
  jwks: { keys: [jwk] },
  clients: [
    { ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
    person,
    consoleClient,
    consoleWithSecret,
  ],
  // Whoever opens the login page signs in, and agrees.
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  extraTokenClaims: () => ({ groups: ['ops'] }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope,
        audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

interface OidcServerOptions {
  /** URL under which clients reach it, when that is another one than its own. */
  readonly issuer?: string;
  readonly tls?: SelfSigned;
  /** Whether the login page waits until its button is pressed. */
  readonly withPage?: boolean;
}

export async function anOidcServer(options: OidcServerOptions = {}): Promise<OidcServer> {
  const { withPage = false, tls } = options;
  const desk: Desk = { person: 'jane', asked: 0, withPage };
  let keys = await newKeys();
  let server: Server = createServer();
  let port = 0;
  const issuer = (): string => options.issuer ?? `http://127.0.0.1:${port}`;

  async function start(): Promise<void> {
    server = (tls === undefined ? createServer() : createTlsServer(tls)).listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    const provider = new Provider(issuer(), configurationOf(keys.jwk));
    const answer = provider.callback();
    server.on('request', (request, response) => {
      const isLogin = request.url?.startsWith('/interaction/') === true;
      void (isLogin ? loggedIn(provider, desk, { request, response }) : answer(request, response));
    });
  }
  async function stop(): Promise<void> {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  await start();

  return {
    get issuer() {
      return issuer();
    },
    get port() {
      return port;
    },
    get person() {
      return desk.person;
    },
    set person(name) {
      desk.person = name;
    },
    get asked() {
      return desk.asked;
    },
    start,
    stop,
    async rotate() {
      await stop();
      keys = await newKeys();
      await start();
    },
    async clientToken(wanted) {
      const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
      const response = await fetch(`${issuer()}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: wanted, resource }),
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      return token;
    },
    sign: (claims, { key = keys.privateKey, header = {} } = {}) =>
      new SignJWT({ iss: issuer(), aud: audience, sub: 'jane', exp: inSeconds(300), ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: keys.jwk.kid, ...header })
        .sign(key),
  };
}

/** Who sits before the login page. */
interface Desk {
  person: string;
  asked: number;
  readonly withPage: boolean;
}
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function loggedIn(provider: Provider, desk: Desk, { request, response }: Exchange): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    if (desk.withPage && request.method === 'GET') {
      response.setHeader('content-type', 'text/html').end('<form method="post"><button>Sign in</button></form>');
      return;
    }
    desk.asked++;
    await provider.interactionFinished(request, response, { login: { accountId: desk.person } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId, clientId: String(params['client_id']) });
  grant.addOIDCScope('openid');
  grant.addResourceScope(String(params['resource']), String(params['scope']));
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

/** Seconds since the epoch, from now. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

let made = 0;

export async function newKeys() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: `key-${++made}`, use: 'sig', alg: 'RS256' };
  return { privateKey, jwk };
}
