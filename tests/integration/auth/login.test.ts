import {
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createAuthentication } from '../../../src/transports/authentication.ts';
import type { HttpService } from '../../../src/transports/http.ts';
import { authenticatorOf } from '../../support/authenticator.ts';
import { aBrowser } from '../../support/browser.ts';
import { anOidcServer, type OidcServer, person } from '../../support/oidc-server.ts';
import { somePipeline } from '../transports/fixtures.ts';
import { aRunningService } from '../transports/service-fixture.ts';

const callers: string[] = [];
let provider: OidcServer;
let service: HttpService;

beforeAll(async () => {
  provider = await anOidcServer();
  const authenticator = authenticatorOf(provider);
  service = await aRunningService({
    pipeline: somePipeline({ limiter: { take: async (caller) => void callers.push(caller) } }),
    authentication: createAuthentication({ authenticator, metrics: noMetrics }),
  });
});
afterAll(() => Promise.all([service.stop(), provider.stop()]));

/** What an MCP client keeps of its login, and where it was sent to log in. */
function aLogin() {
  const kept: Record<string, unknown> = {};
  const sentTo: URL[] = [];
  const [redirectUrl = ''] = person.redirect_uris;
  const login = {
    redirectUrl,
    clientMetadata: { ...person, client_name: 'desk', scope: undefined },
    clientInformation: () => person,
    tokens: () => kept['tokens'],
    saveTokens: (tokens: unknown) => void (kept['tokens'] = tokens),
    redirectToAuthorization: (url: URL) => void sentTo.push(url),
    saveCodeVerifier: (verifier: string) => void (kept['verifier'] = verifier),
    codeVerifier: () => String(kept['verifier']),
    saveDiscoveryState: (state: unknown) => void (kept['discovery'] = state),
    discoveryState: () => kept['discovery'],
  } as unknown as OAuthClientProvider;
  return { login, sentTo };
}

/** Nobody listens there: the address is what counts. */
async function sentBack(authorize: URL): Promise<URL> {
  const seen: URL[] = [];
  const browser = aBrowser();
  const [home = ''] = person.redirect_uris;
  await browser.go(authorize, (address) => {
    seen.push(address);
    return address.href.startsWith(home) ? new URL('/health', service.url) : address;
  });
  return seen.at(-1) ?? authorize;
}

describe('a person with an MCP client', () => {
  it('is sent to log in, comes back with a code, and calls in their own name', async () => {
    const { login, sentTo } = aLogin();
    const url = new URL(`${service.url}/mcp`);
    const connect = async () => {
      const client = new Client({ name: 'desk', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      const transport = new StreamableHTTPClientTransport(url, { authProvider: login });
      return { client, transport, connected: client.connect(transport) };
    };
    const first = await connect();
    await expect(first.connected).rejects.toThrow(UnauthorizedError);
    const [authorize] = sentTo;

    expect(authorize?.searchParams.get('code_challenge_method')).toBe('S256');
    expect(authorize?.searchParams.get('resource')).toBe(url.href);
    const back = await sentBack(authorize ?? url);
    await first.transport.finishAuth(back.searchParams);
    const { client, connected } = await connect();
    await connected;
    const answer = await client.callTool({ name: 'echo_text', arguments: { text: 'hello' } });
    await client.close();

    expect(answer.structuredContent).toMatchObject({ success: true, texts: ['hello'] });
    expect(callers).toEqual([`${provider.issuer}#jane`]);
  });
});
