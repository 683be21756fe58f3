import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/platform/errors.ts';
import { loadSettings, type SettingSources } from '../../../src/platform/load-settings.ts';

const load = (sources: Partial<SettingSources>) => loadSettings({ flags: {}, environment: {}, dotenv: {}, ...sources });

const problemsOf = (sources: Partial<SettingSources>): unknown => {
  try {
    load(sources);
    return [];
  } catch (error) {
    return error instanceof AppError ? error.details['problems'] : error;
  }
};

describe('loadSettings', () => {
  it('has safe defaults', () => {
    expect(load({})).toEqual({
      logLevel: 'info',
      logFormat: 'json',
      k8sNamespace: 'default',
      k8sInCluster: true,
      demo: false,
      allowSystemNamespaces: false,
      k8sCacheTtl: 30,
      k8sQps: 20,
      k8sBurst: 40,
      timeout: 45,
      readOnly: false,
      rateLimitEnabled: true,
      rateLimitRequests: 100,
      rateLimitWindow: 60,
      heal: false,
      http: false,
      host: '127.0.0.1',
      port: 8080,
      allowedHosts: [],
      identity: 'serviceaccount+sar',
      oidcIssuers: [],
      oidcAudiences: [],
      oidcUserClaim: 'sub',
      oidcGroupsClaim: 'groups',
      oidcPrefix: 'oidc:',
      tokenAudience: 'kubemend',
      insecureNoAuth: false,
      expectedSecrets: [],
      metricsPort: 9090,
      metricsPath: '/metrics',
    });
  });

  it.each([
    ['LOG_LEVEL', 'WARNING', { logLevel: 'warn' }],
    ['LOG_FORMAT', 'Console', { logFormat: 'console' }],
    ['K8S_NAMESPACE', 'shop', { k8sNamespace: 'shop' }],
    ['K8S_IN_CLUSTER', 'false', { k8sInCluster: false }],
    ['METRICS_PORT', '9191', { metricsPort: 9191 }],
    ['METRICS_PATH', '/m', { metricsPath: '/m' }],
    ['RATE_LIMIT_ENABLED', 'no', { rateLimitEnabled: false }],
    ['RATE_LIMIT_REQUESTS', '7', { rateLimitRequests: 7 }],
    ['RATE_LIMIT_WINDOW', '8', { rateLimitWindow: 8 }],
  ])('reads %s plain, in lower case, and with the prefix', (name, value, expected) => {
    expect(load({ environment: { [name]: value } })).toMatchObject(expected);
    expect(load({ environment: { [name.toLowerCase()]: value } })).toMatchObject(expected);
    expect(load({ environment: { [`KUBEMEND_${name}`]: value } })).toMatchObject(expected);
    expect(load({ environment: { [`kubemend_${name.toLowerCase()}`]: value } })).toMatchObject(expected);
    expect(load({ dotenv: { [name]: value } })).toMatchObject(expected);
  });

  it.each(['DEBUG', 'Info', 'warning', 'ERROR', 'trace', 'fatal', 'silent', 'warn'])(
    'takes %s as a log level',
    (level) => {
      expect(load({ environment: { LOG_LEVEL: level } }).logLevel).toBe(level.toLowerCase().replace('warning', 'warn'));
    },
  );

  it('prefers flag, prefixed variable, plain variable, .env, default of the command, default', () => {
    const flags = { logLevel: 'trace' };
    const environment = { KUBEMEND_LOG_LEVEL: 'debug', LOG_LEVEL: 'error' };
    const dotenv = { LOG_LEVEL: 'fatal' };
    const defaults = { logLevel: 'silent' };

    expect(load({ flags, environment, dotenv, defaults }).logLevel).toBe('trace');
    expect(load({ environment, dotenv, defaults }).logLevel).toBe('debug');
    expect(load({ environment: { LOG_LEVEL: 'error' }, dotenv, defaults }).logLevel).toBe('error');
    expect(load({ dotenv, defaults }).logLevel).toBe('fatal');
    expect(load({ defaults }).logLevel).toBe('silent');
  });

  it('reads other settings with the prefix only', () => {
    expect(load({ environment: { PORT: '1', TIMEOUT: 'x' } })).toMatchObject({ port: 8080, timeout: 45 });
    expect(load({ environment: { KUBEMEND_PORT: '1' } }).port).toBe(1);
  });

  it('takes flags as commander gives them', () => {
    const flags = { demo: true, k8sInCluster: false, tools: 'diagnose, get_resource,', port: '0' };

    expect(load({ flags })).toMatchObject({
      demo: true,
      k8sInCluster: false,
      tools: ['diagnose', 'get_resource'],
      port: 0,
    });
  });

  it('takes an empty variable as absent', () => {
    expect(load({ environment: { LOG_LEVEL: '', KUBEMEND_PORT: ' ' } })).toMatchObject({
      logLevel: 'info',
      port: 8080,
    });
  });

  it('suggests no setting that only shares the prefix', () => {
    expect(() => load({ environment: { KUBEMEND_NOPE: '1' } })).toThrow(/KUBEMEND_NOPE: there is no such setting$/m);
    expect(() => load({ environment: { KUBEMEND_PROT: '1' } })).toThrow(/did you mean KUBEMEND_PORT\?/);
  });

  it('ignores what Kubernetes injects for a Service that is called kubemend', () => {
    const environment = {
      KUBEMEND_SERVICE_HOST: '10.0.0.1',
      KUBEMEND_SERVICE_PORT: '8080',
      KUBEMEND_SERVICE_PORT_HTTP: '8080',
      KUBEMEND_PORT: 'tcp://10.0.0.1:8080',
      KUBEMEND_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      KUBEMEND_PORT_8080_TCP_ADDR: '10.0.0.1',
      KUBEMEND_METRICS_SERVICE_HOST: '10.0.0.2',
      KUBEMEND_METRICS_PORT: 'tcp://10.0.0.2:9090',
    };

    expect(load({ environment })).toMatchObject({ port: 8080, metricsPort: 9090 });
  });

  it.each([
    ['LOG_LEVEL', 'verbose', 'LOG_LEVEL: "verbose" must be one of trace, debug, info, warn, error, fatal, silent'],
    ['LOG_FORMAT', 'xml', 'LOG_FORMAT: "xml" must be one of json, console'],
    ['K8S_IN_CLUSTER', 'perhaps', 'K8S_IN_CLUSTER: "perhaps" must be true or false'],
    ['K8S_NAMESPACE', 'No_Name', 'K8S_NAMESPACE: "No_Name" must be the name of a namespace'],
    ['METRICS_PORT', '70000', 'METRICS_PORT: "70000" must be a whole number from 0 to 65535'],
    ['METRICS_PATH', 'metrics', 'METRICS_PATH: "metrics" must be a path such as /metrics'],
    ['RATE_LIMIT_REQUESTS', '0', 'RATE_LIMIT_REQUESTS: "0" must be a whole number from 1 to 1000000'],
    ['RATE_LIMIT_WINDOW', '1.5', 'RATE_LIMIT_WINDOW: "1.5" must be a whole number from 1 to 86400'],
    ['KUBEMEND_TIMEOUT', '-1', 'KUBEMEND_TIMEOUT: "-1" must be a whole number from 1 to 3600'],
    ['KUBEMEND_PORT', '0x50', 'KUBEMEND_PORT: "0x50" must be a whole number from 0 to 65535'],
    ['KUBEMEND_LOG_LEVLE', 'info', 'KUBEMEND_LOG_LEVLE: there is no such setting; did you mean KUBEMEND_LOG_LEVEL?'],
    ['kubemend_something_else_entirely', '1', 'kubemend_something_else_entirely: there is no such setting'],
  ])('refuses %s=%s', (name, value, problem) => {
    expect(problemsOf({ environment: { [name]: value } })).toEqual([problem]);
  });

  it('reads a secret from variables only, and never shows it', () => {
    const key = 'k'.repeat(32);
    const short = { KUBEMEND_SIGNING_KEY: 'hunter2' };

    expect(load({ environment: { KUBEMEND_SIGNING_KEY: key } }).signingKey).toBe(key);
    expect(load({ dotenv: { KUBEMEND_SIGNING_KEY: key } }).signingKey).toBe(key);
    expect(load({ flags: { signingKey: key } }).signingKey).toBeUndefined();
    expect(problemsOf({ environment: short })).toEqual(['KUBEMEND_SIGNING_KEY must have at least 32 characters']);
    expect(problemsOf({ dotenv: short })).toEqual(['KUBEMEND_SIGNING_KEY in .env must have at least 32 characters']);
  });

  it('reads a Redis by two names, and never shows its password', () => {
    const [plain, secure] = ['redis://:hunter2@redis.mend:6379/1', 'rediss://mend:hunter2@redis.mend'];

    expect(load({ environment: { REDIS_URL: plain } }).redisUrl).toBe(plain);
    expect(load({ environment: { REDIS_URL: plain, KUBEMEND_REDIS_URL: secure } }).redisUrl).toBe(secure);
    expect(load({ flags: { redisUrl: plain } }).redisUrl).toBeUndefined();
    expect(load({}).redisUrl).toBeUndefined();
    expect(problemsOf({ environment: { REDIS_URL: 'http://:hunter2@redis.mend' } })).toEqual([
      'REDIS_URL must be a URL such as redis://redis.mend:6379',
    ]);
    expect(problemsOf({ environment: { KUBEMEND_REDIS_URL: 'redis://:hunter2@' } })).toEqual([
      'KUBEMEND_REDIS_URL must be a URL such as redis://redis.mend:6379',
    ]);
  });

  it('reads where healing finds its policy and keeps its records', () => {
    const environment = { KUBEMEND_HEAL: 'true', KUBEMEND_POLICY: 'p.yaml', KUBEMEND_STATE_NAMESPACE: 'kubemend' };

    expect(load({ environment })).toMatchObject({ heal: true, policy: 'p.yaml', stateNamespace: 'kubemend' });
    expect(problemsOf({ environment: { KUBEMEND_STATE_NAMESPACE: 'No_Name' } })).toEqual([
      'KUBEMEND_STATE_NAMESPACE: "No_Name" must be the name of a namespace',
    ]);
  });

  it('names the Secret that a variable which is not set comes from', () => {
    const expected = 'KUBEMEND_SIGNING_KEY=mend-keys,REDIS_URL=mend-redis';
    const given = { KUBEMEND_SIGNING_KEY: 'k'.repeat(32), REDIS_URL: 'redis://redis.mend' };

    expect(load({ environment: { ...given, KUBEMEND_EXPECTED_SECRETS: expected } }).signingKey).toHaveLength(32);
    expect(
      problemsOf({ environment: { REDIS_URL: ' ', LOG_LEVEL: 'y', KUBEMEND_EXPECTED_SECRETS: expected } }),
    ).toEqual([
      'LOG_LEVEL: "y" must be one of trace, debug, info, warn, error, fatal, silent',
      'KUBEMEND_SIGNING_KEY is not set: there is no Secret mend-keys, or it has no such key',
      'REDIS_URL is not set: there is no Secret mend-redis, or it has no such key',
    ]);
    expect(problemsOf({ environment: { KUBEMEND_EXPECTED_SECRETS: 'REDIS_URL' } })).toEqual([
      'KUBEMEND_EXPECTED_SECRETS: "REDIS_URL" must be VARIABLE=SECRET',
    ]);
  });

  it('names every bad setting, and where it stands, in one message', () => {
    const bad = {
      flags: { port: 'x' },
      environment: { LOG_LEVEL: 'y' },
      dotenv: { LOG_FORMAT: 'z', KUBEMEND_NOPE: '1' },
    };

    expect(() => load(bad)).toThrowErrorMatchingInlineSnapshot(`
      [AppError: Bad settings:
        LOG_LEVEL: "y" must be one of trace, debug, info, warn, error, fatal, silent
        LOG_FORMAT in .env: "z" must be one of json, console
        --port: "x" must be a whole number from 0 to 65535
        KUBEMEND_NOPE in .env: there is no such setting]
    `);
  });
});
