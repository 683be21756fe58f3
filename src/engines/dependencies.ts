import { fieldNaming } from './configured.ts';
import { aliasedService, externalNameOf } from './external-names.ts';
import { hostsOfEnv, serviceOfHost } from './hosts.ts';
import { entriesOf, type LogEntry } from './logs/entries.ts';
import { type ConnectionFailure, connectionFailureIn, type FailedHost, farSideIn } from './logs/failed-hosts.ts';
import { dnsServersOf, dnsServices } from './network/dns.ts';
import { nameOf, type ObjectRef, type Pod, type Probe, refOf, type Service } from './objects.ts';
import type { PodContainer } from './pods.ts';
import { readyEndpoints } from './routes.ts';
import { matchesMap } from './selectors.ts';
import { similarService } from './similar-services.ts';
import type { Snapshot } from './snapshot.ts';
import type { LogExcerpt } from './snapshot-data.ts';

/** Something outside its pod that a container could not reach. */
export interface Dependency {
  /** How a person names it: `Service/db port 5432`, `api.example.com:443`. The same for all replicas. */
  readonly name: string;
  readonly failure: ConnectionFailure;
  readonly host: string;
  readonly port: number | undefined;
  /** The Service behind the host, when it is in the cluster. */
  readonly service: ObjectRef | undefined;
  /** Whether it is known that there is no such Service. */
  readonly missing: boolean;
  /** Ready endpoints of that Service now; `undefined` when they were not seen. */
  readonly endpoints: number | undefined;
  /** What that Service is only another name of, when nothing behind it is known (ExternalName). */
  readonly externalName?: string | undefined;
  /** A Service of that namespace whose name comes near, when there is none of this name. */
  readonly alike: string | undefined;
  /** Where the container is told the host: `env[DATABASE_URL]`. */
  readonly field: string | undefined;
  /** The DNS of the cluster, when it is what did not resolve the host. */
  readonly resolvers: readonly ObjectRef[];
  /** Whether the text itself names the host, not just the container's environment. */
  readonly told: boolean;
}

/**
 * What a container failed to reach, by the words of a text from its log; when they name no host, the one host that its
 * environment and arguments name. `undefined` when the text is about something else.
 */
export function dependencyIn(snapshot: Snapshot, where: Where, text: string): Dependency | undefined {
  const failure = connectionFailureIn(text);
  return failure === undefined ? undefined : dependencyFor(snapshot, where, { text, failure });
}

/** Entries beside one that say what it was about. */
const beside = { before: 3, after: 2 };
/**
 * Words of whoever says what it is about to reach: `Opening TCP socket to db:5432`, `Target host: db, port: 5432`,
 * `Read database URL: db:27017`.
 */
const attempt =
  /\b(?:connect(?:ing)?|opening|dial(?:l?ing)?|socket|target|trying|attempt(?:ing)?|(?:database|db|broker|cache|queue|server|backend|upstream|mongo(?:db)?|redis) (?:url|uri|address|host|endpoint))\b/i;

/** What an entry of a log failed to reach when it names no host, and another beside it says with what it connects. */
export function dependencyBeside(
  snapshot: Snapshot,
  where: Where,
  log: LogExcerpt,
  { lines }: Pick<LogEntry, 'lines'>,
): Dependency | undefined {
  const failure = connectionFailureIn(lines.join('\n'));
  if (failure === undefined) return undefined;
  const entries = entriesOf(log);
  const place = entries.findLastIndex((entry) => entry.lines[0] === lines[0]);
  const before = entries.slice(Math.max(0, place - beside.before), Math.max(0, place)).toReversed();
  const near = [...before, ...entries.slice(place + 1, place + 1 + beside.after)];
  const sides = near.flatMap((entry) => {
    const text = entry.lines.join('\n');
    const side = attempt.test(text) ? farSideIn(text) : undefined;
    return side?.port === undefined ? [] : [side];
  });
  const [side] = sides;
  if (side === undefined || sides.some(({ host }) => host !== side.host)) return undefined;
  const field = fieldNaming(snapshot, where, side.host);
  return dependencyOf(snapshot, where.pod, { ...side, failure, field, told: true });
}

