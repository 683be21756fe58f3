import { nearest } from '../platform/nearest.ts';
import { hostsOfEnv, serviceOfHost } from './hosts.ts';
import { type ConnectionFailure, connectionFailureIn, hostsIn } from './logs/failed-hosts.ts';
import { dnsServersOf, dnsServices } from './network/dns.ts';
import { nameOf, type ObjectRef, type Pod, refOf } from './objects.ts';
import type { PodContainer } from './pods.ts';
import { readyEndpoints } from './routes.ts';
import type { Snapshot } from './snapshot.ts';

/** Something outside its pod that a container could not reach. */
export interface Dependency {
  /** How a person names it: `Service/db port 5432`, `api.example.com:443`. The same for all replicas. */
  readonly name: string;
  readonly failure: ConnectionFailure;
  readonly host: string;
  readonly port: number | undefined;
  /** The Service behind the host, when it is in the cluster. */
  readonly service: ObjectRef | undefined;
  /** Ready endpoints of that Service now; `undefined` when it is known that there is no such Service. */
  readonly endpoints: number | undefined;
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
export function dependencyIn(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): Dependency | undefined {
  const failure = connectionFailureIn(text);
  if (failure === undefined) return undefined;
  const resolvers = failure === 'unknown-host' || dnsTimeout.test(text) ? dnsServicesOf(snapshot, pod) : [];
  const [told] = hostsIn(text);
  if (told !== undefined) {
    const field = hostsOfEnv(container.spec).find(({ host }) => host === told.host)?.field;
    return dependencyOf(snapshot, pod, { ...told, field, told: true, resolvers });
  }
  if (isLocal(text)) return undefined;
  const inCluster = hostsOfEnv(container.spec).filter(
    ({ host }) => serviceOfHost(snapshot, host, pod.metadata.namespace) !== undefined,
  );
  const [only] = inCluster;
  if (only === undefined || new Set(inCluster.map(({ host }) => host)).size > 1) return undefined;
  return dependencyOf(snapshot, pod, { ...only, failure, told: false, resolvers });
}

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
      name: port === undefined ? shown : `${shown}:${port}`,
      failure,
      host,
      port,
      service: undefined,
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
    endpoints: service && readyEndpoints(snapshot, service).length,
    alike: service === undefined ? nearest(ref.name, snapshot.names('Service', ref.namespace), 1)[0] : undefined,
    field,
    told,
    resolvers,
  };
}

/** What a container says it waits for (`waiting for queue:5672`), else what its command asks for and is a Service. */
export function dependencyNamed(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): Dependency | undefined {
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
