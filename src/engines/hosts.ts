import { aliasedService } from './external-names.ts';
import type { Container, ObjectRef, Service } from './objects.ts';
import { refOf } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

/** A host that a container is told to talk to. */
export interface NamedHost {
  readonly host: string;
  readonly port: number | undefined;
  /** Where it stands: `env[DATABASE_URL]`, `args`, `command`. */
  readonly field: string;
}

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const name = `[a-z](?:[-a-z0-9]*[a-z0-9])?(?:\\.${label})*`;
/** `scheme://user:password@host:port/…`; the credentials are skipped, never kept. */
const url = new RegExp(`\\b[a-z][a-z0-9+.:-]*://(?:[^\\s/@]*@)?(${name})(?::(\\d{1,5}))?(?=[/?#\\s'",;)]|$)`, 'gi');
/** `Server=db,1433;Database=shop`, `host=db port=5432`: connection strings of ADO.NET and libpq. */
const keyed = new RegExp(
  `(?<![^;\\s])(?:host|server|data source) ?= ?(?:tcp:)?(${name})(?:[,:](\\d{1,5}))?(?=;|\\s+port=|\\s+dbname=)`,
  'gi',
);
const hostAndPort = new RegExp(`(?<![\\w./@:-])(${name}):(\\d{2,5})(?![\\w:])`, 'gi');
const clusterName = new RegExp(`(?<![\\w./@:-])(${label}\\.${label}\\.svc(?:\\.cluster\\.local)?)\\b`, 'gi');
const wholeName = new RegExp(`^${name}$`, 'i');
/** `nc -z db 5432`: a host and a port as two words. */
const hostThenPort = new RegExp(
  `(?:^|\\s)(?:nc|ncat|netcat|telnet|wait-for-it(?:\\.sh)?|wait-for)\\s+(?:-\\S+\\s+(?:\\d+\\s+)?)*(${name})[\\s:]+(\\d{2,5})\\b`,
  'gi',
);
const lookup = new RegExp(
  `(?:^|\\s|\\()(?:nslookup|dig|ping|pg_isready\\s+(?:-\\S+\\s+)*-h|redis-cli\\s+(?:-\\S+\\s+)*-h|mysqladmin\\s+(?:\\S+\\s+)*-h)\\s+(?:-\\S+\\s+(?:\\d+\\s+)?)*(${name})\\b`,
  'gi',
);

/**
 * Hosts in the literal environment values, command and arguments of a container: in URLs, as `host:port`, as a
 * cluster-internal name, in a connection string, as an argument of a tool that waits for one, or as the whole value of a
 * variable that is named after a host. Values from ConfigMaps and Secrets are not looked at.
 */
export function hostsOfEnv({ env = [], command = [], args = [] }: Container): readonly NamedHost[] {
  const fromEnv = env.flatMap(({ name: variable = '', value = '' }) => [
    ...hostsInText(value, `env[${variable}]`),
    ...(/(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS|SERVICE|ENDPOINT)S?$/i.test(variable) && wholeName.test(value)
      ? [{ host: value.toLowerCase(), port: undefined, field: `env[${variable}]` }]
      : []),
  ]);
  const fromWords = [...command.map((text) => [text, 'command']), ...args.map((text) => [text, 'args'])].flatMap(
    ([text = '', field = '']) => hostsInText(text, field),
  );
  const all = [...fromEnv, ...fromWords].filter(({ host }) => host !== 'localhost');
  // What comes first counts: a variable, which a person would change, before the command that uses it.
  return [...Map.groupBy(all, ({ host, port }) => `${host}:${port ?? ''}`).values()].flatMap(([first]) => first ?? []);
}

function hostsInText(text: string, field: string): readonly NamedHost[] {
  return [url, keyed, clusterName, hostThenPort, lookup, hostAndPort].flatMap((pattern) =>
    [...text.slice(0, 4_000).matchAll(pattern)].map(([, host = '', port]) => ({
      host: host.toLowerCase(),
      port: port === undefined ? undefined : Number(port),
      field,
    })),
  );
}

/** The Service behind a host. */
export interface HostService {
  readonly ref: ObjectRef;
  /** Absent when the name can only mean a Service and there is none. */
  readonly service: Service | undefined;
}

/**
 * The Service that a host means to a pod of this namespace: `db`, `db.shop`, `db.shop.svc…`, `db-0.db.shop.svc…`, a
 * cluster IP, or the IP of an endpoint; behind an ExternalName the one that it is another name of. A name that can only be a Service's, and of which it is known that there is
 * none, is one too. `undefined` for hosts outside of the cluster and when nothing can be said.
 */
export function serviceOfHost(
  snapshot: Snapshot,
  host: string,
  namespace: string | undefined,
): HostService | undefined {
  if (/^[\d.]+$/.test(host) || host.includes(':')) return serviceOfAddress(snapshot, host);
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const svc = labels.indexOf('svc');
  if (svc >= 2) return named(snapshot, labels[svc - 1], labels[svc - 2] ?? '');
  if (svc !== -1 || labels.length > 3) return undefined;
  const [first = '', second, third] = labels;
  if (second === undefined) return named(snapshot, namespace, first);
  // `db.shop`, or `db-0.db` and `db-0.db.shop` behind a headless Service; else it may be any domain.
  const candidates =
    third === undefined
      ? [
          [second, first],
          [namespace, second],
        ]
      : [[third, second]];
  const found = candidates
    .map(([where, what = '']) => named(snapshot, where, what))
    .find((candidate) => candidate?.service !== undefined);
  if (found !== undefined || third !== undefined || !isPodName(snapshot, namespace, first, second)) return found;
  return named(snapshot, namespace, second);
}

/** Whether a pod has this name below this Service, whether or not there is such a Service (`hostname` and `subdomain`). */
const isPodName = (snapshot: Snapshot, namespace: string | undefined, host: string, subdomain: string): boolean =>
  snapshot
    .all('StatefulSet', namespace)
    .some(
      ({ metadata, spec }) =>
        spec?.serviceName === subdomain && host.replace(/-\d+$/, '') === metadata.name && /\d$/.test(host),
    ) || snapshot.all('Pod', namespace).some(({ spec }) => spec?.subdomain === subdomain && spec.hostname === host);

function named(snapshot: Snapshot, namespace: string | undefined, service: string): HostService | undefined {
  const ref = { kind: 'Service', namespace, name: service };
  const found = snapshot.find('Service', namespace, service);
  if (found !== undefined) return behind(snapshot, found) ?? { ref, service: found };
  return snapshot.presence('Service', namespace, service) === 'absent' ? { ref, service: undefined } : undefined;
}

/** What a Service is only another name of, where that was read. */
function behind(snapshot: Snapshot, service: Service): HostService | undefined {
  const ref = aliasedService(service);
  const found = ref && snapshot.find('Service', ref.namespace, ref.name);
  return found && { ref, service: found };
}

function serviceOfAddress(snapshot: Snapshot, address: string): HostService | undefined {
  const byClusterAddress = snapshot
    .all('Service')
    .find(({ spec }) => spec?.clusterIP === address || spec?.clusterIPs?.includes(address) === true);
  if (byClusterAddress !== undefined) return { ref: refOf(byClusterAddress), service: byClusterAddress };
  const slice = snapshot
    .all('EndpointSlice')
    .find(({ endpoints }) => endpoints?.some(({ addresses }) => addresses?.includes(address)));
  const owner = slice?.metadata.labels?.['kubernetes.io/service-name'];
  return owner === undefined ? undefined : named(snapshot, slice?.metadata.namespace, owner);
}