/** The same for a text that says of a call that it failed, also when the connection itself did not. */
export const calleeIn = (snapshot: Snapshot, where: Where, text: string): Dependency | undefined =>
  dependencyFor(snapshot, where, { text, failure: connectionFailureIn(text) ?? 'unavailable' });

interface Where {
  readonly pod: Pod;
  readonly container: PodContainer;
}

function dependencyFor(
  snapshot: Snapshot,
  { pod, container }: Where,
  { text, failure }: { readonly text: string; readonly failure: ConnectionFailure },
): Dependency | undefined {
  if (unexpanded.test(text)) return undefined;
  const resolvers = failure === 'unknown-host' || dnsTimeout.test(text) ? dnsServicesOf(snapshot, pod) : [];
  const told = farSideIn(text);
  if (told !== undefined && !isProduct(snapshot, pod, { ...told, failure })) {
    const literal = hostsOfEnv(container.spec).find(({ host }) => host === told.host)?.field;
    const configured = fieldNaming(snapshot, { pod, container }, told.host);
    // A command that only waits for the host repeats what the configuration says.
    const field = literal?.startsWith('env[') === true ? literal : (configured ?? literal);
    return dependencyOf(snapshot, pod, { ...told, failure, field, told: true, resolvers });
  }
  if (isLocal(text)) return undefined;
  const inCluster = hostsOfEnv(container.spec).filter(
    ({ host }) => serviceOfHost(snapshot, host, pod.metadata.namespace) !== undefined,
  );
  const [only] = inCluster;
  if (only === undefined || new Set(inCluster.map(({ host }) => host)).size > 1) return undefined;
  return dependencyOf(snapshot, pod, { ...only, failure, told: false, resolvers });
}

/** `bad address '$(API_HOST)'`: nothing was called, for the name stayed as it stands in the pod. */
const unexpanded = /\$\([A-Za-z_]\w*\)/;

/**
 * `connection to Redis refused` names no host: a word alone that is no Service, of a connection that came as far as an
 * address.
 */
const isProduct = (snapshot: Snapshot, pod: Pod, { host, port, failure }: FailedHost): boolean =>
  port === undefined &&
  failure !== 'unknown-host' &&
  failure !== 'timeout' &&
  /^[a-z][a-z0-9-]*$/.test(host) &&
  serviceOfHost(snapshot, host, pod.metadata.namespace)?.service === undefined;

const dnsTimeout = /\blookup \S+ on \S+:53\b/;

/** The Services that resolve names for a pod; empty when it asks others, or they were not read. */
const dnsServicesOf = (snapshot: Snapshot, { spec }: Pod): readonly ObjectRef[] =>
  dnsServersOf(spec ?? {}) === 'cluster' ? dnsServices(snapshot).map((service) => refOf(service)) : [];

/** A refused connection to itself is no dependency. */
const isLocal = (text: string): boolean => /\b(?:localhost|127\.0\.0\.1)\b|\[?::1\]?[:\s]/.test(text);

interface Reached {
  readonly host: string;
  readonly port: number | undefined;
  readonly failure: ConnectionFailure;
  readonly field?: string | undefined;
  readonly told: boolean;
  readonly resolvers?: readonly ObjectRef[] | undefined;
}

