import { failedCalls } from '../../../network/calls.ts';
import { keyOf, nameOf, refOf, type Service } from '../../../objects.ts';
import { type Backend, backendsOf, declaredPorts, probedPorts } from '../../../service-ports.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const svcProtocolMismatch = defineRule({
  id: 'svc-protocol-mismatch',
  title: 'A Service forwards another protocol than its pods speak',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'The Service has endpoints and its pods are ready, but connections to it go nowhere: UDP is not TCP.',
  detection:
    'spec.ports[].protocol of the Service is not that of the container port that its targetPort means, by name or by ' +
    'number, in any pod behind it, and no other port of the Service leads there. Of a number declared ports are no ' +
    'proof: a probe over TCP, a port that is used for HTTP, or a client that was refused must speak for it.',
  remedies: ['Set the protocol of the Service port to that of the container.'],
  avoid: ['looking for the fault in the pods: they are ready'],

  check: (snapshot) =>
    snapshot
      .all('Service')
      .filter(({ spec }) => spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0)
      .flatMap((service) => findingsOf(snapshot, service)),
});

interface ServicePort {
  readonly port: number;
  readonly target: string | number;
  readonly protocol: string;
}

const portsOf = ({ spec }: Service): readonly ServicePort[] =>
  (spec?.ports ?? []).flatMap(({ port, targetPort, protocol = 'TCP' }) => {
    const target: unknown = targetPort ?? port;
    if (port === undefined || (typeof target !== 'string' && typeof target !== 'number')) return [];
    return [{ port, protocol, target: /^\d+$/.test(String(target)) ? Number(target) : target }];
  });

function findingsOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const ports = portsOf(service);
  // What speaks both has a port each.
  const alone = ports.filter(({ target }, index) =>
    ports.every((other, at) => at === index || other.target !== target),
  );
  const backends = alone.length === 0 ? [] : backendsOf(snapshot, service);
  return alone.flatMap((port) => findingOf(snapshot, service, port, backends));
}

function findingOf(
  snapshot: Snapshot,
  service: Service,
  { port, target, protocol }: ServicePort,
  backends: readonly Backend[],
): readonly Finding[] {
  const meant = backends.map(({ spec }) =>
    declaredPorts(spec).filter((each) => each.port === target || each.name === target),
  );
  const [spoken] = meant[0] ?? [];
  if (spoken === undefined || meant.some((each) => each.length === 0)) return [];
  if (meant.flat().some((each) => each.protocol === protocol)) return [];
  const isProven = typeof target === 'string' || isSpoken(snapshot, service, target, { protocol, backends });
  if (!isProven) return [];
  const subject = refOf(service);
  const index = portsOf(service).findIndex((each) => each.port === port && each.protocol === protocol);
  const owners = backends.slice(0, 3).map(({ ref }) => nameOf(ref));
  const { namespace, name } = service.metadata;
  const patch = JSON.stringify([{ op: 'replace', path: `/spec/ports/${index}/protocol`, value: spoken.protocol }]);
  return [
    {
      subject,
      problem: `forwards port ${port} as ${protocol}, but ${owners.join(' and ')} speaks ${spoken.protocol} on ${spoken.port}`,
      certainty: typeof target === 'string' ? 'declared' : 'recomputed',
      evidence: [
        { object: subject, source: 'spec', text: `spec.ports[${index}].protocol is ${protocol}` },
        ...backends.slice(0, 1).map(({ ref }) => ({
          object: ref,
          source: 'spec' as const,
          text: `container port ${spoken.port} is ${spoken.protocol}`,
        })),
      ],
      fixes: [
        {
          advice: `kubectl patch service ${name} -n ${namespace} --type=json -p '${patch}'`,
          reason: `that is what the containers speak`,
        },
      ],
    },
  ];
}

/** Ports of HTTP by convention; HTTP/3 comes beside HTTP over TCP, never alone. */
const httpPorts: ReadonlySet<number> = new Set([80, 443, 8000, 8080, 8443]);

interface Doubted {
  readonly protocol: string;
  readonly backends: readonly Backend[];
}

/** Whether something other than the declared port says that pods speak TCP there: a probe, HTTP, or a client. */
function isSpoken(snapshot: Snapshot, service: Service, target: number, { protocol, backends }: Doubted): boolean {
  const isRefused = failedCalls(snapshot).some(
    ({ dependency }) => dependency.service !== undefined && keyOf(dependency.service) === keyOf(refOf(service)),
  );
  if (protocol === 'TCP' || isRefused) return isRefused;
  return httpPorts.has(target) || backends.every(({ spec }) => probedPorts(spec).includes(target));
}
