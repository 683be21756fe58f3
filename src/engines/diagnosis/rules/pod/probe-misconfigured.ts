import { entriesOf } from '../../../logs/entries.ts';
import { tellingOf } from '../../../logs/telling.ts';
import type { Probe } from '../../../objects.ts';
import { describeProbe, type ProbeOutcome } from '../../../probes/outcomes.ts';
import { type ProbeFailure, probeFailuresBy } from '../../../probes/probes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { quoteOf } from '../../crash-finding.ts';
import { maskedOutput, probeClause, probeFinding, statusCodeIn } from '../../probe-finding.ts';
import { defineRule, type Fix } from '../../rule.ts';

export const probeMisconfigured = defineRule({
  id: 'probe-misconfigured',
  title: 'A probe asks for something that the app does not have',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The app answers, but not to what the probe asks: its path, scheme, protocol, port name or command is wrong.',
  detection:
    'Since the container started its probe gets HTTP 4xx or a redirect without end, an answer in another protocol, no gRPC ' +
    'health service, or its command does not exist or is not understood; or it names a port that the container does not declare (recomputed). ' +
    'A readiness probe must fail for 30 s and for its own budget. Other probes of the container that succeed are named.',
  remedies: ['Correct the probe.', 'Roll back when the probe came with the last rollout.'],
  avoid: ['loosening it to a TCP probe, or removing it, to make it green'],

  check: (snapshot) =>
    probeFailuresBy(snapshot, 'probe-misconfigured').map((failure) => {
      const base = probeFinding(snapshot, failure);
      const sibling = succeedingProbe(snapshot, failure);
      const host = refusalIn(failure, hostWords);
      const scheme = refusalIn(failure, schemeWords);
      const refusal = scheme ?? host;
      const wrong = fixOf(scheme === undefined ? failure : { ...failure, outcome: 'wrong-protocol' }, sibling);
      return {
        ...base,
        problem: `${probeClause(failure)} ${whatIsWrong(failure)}${scheme === undefined ? '' : ', for it speaks HTTPS there'}${sibling === undefined ? '' : ` (its ${sibling} succeeds)`}${refusal === undefined ? '' : `; its log says ${refusal.telling.essence}`}`,
        evidence: [...base.evidence, ...(refusal === undefined ? [] : [refusal.quote])],
        certainty: failure.outcome === 'no-such-port' ? ('recomputed' as const) : ('message' as const),
        fixes: host === undefined || scheme !== undefined ? [wrong] : [hostFix(failure), wrong],
      };
    }),
});

/** What the app says of a request that it refuses for such a reason, whatever level it gives that. */
function refusalIn({ outcome, log, probe }: ProbeFailure, words: RegExp) {
  if (outcome !== 'rejected' || log === undefined || probe.httpGet === undefined) return undefined;
  const entry = entriesOf(log).findLast(({ message }) => words.test(message));
  return entry && { telling: tellingOf(entry), quote: quoteOf(log, { entry }) };
}

/** What servers say of plain HTTP on a port for HTTPS (Go, nginx, Jetty and Netty, OpenSSL). */
const schemeWords =
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS|not an SSL\/TLS record|Unsupported or unrecognized SSL message|SSL routines[^\n]{0,60}:http request\b/i;

/** What frameworks say of a request whose Host header they do not accept: the kubelet sends the address of the pod. */
const hostWords =
  /\bALLOWED_HOSTS\b|HTTP_HOST|Host header|DisallowedHost|Blocked hosts?\b|trusted[ _]host|host .{0,40}not allowed/i;

const hostFix = ({ container, kind }: ProbeFailure): Fix => ({
  advice: `set httpGet.httpHeaders of the ${kind}Probe of container ${container.name} to a Host that the app accepts, or let the app accept the address of the pod`,
  reason: 'the kubelet asks by the address of the pod',
});

