import { configuredTexts } from '../configured.ts';
import { serviceOfHost } from '../hosts.ts';
import { keyOf, refOf, type Service } from '../objects.ts';
import { containersOf } from '../pods.ts';
import { slicesOf } from '../routes.ts';
import type { Snapshot } from '../snapshot.ts';
import type { FailedCall } from './calls.ts';

/** A port of a headless Service that a client asked its pods for, though they listen on another one. */
export interface UntranslatedPort {
  readonly asked: number;
  /** The port of the endpoints behind it. */
  readonly listening: number;
  /** `targetPort` as it is written: `http`, `8000`. */
  readonly target: string;
  /** Where the client is told the address, when one setting says so. */
  readonly field: string | undefined;
}

/**
 * A headless Service is only a name for the addresses of its pods: no `port` is turned into a `targetPort` on the way
 * there. `undefined` when the Service has a cluster IP, when its port and the endpoints' are one, or when the call does
 * not tell which port it was.
 */
export function untranslatedPort(snapshot: Snapshot, service: Service, call: FailedCall): UntranslatedPort | undefined {
  const { clusterIP, type, ports = [] } = service.spec ?? {};
  if (clusterIP !== 'None' || type === 'ExternalName') return undefined;
  const { asked, field } = askedPort(snapshot, service, call) ?? {};
  const port = ports.find((each) => each.port === asked && (each.protocol ?? 'TCP') === 'TCP');
  if (asked === undefined || port?.targetPort === undefined) return undefined;
  const behind = new Set(
    slicesOf(snapshot, service).flatMap((slice) =>
      (slice.ports ?? []).flatMap((each) => ((each.name ?? '') === (port.name ?? '') ? (each.port ?? []) : [])),
    ),
  );
  const [listening, ...others] = behind;
  if (listening === undefined || others.length > 0 || listening === asked) return undefined;
  return { asked, listening, target: String(port.targetPort), field };
}

const usualPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** `http://db/items`: its port is the one of the scheme. */
const portless = /\b(https?):\/\/(?:[^\s/@]{0,200}@)?([a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)(?=[/?#\s'",;)]|$)/gi;

/** The port that was said, else the one that the URLs mean by which the container is told the Service. */
function askedPort(
  snapshot: Snapshot,
  service: Service,
  { pod, container: name, dependency: { port, field } }: FailedCall,
): Pick<UntranslatedPort, 'asked' | 'field'> | undefined {
  if (port !== undefined) return { asked: port, field };
  const container = containersOf(pod).find((each) => each.name === name);
  if (container === undefined) return undefined;
  const { env = [], command = [], args = [] } = container.spec;
  const texts = [
    ...env.map(({ name: variable, value = '' }) => ({ field: `env[${variable}]`, text: value })),
    ...command.map((text) => ({ field: 'command', text })),
    ...args.map((text) => ({ field: 'args', text })),
    ...configuredTexts(snapshot, { pod, container }),
  ];
  const found = texts.flatMap(({ field: where, text }) =>
    [...text.matchAll(portless)].flatMap(([, scheme = '', named = '']) => {
      const asked = usualPorts[scheme.toLowerCase()];
      const meant = serviceOfHost(snapshot, named, pod.metadata.namespace)?.ref;
      return asked === undefined || meant === undefined || keyOf(meant) !== keyOf(refOf(service))
        ? []
        : [{ asked, field: where }];
    }),
  );
  const [first] = found;
  return new Set(found.map(({ asked }) => asked)).size === 1 ? first : undefined;
}
