import { connectionFailureIn } from '../logs/failed-hosts.ts';
import { nameOf, type Pod, refOf, type Service } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import type { PodContainer } from '../pods.ts';
import { declaredPorts } from '../service-ports.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';

/** Finds in the environment of a container why it calls itself instead of a Service, or reads an address instead of a port. */
export const networkGap = (snapshot: Snapshot, pod: Pod, container: PodContainer, text: string): CrashGap | undefined =>
  orderGap(pod, container, text) ?? localGap(snapshot, pod, container, text) ?? linkGap(snapshot, pod, container, text);

const local = /\b(?:localhost|127\.0\.0\.1)\b|\[?::1\]?:\d/;
const localPort =
  /(?:localhost|127\.0\.0\.1|::1\]?)(?:"|'|\))*(?:[: ]+\(?[\d.]*\)?[^\d]{0,40}?port[: ]*|:)(\d{2,5})\b|\bport "?(\d{2,5})\b/i;

/** A connection of an init container to a container of its pod that starts only after it. */
export function orderGap(pod: Pod, { name, init, sidecar }: PodContainer, text: string): CrashGap | undefined {
  if (!init || sidecar || !local.test(text)) return undefined;
  const groups = localPort.exec(text);
  const port = Number(groups?.[1] ?? groups?.[2]);
  const inits = pod.spec?.initContainers ?? [];
  const later = [...inits.slice(inits.findIndex((each) => each.name === name) + 1), ...(pod.spec?.containers ?? [])];
  const server = later.find(({ ports }) => ports?.some(({ containerPort }) => containerPort === port));
  if (server === undefined) return undefined;
  const listed = inits.includes(server);
  const says = `port ${port} belongs to container ${server.name} of the same pod, which starts only after init container ${name} has ended`;
  return {
    says,
    evidence: [
      {
        object: refOf(pod),
        source: 'spec',
        text: `${server.name} is ${listed ? `an init container listed after ${name}` : 'an ordinary container'} and has port ${port}`,
      },
    ],
    fixes: [
      {
        advice: listed
          ? `list init container ${server.name} before ${name}`
          : `make ${server.name} a sidecar: move it to initContainers before ${name}, with restartPolicy: Always`,
        reason: 'init containers run one after the other, before the ordinary ones',
      },
    ],
  };
}

/** A connection to the pod itself that nobody in it takes: what was meant runs behind a Service. */
export function localGap(
  snapshot: Snapshot,
  pod: Pod,
  { name, spec }: PodContainer,
  text: string,
): CrashGap | undefined {
  if (!local.test(text) || connectionFailureIn(text) !== 'refused' || pod.spec === undefined) return undefined;
  const groups = localPort.exec(text);
  const field = (spec.env ?? []).find(({ value = '' }) => local.test(value))?.name;
  const port = Number(groups?.[1] ?? groups?.[2] ?? portOf(spec, field));
  if (!(port > 0) || declaredPorts(pod.spec).some((each) => each.port === port)) return undefined;
  const where = field === undefined ? 'the configuration of the program' : `env[${field}]`;
  const servers = snapshot
    .all('Service', pod.metadata.namespace)
    .filter((service) => service.spec?.ports?.some((each) => each.port === port));
  const [server, ...others] = servers;
  const meant = server === undefined || others.length > 0 ? undefined : server;
  const hint = meant === undefined ? '' : `; ${nameOf(refOf(meant))} has port ${port}`;
  return {
    says: `localhost is the pod itself, and no container of it has port ${port}${hint}`,
    evidence: [
      {
        object: refOf(pod),
        source: 'spec',
        text:
          field === undefined
            ? `container ${name} calls localhost port ${port}`
            : `${where} of container ${name} names localhost`,
      },
    ],
    fixes: [
      {
        advice: `write ${meant === undefined ? `the name of the Service of what listens on ${port}` : meant.metadata.name} instead of localhost in ${where}`,
        reason: 'in a pod localhost reaches the containers of the same pod only',
      },
    ],
  };
}

/** The port that belongs to a host in the environment: behind it, or in the variable of the same name that ends in PORT. */
function portOf({ env = [] }: PodContainer['spec'], field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  const valueOf = (name: string): string => env.find((each) => each.name === name)?.value ?? '';
  const beside = field.replace(/(?:HOST(?:NAME)?|ADDR(?:ESS)?|SERVER)$/, 'PORT');
  return (/:(\d{2,5})(?!\d)/.exec(valueOf(field)) ?? /^(\d{2,5})$/.exec(beside === field ? '' : valueOf(beside)))?.[1];
}

/** What clients of Kafka say of a broker that told them to come to localhost (Java, librdkafka). */
const sentHome =
  /Connection to node -?\d+ \((?:localhost|127\.0\.0\.1)[/:]|\b(?:localhost|127\.0\.0\.1):\d+\/\d+: Connect to \S+ failed/i;

/** A broker of the namespace that tells its clients localhost as its own address. */
export function advertisedGap(snapshot: Snapshot, pod: Pod, text: string): CrashGap | undefined {
  if (!sentHome.test(text)) return undefined;
  const brokers = snapshot
    .all('Pod', pod.metadata.namespace)
    .flatMap((each) =>
      (each.spec?.containers ?? []).flatMap(({ env = [] }) =>
        env.flatMap(({ name = '', value = '' }) =>
          /ADVERTISED_(?:LISTENERS?|HOST)/i.test(name) && local.test(value) ? [{ name, value, pod: each }] : [],
        ),
      ),
    );
  const [broker] = brokers;
  if (broker === undefined) return undefined;
  const owner = workloadOf(snapshot, broker.pod);
  return {
    says: `${nameOf(owner)} tells its clients to come to localhost: env[${broker.name}] is ${broker.value}`,
    evidence: [{ object: owner, source: 'spec', text: `env[${broker.name}] is ${broker.value}` }],
    fixes: [
      {
        advice: `set ${broker.name} of ${nameOf(owner)} to the name of its Service`,
        reason: 'a client asks the broker for its address, and localhost is the client itself',
      },
    ],
  };
}

/** How images of Confluent refuse a variable PORT of theirs: the name of the other begins like it. */
const portRefused = /\bport is deprecated\b[^\n]*?\b([A-Z][A-Z0-9_]*?)(?:_ADVERTISED)?_LISTENERS\b/i;

const prefixOf = (service: string): string => service.toUpperCase().replaceAll('-', '_');

/** The variable `REDIS_PORT=tcp://10.96.0.7:6379` that the kubelet makes of a Service named redis (`envvars.FromServices`). */
export function linkGap(
  snapshot: Snapshot,
  pod: Pod,
  { name, spec }: PodContainer,
  text: string,
): CrashGap | undefined {
  if (pod.spec?.enableServiceLinks === false) return undefined;
  const [quoted, address] = /\b(?:tcp|udp):\/\/([\d.]+|\[[0-9a-f:]+\]):\d+/i.exec(text) ?? [];
  const refused = address === undefined ? portRefused.exec(text)?.[1] : undefined;
  const service: Service | undefined = snapshot
    .all('Service', pod.metadata.namespace)
    .find(
      ({ spec: { clusterIP } = {}, metadata }) =>
        clusterIP !== undefined &&
        clusterIP !== 'None' &&
        (clusterIP === address || prefixOf(metadata.name) === refused),
    );
  const { clusterIP = '', ports = [] } = service?.spec ?? {};
  if (service === undefined) return undefined;
  const variable = `${prefixOf(service.metadata.name)}_PORT`;
  if ((spec.env ?? []).some((each) => each.name === variable)) return undefined;
  const link = quoted ?? `tcp://${clusterIP}:${ports[0]?.port}`;
  return {
    says: `Kubernetes sets ${variable} to ${link}, because there is ${nameOf(refOf(service))} (enableServiceLinks)`,
    evidence: [{ object: refOf(service), source: 'spec', text: `clusterIP is ${clusterIP}` }],
    fixes: [
      {
        advice: 'set enableServiceLinks to false in the pod template',
        reason: `the program takes ${variable} for its own setting`,
      },
      { advice: `set ${variable} in env of container ${name}`, reason: 'what the template sets wins' },
    ],
  };
}
