import { nearest } from '../../../platform/nearest.ts';
import { aliasedService } from '../../external-names.ts';
import { type Pod, refOf, type Service } from '../../objects.ts';
import { isFinished, isReady, isTerminating, podStatusText } from '../../pods.ts';
import { selectedPods, selectedWorkloads, slicesOf } from '../../routes.ts';
import { declaredPorts } from '../../service-ports.ts';
import type { Snapshot } from '../../snapshot.ts';
import { type Endpoint, endpointOfAddress, endpointOfPod, endpointOfTemplate } from '../endpoints.ts';
import { brokenHop, type Hop, okHop, unknownHop } from './hops.ts';

/** Where a connection to a port of a Service ends. */
export interface Arrival {
  readonly endpoint: Endpoint;
  readonly port: number | undefined;
  readonly protocol: string;
}

export interface ServiceWay {
  readonly hops: readonly Hop[];
  readonly arrivals: readonly Arrival[];
}

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

/** From a port of a Service to the pods that serve it. `wanted` is a number or a name; absent: its only port. */
export function serviceWay(snapshot: Snapshot, service: Service, wanted: string | number | undefined): ServiceWay {
  const ref = refOf(service);
  if (service.spec?.type === 'ExternalName') return aliasWay(snapshot, service, wanted);
  const asked = askedPort(service, wanted);
  if ('hop' in asked) return { hops: [asked], arrivals: [] };
  const pods = selectedPods(snapshot, service).filter((pod) => !isFinished(pod) && !isTerminating(pod));
  const target = targetOf(snapshot, service, asked.port, pods);
  const selector = selectorHop(snapshot, service, pods);
  const hops = [
    okHop('port', ref, portText(service, asked.port)),
    ...selector,
    endpointsHop(snapshot, service, pods),
    ...(pods.length === 0 && selector.length > 0
      ? []
      : targetHop(service, { ...target, protocol: asked.port.protocol ?? 'TCP' }, pods)),
  ];
  // Endpoints of a Service without a selector are written by hand: they may be anything.
  const addresses = slicesOf(snapshot, service)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(() => selector.length === 0)
    .flatMap((each) => each.addresses ?? []);
  const { protocol = 'TCP' } = asked.port;
  // Of many pods only rows are read; their templates have the same labels and ports.
  const templates = pods.length > 0 ? [] : selectedWorkloads(snapshot, service);
  const endpoints = [
    ...pods.map((pod) => endpointOfPod(snapshot, pod)),
    ...templates.map((workload) => endpointOfTemplate(snapshot, workload)),
    ...addresses.map(endpointOfAddress),
  ];
  return { hops, arrivals: endpoints.map((endpoint) => ({ endpoint, port: target.numbers[0], protocol })) };
}

/** On to the Service that one is another name of; a name of a name is not followed. */
function aliasWay(snapshot: Snapshot, service: Service, wanted: string | number | undefined): ServiceWay {
  const ref = refOf(service);
  const alias = aliasedService(service);
  const says = `is another name of ${service.spec?.externalName ?? 'nothing'}`;
  const target: Service | undefined = alias && snapshot.find('Service', alias.namespace, alias.name);
  if (target !== undefined && target.spec?.type !== 'ExternalName') {
    const { hops, arrivals } = serviceWay(snapshot, target, wanted);
    return { hops: [okHop('backend', ref, says), ...hops], arrivals };
  }
  const isAbsent = alias !== undefined && snapshot.presence('Service', alias.namespace, alias.name) === 'absent';
  const hop = isAbsent
    ? brokenHop('backend', ref, {
        text: `${says}, and there is no Service/${alias.name} in namespace ${alias.namespace}`,
        fix: `correct spec.externalName of Service/${ref.name}, or create Service/${alias.name} in namespace ${alias.namespace}`,
      })
    : unknownHop('backend', ref, `${says}: what is behind it is not seen`);
  return { hops: [hop], arrivals: [] };
}

const isHeadless = ({ spec }: Service): boolean => spec?.clusterIP === 'None';

/** The port that is asked for, or the hop at which the way ends. A headless Service has no ports of its own. */
function askedPort(service: Service, wanted: string | number | undefined): { readonly port: ServicePort } | Hop {
  const ports = service.spec?.ports ?? [];
  const ref = refOf(service);
  const number = /^\d+$/.test(String(wanted)) ? Number(wanted) : undefined;
  const found =
    wanted === undefined ? ports[0] : ports.find(({ name, port }) => port === number || (name ?? '') === wanted);
  if (found !== undefined) return { port: found };
  if (isHeadless(service) && number !== undefined) return { port: { port: number } };
  const listed = ports.map(({ name, port }) => (name === undefined ? String(port) : `${name} (${port})`)).join(', ');
  if (wanted === undefined) return unknownHop('port', ref, 'names no port');
  return brokenHop('port', ref, {
    text: `has no port ${wanted}${listed === '' ? '' : `, only ${listed}`}`,
    fix:
      ports[0] === undefined ? `add port ${wanted} to the Service` : `ask for port ${ports[0].port}, or add ${wanted}`,
  });
}

function portText(service: Service, { port, targetPort, protocol = 'TCP' }: ServicePort): string {
  if (isHeadless(service)) return `is headless: clients connect to the pods themselves, on ${protocol} ${port}`;
  return `takes ${protocol} ${port} and sends it to container port ${String(targetPort ?? port)}`;
}

