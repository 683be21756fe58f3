import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';

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

const configurationOf = (jwk: object): Configuration => ({
  jwks: { keys: [jwk] },
  clients: [{ ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }, person],
  // Whoever opens the login page is Jane, and agrees.
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

/** @param reachedAt Port under which clients reach it, when that is another one than its own. */
export async function anOidcServer(reachedAt?: number): Promise<OidcServer> {
  let keys = await newKeys();
  let server: Server = createServer();
  let port = 0;
  const issuer = (): string => `http://127.0.0.1:${reachedAt ?? port}`;

  async function start(): Promise<void> {
    server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    const provider = new Provider(issuer(), configurationOf(keys.jwk));
    const answer = provider.callback();
    server.on('request', (request, response) => {
      const isLogin = request.url?.startsWith('/interaction/') === true;
      void (isLogin ? loggedIn(provider, request, response) : answer(request, response));
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

async function loggedIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: 'jane' } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId, clientId: String(params['client_id']) });
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
