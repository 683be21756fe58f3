import * as z from 'zod';
import { logFormats, logLevels } from './logging.ts';
import { serviceSettings } from './service-settings.ts';
import { choice, flag, list, lower, setting, text, whole } from './setting.ts';

export { plainDescription, settingFacts } from './setting.ts';

const isRedisUrl = (value: string): boolean => /^rediss?:\/\/./.test(value) && URL.canParse(value);
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
  clusters: setting(list.refine((names) => names.length > 0, 'must name a context').optional(), {
    group: 'Kubernetes',
    description: 'Contexts of the kubeconfig that may be used, with commas between them; without it all of them.',
    value: 'names',
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
  k8sQps: setting(whole(0, 100_000).default(20), {
    group: 'Kubernetes',
    description:
      'Reads a second that each API server is asked for at most; 0 for no limit. Commands other than `serve` have 50, as kubectl.',
    value: 'count',
    commands: 'all',
  }),
  k8sBurst: setting(whole(1, 100_000).default(40), {
    group: 'Kubernetes',
    description:
      'Reads that need not wait for that after a quiet time; commands other than `serve` have 300. A diagnosis of a whole cluster takes some 15, and one for each namespace.',
    value: 'count',
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
    description:
      'Key that signs records of actions, and seals who is signed in at the console: 32 characters or more, the same for all replicas.',
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

  ...serviceSettings,
});

export type Settings = z.output<typeof settingsSchema>;

/** `logLevel` → `log-level`, without the dashes in front. */
export const flagName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `logLevel` → `LOG_LEVEL`, without the prefix. */
export const variableName = (key: string): string => flagName(key).replaceAll('-', '_').toUpperCase();

export const variablePrefix = 'KUBEMEND_';

/** `logLevel` → `KUBEMEND_LOG_LEVEL`. */
export const ownVariable = (key: string): string => variablePrefix + variableName(key);