function selectorHop(snapshot: Snapshot, service: Service, pods: readonly Pod[]): readonly Hop[] {
  const selector = Object.entries(service.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (selector.length === 0) return [];
  const ref = refOf(service);
  const text = selector.join(',');
  if (pods.length > 0)
    return [okHop('selector', ref, `selects ${text}: ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'}`)];
  if (!wereRead(snapshot, 'Pod', service))
    return [unknownHop('selector', ref, `selects ${text}; the pods were not read`)];
  return [
    brokenHop('selector', ref, {
      text: `selects ${text}, and no pod has these labels`,
      fix: 'correct spec.selector or the labels of the pod template, or scale the workload up',
    }),
  ];
}

function endpointsHop(snapshot: Snapshot, service: Service, pods: readonly Pod[]): Hop {
  const ref = refOf(service);
  const all = slicesOf(snapshot, service).flatMap(({ endpoints }) => endpoints ?? []);
  const ready = all.filter(({ conditions, addresses }) => conditions?.ready !== false && (addresses ?? []).length > 0);
  if (ready.length > 0) return okHop('endpoints', ref, `has ${ready.length} of ${all.length} endpoints ready`);
  if (all.length === 0 && !wereRead(snapshot, 'EndpointSlice', service))
    return unknownHop('endpoints', ref, 'has endpoints that were not read');
  if (all.length === 0 && Object.keys(service.spec?.selector ?? {}).length === 0) {
    return brokenHop('endpoints', ref, {
      text: 'has no selector, and nobody has given it endpoints',
      fix: `set spec.selector of Service/${ref.name}, or write an EndpointSlice for it`,
    });
  }
  const statuses = [...new Set(pods.filter((pod) => !isReady(pod)).map(podStatusText))].join(', ');
  return brokenHop('endpoints', ref, {
    text: `has no ready endpoint${pods.length === 0 ? '' : `: of ${pods.length} pods none is ready (${statuses || 'not in an EndpointSlice yet'})`}`,
    fix: `diagnose service/${ref.name} in namespace ${ref.namespace}`,
  });
}

/** What a target port comes to on the pods. */
interface PortTarget {
  readonly wanted: string | number | undefined;
  /** The numbers on the pods, in the order of what most of them have. */
  readonly numbers: readonly number[];
}

function targetOf(snapshot: Snapshot, service: Service, asked: ServicePort, pods: readonly Pod[]): PortTarget {
  if (isHeadless(service)) return { wanted: asked.port, numbers: asked.port === undefined ? [] : [asked.port] };
  const target: unknown = asked.targetPort ?? asked.port;
  const wanted = typeof target === 'number' || typeof target === 'string' ? target : undefined;
  if (typeof wanted === 'number' || /^\d+$/.test(wanted ?? '')) return { wanted, numbers: [Number(wanted)] };
  const { protocol = 'TCP' } = asked;
  const named = pods
    .flatMap(({ spec }) => (spec === undefined ? [] : declaredPorts(spec)))
    .filter((port) => port.name === wanted && port.protocol === protocol);
  const sliced = slicesOf(snapshot, service)
    .flatMap(({ ports }) => ports ?? [])
    .filter(({ name }) => (name ?? '') === (asked.name ?? ''));
  return { wanted, numbers: [...named, ...sliced].flatMap(({ port }) => port ?? []) };
}

function targetHop(
  service: Service,
  { wanted, numbers, protocol }: PortTarget & { readonly protocol: string },
  pods: readonly Pod[],
): readonly Hop[] {
  const ref = refOf(service);
  const declared = pods.flatMap(({ spec }) => (spec === undefined ? [] : declaredPorts(spec)));
  const names = [...new Set(declared.flatMap(({ name }) => name ?? []))];
  const list = [...new Set(declared.map(({ name, port }) => (name === undefined ? `${port}` : `${name} (${port})`)))];
  if (typeof wanted === 'string' && !/^\d+$/.test(wanted)) {
    if (numbers.length > 0) return [okHop('target-port', ref, `finds the container port ${wanted}: ${numbers[0]}`)];
    if (pods.length === 0) return [];
    return [
      brokenHop('target-port', ref, {
        text: `sends to the container port named ${wanted}, which no container has (they have ${list.join(', ') || 'none'})`,
        fix: `set targetPort to ${nearest(wanted, names, 1)[0] ?? list[0] ?? 'the number of the port'}`,
      }),
    ];
  }
  const [number] = numbers;
  if (pods.length === 0 || number === undefined) return [];
  const same = declared.filter(({ port }) => port === number);
  if (same.length > 0 && same.every((each) => each.protocol !== protocol)) {
    const other = `which the containers declare for ${same[0]?.protocol} only`;
    return [unknownHop('target-port', ref, `sends ${protocol} to container port ${number}, ${other}`)];
  }
  if (same.length > 0) return [okHop('target-port', ref, `finds container port ${number} declared`)];
  const text = `sends to container port ${number}, which no container declares${list.length === 0 ? '' : ` (they declare ${list.join(', ')})`}; whether anything listens there is not known`;
  return [unknownHop('target-port', ref, text)];
}

/** Whether what belongs to a Service was read: all of its namespace, or what its labels select. */
function wereRead(snapshot: Snapshot, kind: 'Pod' | 'EndpointSlice', { metadata: { namespace } }: Service): boolean {
  return snapshot.data.reads.some(
    ({ read, outcome }) =>
      read.verb === 'list' &&
      read.kind === kind &&
      read.as === 'full' &&
      (read.namespace === namespace || read.namespace === undefined) &&
      (outcome === 'ok' || outcome === 'absent'),
  );
}
