import { describe, expect, it } from 'vitest';
import { template } from './tools.ts';

describe('a wrong value', () => {
  it.each([
    ['/settings/logLevel', { settings: { logLevel: 'LOUD' } }],
    ['/settings/rateLimitRequests', { settings: { rateLimitRequests: 0 } }],
    ['/settings/rateLimitRequests', { settings: { rateLimitRequests: '100' } }],
    ['/settings/auth', { settings: { auth: 'basic' } }],
    ['/settings/oidcIssuers/0', { settings: { oidcIssuers: ['http://id.example'] } }],
    ['/settings/metricsPath', { settings: { metricsPath: 'metrics' } }],
    ["/settings': additional properties 'logLvel' not allowed", { settings: { logLvel: 'INFO' } }],
    ["additional properties 'imagee' not allowed", { imagee: {} }],
    ["/image': additional properties 'tga' not allowed", { image: { tga: '1' } }],
    ['/image/pullPolicy', { image: { pullPolicy: 'Sometimes' } }],
    ['/image/digest', { image: { digest: 'latest' } }],
    ['/heal/namespaces/0', { heal: { namespaces: ['Shop'] } }],
    ['/heal/namespaces', { heal: { namespaces: 'shop' } }],
    [
      "/heal/policy/caps': additional properties 'per_hour' not allowed",
      { heal: { policy: { caps: { per_hour: 1 } } } },
    ],
    ['/resources/limits/memory', { resources: { limits: { memory: '512 MB' } } }],
    ['/autoscaling/targetCPU', { autoscaling: { targetCPU: 170 } }],
    ['/service/type', { service: { type: 'ExternalName' } }],
    ['/networkPolicy/apiServer/ports/0', { networkPolicy: { apiServer: { ports: ['https'] } } }],
    [
      "/networkPolicy/clients/0': additional properties 'podSelectors' not allowed",
      { networkPolicy: { clients: [{ podSelectors: {} }] } },
    ],
    ['/monitoring/monitor', { monitoring: { monitor: 'Probe' } }],
    ['/tolerations/0/effect', { tolerations: [{ effect: 'Never' }] }],
  ])('is refused with its path, as at %s', (path, values) => {
    const { status, stderr } = template(values);

    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(path) });
  });

  it('is refused together with all others', () => {
    const { stderr } = template({ settings: { logLevel: 'LOUD', auth: 'basic' }, service: { port: 0 } });

    for (const path of ['/settings/logLevel', '/settings/auth', '/service/port']) expect(stderr).toContain(path);
  });
});

describe('values that do not fit each other', () => {
  it.each([
    ['redis.enabled: name the Secret that has REDIS_URL in secret.name', { redis: { enabled: true } }],
    ['settings.auth: oidc needs settings.oidcIssuers and settings.oidcAudiences', { settings: { auth: 'oidc' } }],
    ['settings.consoleClientId: people sign in only with settings.auth: oidc', { settings: { consoleClientId: 'ui' } }],
    ['settings.auth: none needs settings.insecureNoAuth', { settings: { auth: 'none' } }],
    ['heal.namespaces: kube-system is a system namespace', { heal: { namespaces: ['shop', 'kube-system'] } }],
    ['ingress.enabled: needs ingress.host', { ingress: { enabled: true } }],
    ['httpRoute.enabled: needs httpRoute.parentRefs and httpRoute.hostnames', { httpRoute: { enabled: true } }],
    [
      'autoscaling.maxReplicas is less than autoscaling.minReplicas',
      { autoscaling: { minReplicas: 4, maxReplicas: 3 } },
    ],
  ])('are refused: %s', (message, values) => {
    const { status, stderr } = template(values);

    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
  });
});
