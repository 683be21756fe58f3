import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createAuthentication } from '../../../src/transports/authentication.ts';
import { authenticatorOf } from '../../support/authenticator.ts';
import { aFaultProxy, type Fault, type FaultProxy } from '../../support/fault-proxy.ts';
import { bearer } from '../../support/named-callers.ts';
import { anOidcServer, inSeconds, type OidcServer } from '../../support/oidc-server.ts';
import { aPost } from '../transports/http-fixture.ts';
import { aRunningService } from '../transports/service-fixture.ts';

let provider: OidcServer;
let proxy: FaultProxy;
const ending: (() => unknown)[] = [];
beforeEach(async () => {
  proxy = await aFaultProxy();
  provider = await anOidcServer({ issuer: `http://127.0.0.1:${proxy.port}` });
  proxy.upstream = provider.port;
});
afterEach(async () => {
  vi.useRealTimers();
  for (const end of ending.splice(0)) await end();
  await proxy[Symbol.asyncDispose]();
  await provider.stop();
});

/** The service behind a provider that is reached through the proxy only. */
async function aService() {
  const authenticator = authenticatorOf(provider);
  const failures: string[] = [];
  const metrics = { ...noMetrics, authFailure: (reason: string) => void failures.push(reason) };
  const authentication = createAuthentication({ authenticator, metrics });
  const service = await aRunningService({ authentication, ready: () => authenticator.ready() });
  ending.push(() => service.stop());
  const token = await provider.sign({ scope: 'k8s:read', exp: inSeconds(20_000) });
  return {
    failures,
    call: async () => {
      const response = await fetch(`${service.url}/api/v1/tools/echo_text`, aPost({ text: 'x' }, bearer(token)));
      const { status, headers } = response;
      return { status, again: headers.get('retry-after'), body: (await response.json()) as object };
    },
    ready: async () => (await fetch(`${service.url}/ready`)).status,
    health: async () => (await fetch(`${service.url}/health`)).status,
  };
}

const faults: readonly (readonly [string, Fault])[] = [
  ['closes connections', 'close'],
  ['says nothing', 'hang'],
  ['stops in the middle of an answer', { hangAfter: 200 }],
  ['resets in the middle of an answer', { resetAfter: 200 }],
  ['speaks another language', { says: '\u0000\u0001\u0002' }],
  ['answers 500', { says: 'HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n' }],
  ['answers without JSON', { says: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc' }],
  ['leads elsewhere', { says: 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n' }],
];

describe('an identity provider that was never reached', { timeout: 30_000 }, () => {
  it.each(faults)('and %s lets nobody in, who may try again, until it answers', async (_what, fault) => {
    proxy.fault = fault;
    const service = await aService();

    expect(await service.call()).toMatchObject({
      status: 503,
      again: '5',
      body: { error_type: 'unavailable', error: 'The identity provider does not answer.' },
    });
    expect([await service.ready(), await service.health()]).toEqual([503, 200]);
    expect(service.failures).toEqual(['unavailable']);
    proxy.fault = undefined;
    expect([(await service.call()).status, await service.ready()]).toEqual([200, 200]);
  });
});

describe('an identity provider that was reached before', { timeout: 30_000 }, () => {
  it.each(faults)('and now %s still has its keys taken, and is asked seldom', async (_what, fault) => {
    const service = await aService();
    expect((await service.call()).status).toBe(200);
    // Its keys are not new any more.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 700_000 });
    proxy.fault = fault;
    const before = proxy.connections;

    for (let calls = 0; calls < 10; calls++) expect((await service.call()).status).toBe(200);

    // What was open breaks, then one is tried.
    expect(proxy.connections - before).toBeLessThanOrEqual(3);
    expect(await service.ready()).toBe(200);
  });
});
