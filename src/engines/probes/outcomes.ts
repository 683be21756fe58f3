import type { Container, Probe } from '../objects.ts';

/** How a probe failed. */
export const probeOutcomes = [
  /** HTTP 4xx or a redirect without end: the server works and does not know what is asked. */
  'rejected',
  /** HTTP 5xx, NOT_SERVING, a command that exits non-zero: the app says that it is not ready. */
  'unready',
  /** Nothing listens on the port. */
  'refused',
  'timeout',
  /** TLS against plain text or the other way round, or no HTTP at all. */
  'wrong-protocol',
  'no-grpc-health',
  'no-such-command',
  /** The program of the command does not know an option that it is given. */
  'wrong-usage',
  /** The probe names a port that the container does not declare. */
  'no-such-port',
  /** The probe names a host, so the kubelet asks that one and not the pod. */
  'other-host',
] as const;
export type ProbeOutcome = (typeof probeOutcomes)[number];

/** Numbers of HTTP that say "not now" rather than "no such thing". */
const notNow = new Set([408, 425, 429]);

/** What the kubelet's message about a failed probe means (kubelet `prober`, texts of v1.34–v1.36); `undefined` when it is not known. */
export function probeOutcome(message: string, probe: Probe): ProbeOutcome | undefined {
  const text = probeOutput(message);
  const code = Number(/\bstatuscode: (\d{3})\b/i.exec(text)?.[1] ?? 0);
  if (code > 0) return code < 500 && !notNow.has(code) ? 'rejected' : 'unready';
  if (probe.exec !== undefined && misused.test(text)) return 'wrong-usage';
  return texts.find(([pattern]) => pattern.test(text))?.[1] ?? (probe.exec === undefined ? undefined : 'unready');
}

const texts: readonly (readonly [RegExp, ProbeOutcome])[] = [
  [/stopped after \d+ redirects/i, 'rejected'],
  [/does not implement the grpc health protocol|unknown service grpc\.health/i, 'no-grpc-health'],
  [/NOT_SERVING|service unhealthy|SERVICE_UNKNOWN/i, 'unready'],
  [/OCI runtime exec failed|executable file not found|unable to start container process/i, 'no-such-command'],
  [/parsing "[^"]*": invalid syntax|couldn't find port|invalid port/i, 'no-such-port'],
  [/HTTP response to HTTPS client|does not look like a TLS handshake|malformed HTTP/i, 'wrong-protocol'],
  // A gRPC client waits for the port until its time is over, whatever is wrong with it.
  [/connection refused|failed to connect service/i, 'refused'],
  [/deadline exceeded|Client\.Timeout|i\/o timeout|timed out|no route to host/i, 'timeout'],
  [/\bEOF\b|connection reset/i, 'unready'],
];

/** What programs say of an option or a subcommand that they do not have. */
const misused =
  /\b(?:invalid|illegal|unrecognized|unknown) option\b|\bunknown (?:shorthand )?flag\b|\bunknown command "|\bflag provided but not defined\b|\bunrecognized arguments?: /i;

/** The probe's own words, without the kubelet's prefix. */
export const probeOutput = (message: string): string =>
  message
    .replace(/^\(combined from similar events\): /, '')
    .replace(/^\w+ probe (?:failed|errored and resulted in \w+ state|errored|warning): /i, '')
    .trim();

const maximumCommand = 60;

/** What a probe asks: `GET /ready on port 8080`, `TCP port 5432`, `gRPC port 9000`, `command "cat /tmp/ready"`. */
export function describeProbe(probe: Probe, container: Container): string {
  const { httpGet, tcpSocket, grpc, exec } = probe;
  if (httpGet !== undefined) {
    const scheme = httpGet.scheme === 'HTTPS' ? 'HTTPS ' : '';
    return `${scheme}GET ${httpGet.path || '/'} on port ${portText(httpGet.port, container)}`;
  }
  if (tcpSocket !== undefined) return `TCP port ${portText(tcpSocket.port, container)}`;
  if (grpc !== undefined) return `gRPC port ${grpc.port}`;
  const command = (exec?.command ?? []).join(' ');
  return `command "${command.length > maximumCommand ? `${command.slice(0, maximumCommand)}…` : command}"`;
}

function portText(port: string | number | undefined, container: Container): string {
  const number = portNumber(port, container);
  return typeof port === 'string' && number !== undefined && String(number) !== port
    ? `${port} (${number})`
    : String(port ?? '(none)');
}

/** The number behind a probe's port; `undefined` when it is a name that the container does not declare. */
export function portNumber(port: unknown, container: Container): number | undefined {
  if (typeof port === 'number') return port;
  if (typeof port === 'string' && /^\d+$/.test(port)) return Number(port);
  return container.ports?.find(({ name }) => name !== undefined && name === port)?.containerPort;
}

/** The port that a probe asks; `undefined` for commands and for names that the container does not declare. */
export const probePort = ({ httpGet, tcpSocket, grpc }: Probe, container: Container): number | undefined =>
  grpc?.port ?? portNumber(httpGet?.port ?? tcpSocket?.port, container);