function dependencyOf(
  snapshot: Snapshot,
  pod: Pod,
  { host, port, failure, field, told, resolvers = [] }: Reached,
): Dependency | undefined {
  if (host === 'localhost' || host.startsWith('127.') || host === '0.0.0.0') return undefined;
  const found = serviceOfHost(snapshot, host, pod.metadata.namespace);
  if (found === undefined) {
    // An address tells a person nothing, and another replica may have met another one.
    const shown = /^[\d.]+$/.test(host) ? 'an address outside of the known Services' : host;
    return {
      name: port === undefined ? shown : shown === host ? `${shown}:${port}` : `port ${port} of ${shown}`,
      failure,
      host,
      port,
      service: undefined,
      missing: false,
      endpoints: undefined,
      alike: undefined,
      field,
      told,
      resolvers,
    };
  }
  const { ref, service } = found;
  const elsewhere = ref.namespace !== pod.metadata.namespace ? ` in namespace ${ref.namespace}` : '';
  return {
    name: `${nameOf(ref)}${elsewhere}${port === undefined ? '' : ` port ${port}`}`,
    failure,
    host,
    port,
    service: ref,
    missing: service === undefined,
    endpoints: service && endpointsOf(snapshot, service),
    externalName: service && externalNameOf(service),
    alike: service === undefined ? similarService(snapshot, pod, ref) : undefined,
    field,
    told,
    resolvers,
  };
}

/** The Service that a command probe asks instead of its own container, by its output or its words. */
export function probedService(
  snapshot: Snapshot,
  where: { readonly pod: Pod; readonly container: PodContainer },
  { probe, output }: { readonly probe: Probe; readonly output: string },
): Dependency | undefined {
  if (probe.exec === undefined) return undefined;
  const [host, ...others] = hostsOfEnv({ command: probe.exec.command });
  const said = dependencyIn(snapshot, where, output);
  const failure = connectionFailureIn(output) ?? 'timeout';
  const asked =
    said?.service !== undefined
      ? said
      : host === undefined || others.length > 0
        ? undefined
        : dependencyOf(snapshot, where.pod, { ...host, failure, field: undefined, told: true });
  const service = asked?.service && snapshot.find('Service', asked.service.namespace, asked.service.name);
  const own = service !== undefined && matchesMap(service.spec?.selector, where.pod.metadata.labels);
  return asked?.service === undefined || own ? undefined : asked;
}

/** Ready endpoints of a Service, or of the one that it is another name of. */
function endpointsOf(snapshot: Snapshot, service: Service): number | undefined {
  const alias = aliasedService(service);
  const behind: Service | undefined = alias && snapshot.find('Service', alias.namespace, alias.name);
  return readyEndpoints(snapshot, behind ?? service)?.length;
}

/** The Services that a container is configured to call, each as if nobody answered; whether it calls them is not said. */
export const configuredDependencies = (snapshot: Snapshot, { pod, container }: Where): readonly Dependency[] =>
  hostsOfEnv(container.spec)
    .filter(({ host }) => serviceOfHost(snapshot, host, pod.metadata.namespace)?.service !== undefined)
    .map((each) => dependencyOf(snapshot, pod, { ...each, failure: 'timeout', told: false }))
    .filter((each) => each !== undefined);

/** What a container says it waits for (`waiting for queue:5672`), else what its command asks for and is a Service. */
export function dependencyNamed(snapshot: Snapshot, { pod, container }: Where, text: string): Dependency | undefined {
  const spoken =
    /\bwaiting (?:for|on)(?: the)?(?: host| service| server)? ["'`]?([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*)(?::(\d{2,5}))?["'`]?/i.exec(
      text,
    );
  const [, host, port] = spoken ?? [];
  const namespace = pod.metadata.namespace;
  if (host !== undefined && (port !== undefined || serviceOfHost(snapshot, host, namespace)?.service !== undefined)) {
    const number = port === undefined ? undefined : Number(port);
    return dependencyOf(snapshot, pod, { host: host.toLowerCase(), port: number, failure: 'timeout', told: true });
  }
  const asked = hostsOfEnv({ command: container.spec.command, args: container.spec.args }).filter(
    (each) => serviceOfHost(snapshot, each.host, namespace) !== undefined,
  );
  const [only] = asked;
  if (only === undefined || new Set(asked.map((each) => each.host)).size > 1) return undefined;
  return dependencyOf(snapshot, pod, { ...only, failure: 'timeout', told: false });
}
