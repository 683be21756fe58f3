import { choice, flag, list, lower, setting, text, whole } from './setting.ts';

const isIssuer = (value: string): boolean =>
  /^(?:https:\/\/[^/]|http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)[:/])/.test(value) && URL.canParse(value);
const isPublicUrl = (value: string): boolean => /^https?:\/\/[^/?#@]+$/.test(value) && URL.canParse(value);
const authModes = ['none', 'oidc', 'tokenreview'] as const;
const identityModes = ['serviceaccount+sar', 'impersonate', 'kubeconfig', 'serviceaccount'] as const;

/** What only the HTTP service looks at. */
export const serviceSettings = {
  http: setting(flag(false), {
    group: 'HTTP service',
    description: 'Serve MCP and REST over HTTP instead of MCP over stdio.',
    commands: 'serve',
  }),
  host: setting(text.default('127.0.0.1'), {
    group: 'HTTP service',
    description: 'Address to listen on. Anything but loopback needs `--auth`, or `--insecure-no-auth`.',
    value: 'address',
    commands: 'serve',
  }),
  port: setting(whole(0, 65_535).default(8080), {
    group: 'HTTP service',
    description: 'Port to listen on; 0 takes any free one.',
    value: 'port',
    commands: 'serve',
  }),
  allowedHosts: setting(list.default([]), {
    group: 'HTTP service',
    description: 'Host names, besides loopback ones, under which clients and web pages may reach the service.',
    value: 'names',
    commands: 'serve',
  }),
  auth: setting(choice(authModes, lower).optional(), {
    group: 'HTTP service',
    description:
      'Who may call: `none` (loopback only, and the default there), `oidc` (access tokens of identity providers, the default elsewhere), `tokenreview` (tokens of ServiceAccounts for `--token-audience`).',
    value: 'mode',
    commands: 'serve',
  }),
  identity: setting(choice(identityModes, lower).default('serviceaccount+sar'), {
    group: 'HTTP service',
    description:
      "In whose name clusters are asked for a caller that is logged in: our own credentials after a SubjectAccessReview of the caller (`serviceaccount+sar`), the caller's (`impersonate`), or our own alone (`serviceaccount`, `kubeconfig`: whoever may call sees all that we see).",
    value: 'mode',
    commands: 'serve',
  }),
  oidcIssuers: setting(
    list.refine((urls) => urls.every(isIssuer), 'must be https URLs, or of this machine').default([]),
    {
      group: 'HTTP service',
      description: 'URLs of the identity providers whose access tokens are taken, with commas between them.',
      value: 'urls',
      commands: 'serve',
    },
  ),
  oidcAudiences: setting(list.default([]), {
    group: 'HTTP service',
    description: 'A token has to be for one of these.',
    value: 'names',
    commands: 'serve',
  }),
  oidcUserClaim: setting(text.min(1).default('sub'), {
    group: 'HTTP service',
    description: 'Claim that names the user, as RBAC knows them.',
    value: 'claim',
    commands: 'serve',
  }),
  oidcGroupsClaim: setting(text.min(1).default('groups'), {
    group: 'HTTP service',
    description: "Claim that lists the user's groups.",
    value: 'claim',
    commands: 'serve',
  }),
  oidcPrefix: setting(text.default('oidc:'), {
    group: 'HTTP service',
    description: 'Stands before users and groups of an identity provider, as in the configuration of the API server.',
    value: 'prefix',
    commands: 'serve',
  }),
  consoleClientId: setting(text.min(1).optional(), {
    group: 'HTTP service',
    description:
      'Client as which the first of `--oidc-issuers` knows the console; it lets people sign in at `/ui`, and approve there.',
    value: 'id',
    commands: 'serve',
  }),
  consoleClientSecret: setting(text.min(1).optional(), {
    group: 'HTTP service',
    description: 'Secret of that client, where it has one; PKCE is used in any case.',
    value: 'secret',
    commands: 'serve',
    secret: true,
  }),
  consoleScopes: setting(list.refine((names) => names.length > 0, 'must name a scope').optional(), {
    group: 'HTTP service',
    description:
      'Scopes that the console asks for where those name the audience, as with Entra ID; the token is then asked for without `resource`.',
    value: 'names',
    commands: 'serve',
  }),
  tokenAudience: setting(text.min(1).default('kubemend'), {
    group: 'HTTP service',
    description: 'Audience of the tokens that `--auth tokenreview` takes.',
    value: 'name',
    commands: 'serve',
  }),
  publicUrl: setting(text.refine(isPublicUrl, 'must be a URL such as https://kubemend.example').optional(), {
    group: 'HTTP service',
    description: 'URL under which clients reach the service, without a path; without it their Host header tells.',
    value: 'url',
    commands: 'serve',
  }),
  insecureNoAuth: setting(flag(false), {
    group: 'HTTP service',
    description: 'Serve without authentication beyond loopback. Whoever reaches the port reads the cluster.',
    commands: 'serve',
  }),
  expectedSecrets: setting(
    list
      .refine((pairs) => pairs.every((pair) => /^[A-Z_]+=[a-z0-9][-a-z0-9.]*$/.test(pair)), 'must be VARIABLE=SECRET')
      .default([]),
    {
      group: 'HTTP service',
      description:
        'Variables that have to be set, each with the Secret it comes from (`REDIS_URL=kubemend`), so that one which is missing can be named.',
      value: 'pairs',
      commands: 'serve',
    },
  ),
  drainDelay: setting(whole(0, 300).optional(), {
    group: 'HTTP service',
    description:
      'Seconds to serve on, not ready, once told to stop, until nobody sends calls here any more; 5, on loopback 0.',
    value: 'seconds',
    commands: 'serve',
  }),
  metricsPort: setting(whole(0, 65_535).default(9090), {
    group: 'HTTP service',
    description: 'Port of the Prometheus metrics; 0 takes any free one.',
    value: 'port',
    commands: 'serve',
    plain: true,
  }),
  metricsPath: setting(text.regex(/^\/[\w./-]*$/, 'must be a path such as /metrics').default('/metrics'), {
    group: 'HTTP service',
    description: 'Path of the Prometheus metrics.',
    value: 'path',
    commands: 'serve',
    plain: true,
  }),
};
