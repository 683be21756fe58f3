import { existsSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { AppError } from '../../platform/errors.ts';
import { safeText } from '../../platform/safe-text.ts';
import type { Credentials, LoadCredentials, TlsMaterial } from './credentials.ts';
import { kubeconfigPaths, type Library, loadFiles, type UserExtras } from './kubeconfig-files.ts';

export interface KubeconfigOptions {
  /** One path, or several joined as in `KUBECONFIG`. Without it the environment's `KUBECONFIG`, then `~/.kube/config`. */
  readonly path?: string | undefined;
  /** Use the pod's ServiceAccount when there is one; then only an explicit `path` adds more contexts. */
  readonly inCluster: boolean;
  /** Whether credential plugins (exec, and providers that run a command) may run. Off in HTTP mode. */
  readonly allowExec: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Prefix of the ServiceAccount's files, for tests. */
  readonly serviceAccountRoot?: string | undefined;
}

/** A context as people choose it. */
export interface ContextEntry {
  readonly name: string;
  readonly default: boolean;
  readonly server?: string | undefined;
  readonly namespace?: string | undefined;
  readonly credentials: LoadCredentials;
}

/** Name of the context that the pod's ServiceAccount stands for. */
export const inClusterContext = 'in-cluster';

/** A plugin that waits for a person at a terminal never ends. */
const pluginTimeoutMs = 60_000;

/**
 * Every context of the kubeconfig, the default one marked. The only place that loads `@kubernetes/client-node`
 * (some 400 ms), whose kubeconfig parser and authenticators do the work. Throws `unavailable` when there is nothing.
 */
export async function loadContexts(options: KubeconfigOptions): Promise<readonly ContextEntry[]> {
  const loaded = await load(options);
  const { config } = loaded;
  if (config.contexts.length === 0) {
    const lookedAt = kubeconfigPaths(options);
    const where = lookedAt.length === 0 ? '' : ` (looked at ${lookedAt.join(', ')})`;
    throw new AppError('unavailable', `There is no kubeconfig with a context in it${where}.`, {
      hint: 'Set KUBECONFIG or --kubeconfig, run inside a cluster, or try --demo.',
      details: { looked_at: lookedAt },
    });
  }
  const only = config.contexts.length === 1 ? config.contexts[0]?.name : undefined;
  return config.contexts.map(({ name, namespace, cluster }) => ({
    name,
    default: name === (config.currentContext ?? only),
    server: config.getCluster(cluster)?.server,
    namespace,
    credentials: credentialsOf(name, options, loaded),
  }));
}

interface Loaded {
  readonly library: Library;
  readonly config: KubeConfig;
  readonly extras: ReadonlyMap<string, UserExtras>;
}

async function load(options: KubeconfigOptions): Promise<Loaded> {
  const library = await import('./client-library.ts');
  const inCluster = options.inCluster && isInCluster(options);
  const paths = inCluster && options.path === undefined ? [] : kubeconfigPaths(options);
  const { config, extras } = await loadFiles(library, paths);
  if (!inCluster) return { library, config, extras };
  const own = new library.KubeConfig();
  own.loadFromCluster(options.serviceAccountRoot ?? '');
  const [cluster, user, context] = [own.clusters[0], own.users[0], own.contexts[0]];
  if (cluster === undefined || user === undefined || context === undefined) return { library, config, extras };
  config.clusters = [cluster, ...config.clusters];
  config.users = [user, ...config.users];
  config.contexts = [{ ...context, name: inClusterContext }, ...config.contexts];
  config.currentContext = inClusterContext;
  return { library, config, extras };
}

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const isInCluster = ({ environment, serviceAccountRoot = '' }: KubeconfigOptions): boolean =>
  environment.KUBERNETES_SERVICE_HOST !== undefined && existsSync(`${serviceAccountRoot}${tokenPath}`);

/** Loads credentials of one context. A refresh reads the files again and forgets what authenticators kept. */
function credentialsOf(context: string, options: KubeconfigOptions, loaded: Loaded): LoadCredentials {
  let one = oneContext(context, loaded);
  return async ({ refresh }) => {
    if (refresh) one = oneContext(context, await load(options));
    const { cluster, user, config } = one();
    if (!options.allowExec && runsCommand(user)) {
      throw new AppError(
        'refused',
        `Context "${context}" gets its credentials from a plugin, and plugins are off here.`,
        {
          hint: 'Use a ServiceAccount token or a client certificate, or run kubemend on your own machine over stdio.',
        },
      );
    }
    return materialOf({ context, cluster, user, config }, loaded.extras.get(user.name));
  };
}

const runsCommand = ({ exec, authProvider }: User): boolean =>
  (exec !== undefined && exec !== null) ||
  ['exec', 'gcp', 'azure'].includes(authProvider?.name) ||
  authProvider?.config?.exec !== undefined;

interface OneContext {
  readonly cluster: Cluster;
  readonly user: User;
  readonly config: KubeConfig;
}

/** A KubeConfig of just this context, so that what its authenticators keep belongs to nobody else. */
function oneContext(name: string, { config, library }: Loaded): () => OneContext {
  const context = config.getContextObject(name);
  const cluster = context === null ? null : config.getCluster(context.cluster);
  if (context === null || cluster === null) {
    return () => {
      throw new AppError('unavailable', `Context "${name}" names a cluster that the kubeconfig does not have.`, {
        hint: 'Repair the kubeconfig, or choose another context; list_clusters shows them.',
      });
    };
  }
  const found = config.getUser(context.user) ?? { name: context.user ?? 'nobody' };
  const user = withPluginEnvironment(found);
  const plain = cluster.server.startsWith('http:');
  const own = new library.KubeConfig();
  own.loadFromOptions({
    // We connect ourselves: client-node must neither build a proxy agent nor refuse plain http.
    clusters: [{ ...cluster, proxyUrl: undefined, skipTLSVerify: plain || cluster.skipTLSVerify }],
    users: [user],
    contexts: [{ ...context, user: user.name }],
    currentContext: name,
  });
  return () => ({ cluster, user, config: own });
}

/** What plugins of kubectl are told (client.authentication.k8s.io); some refuse to run without it. */
function withPluginEnvironment(user: User): User {
  if (user.exec === undefined || user.exec === null) return user;
  const info = { apiVersion: user.exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const env = [...(user.exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
  return { ...user, exec: { ...user.exec, env } };
}

async function materialOf(
  { context, cluster, user, config }: OneContext & { readonly context: string },
  extras: UserExtras | undefined,
): Promise<Credentials> {
  const applied: RequestOptions = {};
  try {
    await withinTime(config.applyToHTTPSOptions(applied));
  } catch (error) {
    throw credentialsFailure(context, user, error);
  }
  return {
    server: cluster.server,
    headers: headersOf(applied, extras),
    tls: tlsOf(applied),
    proxy: cluster.proxyUrl,
  };
}

const tlsOf = ({ ca, cert, key, passphrase, servername, rejectUnauthorized }: RequestOptions): TlsMaterial => ({
  ...(ca !== undefined && { ca }),
  ...(cert !== undefined && { cert }),
  ...(key !== undefined && { key }),
  ...(passphrase !== undefined && { passphrase }),
  ...(servername !== undefined && { servername }),
  ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
});

/** `auth` is `user:password`. A token from a file may end in a newline. */
function headersOf({ headers = {}, auth }: RequestOptions, extras: UserExtras | undefined): Credentials['headers'] {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value).trim()]);
  return {
    ...(typeof auth === 'string' && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
    ...Object.fromEntries(own),
    ...(extras?.groups !== undefined && extras.groups.length > 0 && { 'impersonate-group': [...extras.groups] }),
  };
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('it does not end; does it wait for a person?')), pluginTimeoutMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

function credentialsFailure(context: string, { exec }: User, cause: unknown): AppError {
  const [line = ''] = safeText(cause instanceof Error ? cause.message : '')
    .trim()
    .split('\n');
  const who =
    typeof exec?.command === 'string' ? `The credential plugin ${exec.command}` : 'The way to get credentials';
  return new AppError('unavailable', `${who} of context "${context}" fails${line && `: ${line.slice(0, 300)}`}`, {
    hint: 'Log in again, then run the same command in a terminal to see whether it works; check the files that the kubeconfig names.',
    cause,
  });
}
