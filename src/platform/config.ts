import * as z from 'zod';
import { logFormats, logLevels } from './logging.ts';

// Compiling a parser per schema, which zod does at its first use, costs more at start-up than it ever earns back here.
z.config({ jitless: true });

/** What is to be known about a setting besides its schema; flags, help and docs/configuration.md derive from it. */
export interface SettingFacts {
  readonly group: 'Logging' | 'Kubernetes' | 'Calls' | 'Healing' | 'HTTP service';
  readonly description: string;
  /** What stands for the value in help; absent for switches. */
  readonly value?: string;
  /** Whether every command has the flag, or only `serve`. */
  readonly commands: 'all' | 'serve';
  /** Also read without the `KUBEMEND_` prefix (docs/configuration.md). */
  readonly plain?: true;
  /** Has no flag, which everybody on the machine could read, and its value is never shown. */
  readonly secret?: true;
}

/** The facts of every setting in {@link settingsSchema}, by its schema. */
export const settingFacts = z.registry<SettingFacts>();

const setting = <Schema extends z.ZodType>(schema: Schema, facts: SettingFacts): Schema => {
  settingFacts.add(schema, facts);
  return schema;
};

// Every source gives strings: one way to read a value, wherever it comes from. What settings share is made once, for
// every start pays for every schema.
const text = z.string();
const switched = z.stringbool({ error: 'must be true or false' });
const number = text.transform((value) => (/^\d{1,9}$/.test(value) ? Number(value) : Number.NaN));
const flag = (byDefault: boolean) => switched.default(byDefault);
const list = text.transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const whole = (minimum: number, maximum: number) => {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  return number.refine((value) => value >= minimum && value <= maximum, error);
};
const choice = <Values extends readonly [string, ...string[]]>(values: Values, meant: (value: string) => string) =>
  text.transform(meant).pipe(z.enum(values, `must be one of ${values.join(', ')}`));

const isRedisUrl = (value: string): boolean => /^rediss?:\/\/./.test(value) && URL.canParse(value);
const isIssuer = (value: string): boolean =>
  /^(?:https:\/\/[^/]|http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)[:/])/.test(value) && URL.canParse(value);
