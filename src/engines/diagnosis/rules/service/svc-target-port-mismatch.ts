import { nearest } from '../../../../platform/nearest.ts';
import { isAskedAbout } from '../../../asked-about.ts';
import { maskIds } from '../../../logs/masking.ts';
import { type FailedCall, failedCalls, isUnhindered } from '../../../network/calls.ts';
import { keyOf, nameOf, refOf, type Service } from '../../../objects.ts';
import { isReady } from '../../../pods.ts';
import {
  announcedPorts,
  type Backend,
  backendsOf,
  type ContainerPort,
  declaredPorts,
  probedPorts,
} from '../../../service-ports.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const svcTargetPortMismatch = defineRule({
  id: 'svc-target-port-mismatch',
  title: 'A Service sends traffic to a port where nothing listens',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'The pods are ready and the Service has endpoints, but connections are refused: they go to the wrong port.',
  detection:
    'A named targetPort that no container of the selected pods declares resolves to nothing, which is certain. A ' +
    'number is judged only when the containers declare other ports, and a probe that succeeds, a log line, or a client ' +
    'that is refused by ready pods shows that another port is the one in use, because declared ports are informational; of a Service that is asked about ' +
    'the only declared port is a hint.',
  remedies: ["Set targetPort to the container's port, by name or number."],
  avoid: ['taking declared container ports alone as proof: a container may listen on ports that it does not declare'],

  check: (snapshot) =>
    snapshot
      .all('Service')
      .filter(({ spec }) => spec?.type !== 'ExternalName' && spec?.clusterIP !== 'None')
      .filter(({ spec }) => Object.keys(spec?.selector ?? {}).length > 0)
      .flatMap((service) => findingsOf(snapshot, service)),
});

interface ServicePort {
  readonly index: number;
  readonly port: number;
  readonly target: string | number;
  readonly protocol: string;
}

const portsOf = ({ spec }: Service): readonly ServicePort[] =>
  (spec?.ports ?? []).flatMap(({ port, targetPort, protocol = 'TCP' }, index) => {
    const target: unknown = targetPort ?? port;
    if (port === undefined || (typeof target !== 'string' && typeof target !== 'number')) return [];
    return [{ index, port, protocol, target: /^\d+$/.test(String(target)) ? Number(target) : target }];
  });

function findingsOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const backends = backendsOf(snapshot, service);
  if (backends.length === 0) return [];
  return portsOf(service).flatMap((port) =>
    typeof port.target === 'string'
      ? namedFinding(service, port, port.target, backends)
      : numberedFinding(snapshot, service, { ...port, target: port.target }, backends),
  );
}

function namedFinding(
  service: Service,
  { index, port, protocol }: ServicePort,
  target: string,
  backends: readonly Backend[],
): readonly Finding[] {
  const ports = backends.flatMap(({ spec }) => declaredPorts(spec));
  // A port of that name that speaks another protocol is another finding.
  if (ports.some((each) => each.name === target)) return [];
  const named = ports.filter((each) => each.protocol === protocol);
  const subject = refOf(service);
  const better = portMeant(service, index, target, named);
  return [
    {
      subject,
      problem: `sends port ${port} to the container port named "${target}", which no container of ${backendNames(backends)} has${portHint(named)}`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `spec.ports[${index}].targetPort is "${target}"` },
        ...backends.slice(0, 3).map(
          ({ ref, spec }): Evidence => ({
            object: ref,
            source: 'spec',
            text: `container ports: ${portList(declaredPorts(spec))}`,
          }),
        ),
      ],
      since: undefined,
      fixes: [
        ...(better === undefined ? [] : [patchFix(service, index, better)]),
        {
          advice: `name the container's port "${target}" in the pod template of ${backendNames(backends)}`,
          reason: 'the Service then finds it',
        },
      ],
    },
  ];
}

/** The port that a name may have meant: never one to which another port of the Service leads already. */
function portMeant(
  service: Service,
  index: number,
  target: string,
  ports: readonly ContainerPort[],
): string | number | undefined {
  const taken = new Set(portsOf(service).flatMap((other) => (other.index === index ? [] : [other.target])));
  const free = ports.filter(({ name, port }) => !taken.has(port) && (name === undefined || !taken.has(name)));
  const names = free.flatMap(({ name }) => name ?? []);
  return nearest(target, names, 1)[0] ?? names[0] ?? free[0]?.port;
}