function whatIsWrong(failure: ProbeFailure): string {
  const code = statusCodeIn(failure.event?.message);
  const words: Readonly<Partial<Record<ProbeOutcome, string>>> = {
    rejected: code === undefined ? 'is redirected without end' : `is answered with status ${code}`,
    'wrong-protocol':
      failure.probe.httpGet?.scheme === 'HTTPS'
        ? 'is answered in plain HTTP, not HTTPS'
        : 'is answered in another protocol than plain HTTP',
    'no-grpc-health': 'finds a gRPC server without the health service',
    'no-such-command': `cannot be run: ${isOneLine(failure.probe) ? 'all of it is the name of one program, for no shell takes it apart' : 'the container has no such program'}`,
    'wrong-usage': `is a command that its program does not understand: ${maskedOutput(failure)}`,
    'no-such-port': `names a port that the container does not declare${declaredPorts(failure)}`,
    'other-host': `is sent to ${hostOf(failure.probe)} (its host), not to the pod, and nobody answers there`,
  };
  return (failure.outcome && words[failure.outcome]) ?? maskedOutput(failure);
}

/** Whether a whole command line stands where the name of the program belongs. */
const isOneLine = ({ exec }: Probe): boolean => exec?.command?.length === 1 && /\S\s+\S/.test(exec.command[0] ?? '');

const hostOf = ({ httpGet, tcpSocket }: Probe): string => httpGet?.host ?? tcpSocket?.host ?? '';

function declaredPorts({ container }: ProbeFailure): string {
  const named = (container.spec.ports ?? []).map(({ name, containerPort }) =>
    name ? `${name}=${containerPort}` : String(containerPort),
  );
  return named.length === 0 ? ' (it declares none)' : ` (it declares ${named.join(', ')})`;
}

/** Another probe of the same container, of the same kind of question, about which no failure is known. */
function succeedingProbe(snapshot: Snapshot, { pod, container, kind }: ProbeFailure): string | undefined {
  const { spec, status } = container;
  if (status?.state?.running === undefined) return undefined;
  const others = { startup: spec.startupProbe, liveness: spec.livenessProbe, readiness: spec.readinessProbe };
  const events = snapshot.eventsAbout(pod).filter(({ reason }) => reason === 'Unhealthy');
  for (const [name, probe] of Object.entries(others)) {
    if (probe?.httpGet === undefined || name === kind) continue;
    const failed = events.some(({ message }) => message.toLowerCase().includes(`${name} probe`));
    if (!failed) return `${name} probe ${describeProbe(probe, spec)}`;
  }
  return undefined;
}

function fixOf({ container, kind, outcome, probe }: ProbeFailure, sibling: string | undefined): Fix {
  const field = `${kind}Probe of container ${container.name}`;
  const advice: Readonly<Partial<Record<ProbeOutcome, string>>> = {
    rejected: `set the path of the ${field} to one that the app answers with 200${sibling === undefined ? '' : `, as its ${sibling}`}`,
    'wrong-protocol': `set the scheme of the ${field} to ${probe.httpGet?.scheme === 'HTTPS' ? 'HTTP' : 'HTTPS'}, or the port to the one that speaks it`,
    'no-grpc-health': `let the app serve grpc.health.v1.Health, or make the ${field} ask something that it serves`,
    'no-such-command': isOneLine(probe)
      ? `write the command of the ${field} as ["sh", "-c", "…"], or each of its words as an item of its own`
      : `change the command of the ${field} to a program that is in the image`,
    'wrong-usage': `write the command of the ${field} with the options that the program in this image has`,
    'other-host': `remove host from the ${field}`,
    'no-such-port': `give the ${field} a number, or declare that name in the container's ports`,
  };
  return {
    advice: (outcome && advice[outcome]) ?? `correct the ${field}`,
    reason:
      outcome === 'other-host'
        ? 'without it the kubelet asks the address of the pod'
        : 'the container runs; only what the probe asks is wrong',
  };
}