const isPublicUrl = (value: string): boolean => /^https?:\/\/[^/?#@]+$/.test(value) && URL.canParse(value);
export const authModes = ['none', 'oidc', 'tokenreview'] as const;
export const identityModes = ['serviceaccount+sar', 'impersonate', 'kubeconfig', 'serviceaccount'] as const;
const lower = (value: string): string => value.toLowerCase();
const levelName = (value: string): string => lower(value).replace(/^warning$/, 'warn');
/** A DNS label (RFC 1123): what Kubernetes allows as a namespace's name. */
const namespaceName = text.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace');

/** Every setting. The key `logLevel` is the flag `--log-level` and the variable `KUBEMEND_LOG_LEVEL`. */
export const settingsSchema = z.object({
  logLevel: setting(choice(logLevels, levelName).default('info'), {
    group: 'Logging',
    description:
      'Least severe log lines to write to stderr. DEBUG, INFO, WARNING and ERROR are understood in any case.',
    value: 'level',
    commands: 'all',
    plain: true,
  }),
  logFormat: setting(choice(logFormats, lower).default('json'), {
    group: 'Logging',
    description: '`json` for machines, `console` for people.',
    value: 'format',
    commands: 'all',
    plain: true,
  }),

  auditFile: setting(text.optional(), {
    group: 'Logging',
    description:
      'Path of the file to which every call and every step of an action is added, in a chain that `kubemend audit verify` checks. Without it they are lines of the log. Nothing is changed while it cannot be written.',
    value: 'path',
    commands: 'all',
  }),

  k8sNamespace: setting(namespaceName.default('default'), {
    group: 'Kubernetes',
    description: 'Namespace when a call names none.',
    value: 'name',
    commands: 'all',
    plain: true,
  }),
  k8sInCluster: setting(flag(true), {
    group: 'Kubernetes',
    description: "Use the pod's ServiceAccount when there is one; otherwise the kubeconfig.",
    commands: 'all',
    plain: true,
  }),
  kubeconfig: setting(text.optional(), {
    group: 'Kubernetes',
    description: 'Path of the kubeconfig. Without it `KUBECONFIG`, then `~/.kube/config`.',
    value: 'path',
    commands: 'all',
  }),
  from: setting(text.optional(), {
    group: 'Kubernetes',
    description:
      'Read an archive instead of a cluster: a kubemend snapshot, a support bundle, a must-gather, a kubectl cluster-info dump, or files of kubectl get -o yaml.',
    value: 'path',
    commands: 'all',
  }),
  demo: setting(flag(false), {
    group: 'Kubernetes',
    description: 'Read the embedded snapshot of a broken cluster; no cluster is needed.',
    commands: 'all',
  }),
  allowSystemNamespaces: setting(flag(false), {
    group: 'Kubernetes',
    description: 'Allow reading namespaces that start with `kube-` as targets. Writing there is never possible.',
    commands: 'all',
  }),
  k8sCacheTtl: setting(whole(0, 3600).default(30), {
    group: 'Kubernetes',
    description: 'Seconds for which lists from the API server are reused; 0 turns that off.',
    value: 'seconds',
    commands: 'all',
  }),

  timeout: setting(whole(1, 3600).default(45), {
    group: 'Calls',
    description:
      'Seconds after which a call is ended. A diagnosis answers with what was read in three quarters of them.',
    value: 'seconds',
    commands: 'all',
  }),
  readOnly: setting(flag(false), {
    group: 'Calls',
    description: 'Offer no tool that changes anything, whatever else is set.',
    commands: 'serve',
  }),
  tools: setting(list.optional(), {
    group: 'Calls',
    description: 'Offer only these tools; names with commas between them.',
    value: 'names',
    commands: 'serve',
  }),
  rateLimitEnabled: setting(flag(true), {
    group: 'Calls',
    description: 'Limit how often a caller may call.',
    commands: 'serve',
    plain: true,
  }),
  rateLimitRequests: setting(whole(1, 1_000_000).default(100), {
    group: 'Calls',
    description: 'Calls that a caller may make in one window.',
    value: 'count',
    commands: 'serve',
    plain: true,
  }),
  rateLimitWindow: setting(whole(1, 86_400).default(60), {
    group: 'Calls',
    description: 'Length of the window in seconds.',
    value: 'seconds',
    commands: 'serve',
    plain: true,
  }),

  heal: setting(flag(false), {
    group: 'Healing',
    description: 'Offer the tools that change things. Each change is planned, and a person approves it.',
    commands: 'serve',
  }),
  policy: setting(text.optional(), {
    group: 'Healing',
    description: 'Path of the policy: what may be healed, where and when (docs/policy.md). Without it, safe defaults.',
    value: 'path',
    commands: 'all',
  }),
  stateNamespace: setting(namespaceName.optional(), {
    group: 'Healing',
    description: "Namespace in which records of actions are kept; by default each target's own.",
    value: 'name',
    commands: 'all',
  }),
  signingKey: setting(text.min(32, 'must have at least 32 characters').optional(), {
    group: 'Healing',
    description: 'Key that signs records of actions: 32 characters or more, the same for all replicas.',
    value: 'key',
    commands: 'all',
    secret: true,
  }),
  redisUrl: setting(text.refine(isRedisUrl, 'must be a URL such as redis://redis.mend:6379').optional(), {
    group: 'Healing',
    description:
      'Redis that all replicas share, `redis://` or `rediss://`: an approval is then used once by it too, and none is used while it does not answer.',
    value: 'url',
    commands: 'all',
    plain: true,
    secret: true,
  }),

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
});

export type Settings = z.output<typeof settingsSchema>;

/** `logLevel` → `log-level`, without the dashes in front. */
export const flagName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `logLevel` → `LOG_LEVEL`, without the prefix. */
export const variableName = (key: string): string => flagName(key).replaceAll('-', '_').toUpperCase();

export const variablePrefix = 'KUBEMEND_';