function numberedFinding(
  snapshot: Snapshot,
  service: Service,
  { index, port, target, protocol }: ServicePort & { readonly target: number },
  backends: readonly Backend[],
): readonly Finding[] {
  const verdicts = backends.map((backend) => inUse(snapshot, service, backend, { target, protocol }));
  const [first] = verdicts;
  if (first === undefined || verdicts.some((verdict) => verdict === undefined)) return [];
  const subject = refOf(service);
  return [
    {
      subject,
      problem: `sends port ${port} to container port ${target}, but ${backendNames(backends)} ${first.certainty === 'correlated' ? 'declares only' : 'listens on'} ${first.port}`,
      certainty: first.certainty,
      evidence: [
        { object: subject, source: 'spec', text: `spec.ports[${index}].targetPort is ${target}` },
        ...first.evidence,
      ],
      fixes: [patchFix(service, index, first.port)],
      missingEvidence: ['whether anything listens on the port (a connection from inside the pod)'],
      nextCheck: `kubectl get endpointslices -n ${service.metadata.namespace} -l kubernetes.io/service-name=${service.metadata.name}`,
    },
  ];
}

interface InUse {
  readonly port: number;
  readonly certainty: 'message' | 'inferred' | 'correlated';
  readonly evidence: readonly Evidence[];
}

/** The port that a backend uses instead of the target; `undefined` when nothing speaks against the target. */
function inUse(
  snapshot: Snapshot,
  service: Service,
  backend: Backend,
  { target, protocol }: { readonly target: number; readonly protocol: string },
): InUse | undefined {
  const declared = declaredPorts(backend.spec);
  if (protocol !== 'TCP' || declared.some(({ port }) => port === target)) return undefined;
  const announced = announcedPorts(snapshot, backend);
  const probed = probedPorts(backend.spec);
  if (probed.includes(target) || announced.some(({ port }) => port === target)) return undefined;
  const declaration: Evidence = { object: backend.ref, source: 'spec', text: `container ports: ${portList(declared)}` };
  const heard = announced.find(({ loopback }) => !loopback);
  if (heard !== undefined) {
    const evidence: Evidence = { object: heard.pod, source: 'log', text: heard.text, at: heard.at };
    return { port: heard.port, certainty: 'message', evidence: [declaration, evidence] };
  }
  const answering = declared.find(({ port }) => probed.includes(port));
  if (!backend.pods.some(isReady)) return undefined;
  if (answering === undefined) {
    const [only, ...others] =
      declared.length > 0 ? declared.filter((each) => each.protocol === 'TCP') : probed.map(portOnly);
    if (only === undefined || others.length > 0) return undefined;
    return (
      refused(snapshot, service, declaration, only) ??
      // Whoever asks about the Service has a reason to, and a declaration is then worth a look.
      (isAskedAbout(snapshot, refOf(service)) && declared.length > 0
        ? { port: only.port, certainty: 'correlated', evidence: [declaration] }
        : undefined)
    );
  }
  const evidence: Evidence = {
    object: backend.ref,
    source: 'spec',
    text: `its probe asks port ${answering.port}, and the pods are ready`,
  };
  return { port: answering.port, certainty: 'inferred', evidence: [declaration, evidence] };
}

const portOnly = (port: number): ContainerPort => ({ name: undefined, port, protocol: 'TCP' });

/** The only port that is declared, or else probed, when a client was refused although the Service has endpoints. */
function refused(snapshot: Snapshot, service: Service, declaration: Evidence, only: ContainerPort): InUse | undefined {
  const client = failedCalls(snapshot).find(
    (call) =>
      call.words !== undefined &&
      isTurnedAway(snapshot, call) &&
      call.dependency.service !== undefined &&
      keyOf(call.dependency.service) === keyOf(refOf(service)) &&
      (call.dependency.endpoints ?? 0) > 0,
  );
  if (client?.words === undefined) return undefined;
  const { text, at } = client.words;
  const evidence: Evidence = { object: refOf(client.pod), source: 'log', text: maskIds(text), at };
  return { port: only.port, certainty: 'inferred', evidence: [declaration, evidence] };
}

/** Some clients do not say why they got no connection; one that got no answer in time had to do with something else. */
const isTurnedAway = (snapshot: Snapshot, call: FailedCall): boolean =>
  call.dependency.failure === 'refused' || (call.dependency.failure === 'unreached' && isUnhindered(snapshot, call));

const backendNames = (backends: readonly Backend[]): string =>
  backends
    .slice(0, 3)
    .map(({ ref }) => nameOf(ref))
    .join(' and ');

const portText = ({ name, port }: ContainerPort): string => (name === undefined ? String(port) : `${name} (${port})`);
const portList = (ports: readonly ContainerPort[]): string =>
  ports.length === 0 ? 'none declared' : ports.slice(0, 5).map(portText).join(', ');
const portHint = (ports: readonly ContainerPort[]): string =>
  ports.length === 0 ? '' : ` (it has ${portList(ports)})`;

function patchFix(service: Service, index: number, value: string | number) {
  const { namespace, name } = service.metadata;
  const patch = JSON.stringify([{ op: 'replace', path: `/spec/ports/${index}/targetPort`, value }]);
  return {
    advice: `kubectl patch service ${name} -n ${namespace} --type=json -p '${patch}'`,
    reason: `${typeof value === 'number' ? `port ${value}` : `the port named ${value}`} is the one that the containers have`,
  };
}
