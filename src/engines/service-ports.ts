import { listeningIn } from './logs/listening.ts';
import type { Container, ObjectRef, Pod, PodSpec, Probe, Service } from './objects.ts';
import { keyOf, refOf } from './objects.ts';
import { workloadOf } from './owners.ts';
import { perSnapshot } from './per-snapshot.ts';
import { templateOf } from './references.ts';
import { selectedPods, selectedWorkloads } from './routes.ts';
import type { Snapshot } from './snapshot.ts';

/** A pod template behind a Service, with the pods made of it. */
export interface Backend {
  readonly ref: ObjectRef;
  readonly spec: PodSpec;
  readonly pods: readonly Pod[];
}

const known = perSnapshot(() => new Map<Service, readonly Backend[]>());

/** What a Service sends its traffic to: one per workload, or per bare pod. */
export function backendsOf(snapshot: Snapshot, service: Service): readonly Backend[] {
  const backends = known(snapshot).get(service) ?? foundBackends(snapshot, service);
  known(snapshot).set(service, backends);
  return backends;
}

function foundBackends(snapshot: Snapshot, service: Service): readonly Backend[] {
  const pods = Map.groupBy(selectedPods(snapshot, service), (pod) => keyOf(workloadOf(snapshot, pod)));
  const ofPods = [...pods.values()].flatMap((group): readonly Backend[] => {
    const [first] = group;
    return first?.spec === undefined ? [] : [{ ref: workloadOf(snapshot, first), spec: first.spec, pods: group }];
  });
  const withPods = new Set(pods.keys());
  const ofTemplates = selectedWorkloads(snapshot, service)
    .filter((ref) => !withPods.has(keyOf(ref)))
    .flatMap((ref): readonly Backend[] => {
      const spec = templateOf(snapshot.head(ref))?.spec;
      return spec === undefined ? [] : [{ ref, spec, pods: [] }];
    });
  return [...ofPods, ...ofTemplates];
}

/** Containers whose ports a Service can name: the ordinary ones and sidecars (`podutil.FindPort`). */
const serving = ({ containers = [], initContainers = [] }: PodSpec): readonly Container[] => [
  ...containers,
  ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
];

export interface ContainerPort {
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: string;
}

/** The ports that the containers of a pod declare. */
export const declaredPorts = (spec: PodSpec): readonly ContainerPort[] =>
  serving(spec).flatMap(({ ports = [] }) =>
    ports.flatMap(({ name, containerPort, protocol = 'TCP' }) =>
      containerPort === undefined ? [] : [{ name, port: containerPort, protocol }],
    ),
  );

/** The ports that readiness, liveness and startup probes ask. */
export function probedPorts(spec: PodSpec): readonly number[] {
  const ports = serving(spec).flatMap((container) =>
    [container.readinessProbe, container.livenessProbe, container.startupProbe].flatMap((probe) =>
      probe === undefined ? [] : (numberOf(probe, container) ?? []),
    ),
  );
  return [...new Set(ports)];
}

function numberOf({ httpGet, tcpSocket, grpc }: Probe, { ports = [] }: Container): number | undefined {
  const port: unknown = httpGet?.port ?? tcpSocket?.port ?? grpc?.port;
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name !== undefined && name === port)?.containerPort ?? (Number(port) || undefined);
}

/** The ports that the pods said in their logs they listen on, with the line. */
export const announcedPorts = (snapshot: Snapshot, { pods, spec }: Backend) =>
  pods.flatMap((pod) =>
    serving(spec).flatMap(({ name = '' }) => {
      const log = snapshot.log(refOf(pod), name, false);
      return log === undefined ? [] : listeningIn(log).map((socket) => ({ ...socket, pod: refOf(pod) }));
    }),
  );
