import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { containersOf, isFinished } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { crashClause, crashFinding } from '../../crash-finding.ts';
import { linkGap } from '../../crash-network-gap.ts';
import { defineRule, type Evidence } from '../../rule.ts';

/** Ports below this need a right of their own (Linux `net.ipv4.ip_unprivileged_port_start`). */
const firstUnprivilegedPort = 1024;

export const portBindConflict = defineRule({
  id: 'port-bind-conflict',
  title: 'A container cannot listen on its port',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'Containers of a pod share one network, so a port can be taken once; low ports also need a right.',
  detection:
    'The log line that tells most about the crash says "address already in use" or that binding was denied. The port is ' +
    'read from it, and the other containers of the pod that declare it (with hostNetwork: the other pods of the node) are named.',
  remedies: ['Give one of the two another port.', 'Use a port of 1024 or more when the user is not root.'],
  avoid: ['restarting: it listens on the same port again', 'running as root to bind a low port'],

  check: (snapshot) =>
    crashesBy(snapshot, 'port-bind-conflict').map((crash) => {
      const base = crashFinding(snapshot, crash);
      const lines = crash.telling?.entry.lines ?? [];
      const denied = lines.some((line) => /permission denied|EACCES/i.test(line));
      const port = portIn(lines);
      const link = linkGap(snapshot, crash.pod, crash.container, lines.join('\n'));
      if (link !== undefined) {
        return {
          ...base,
          problem: `${crashClause(snapshot, crash)}: cannot listen on the address of a Service (${link.says})`,
          certainty: 'message' as const,
          evidence: [...base.evidence, ...link.evidence],
          fixes: link.fixes,
        };
      }
      return {
        ...base,
        problem: `${crashClause(snapshot, crash)}: cannot listen on ${port === undefined ? 'its port' : `port ${port}`}, ${
          denied ? deniedClause(crash, port) : `it is already in use${holderClause(crash, port)}`
        }`,
        certainty: 'message' as const,
        evidence: [...base.evidence, ...hostEvidence(snapshot, crash.pod, port)],
        fixes: [
          {
            advice: denied
              ? `let container ${crash.container.name} listen on a port of ${firstUnprivilegedPort} or more, and send the Service's targetPort there`
              : `let container ${crash.container.name}, or the one that holds the port, listen on another port`,
            reason: denied ? 'its user may not bind a low port' : 'containers of one pod share their ports',
          },
        ],
      };
    }),
});

/** The last `:8080`, `port 8080` or `('0.0.0.0', 8080)` of the line that complains: frames of a trace hold numbers too. */
function portIn(lines: readonly string[]): number | undefined {
  const complaint = lines.find((line) => /in use|EADDRINUSE|EACCES|permission denied/i.test(line)) ?? '';
  const ports = [...complaint.matchAll(/(?:\bport[ :=]*|:|', )(\d{2,5})\b(?!:\d)/gi)].map(([, port]) => Number(port));
  return ports.findLast((port) => port > 0 && port < 65_536);
}

function deniedClause({ pod, container: { spec } }: Crash, port: number | undefined): string {
  const user = spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const low =
    port === undefined || port < firstUnprivilegedPort ? `, and ports below ${firstUnprivilegedPort} need a right` : '';
  return `permission denied: it runs as ${user === undefined ? "the image's user" : `user ${user}`}${low}`;
}

function holderClause({ pod, container }: Crash, port: number | undefined): string {
  const holder = containersOf(pod)
    .filter(({ name, init, sidecar }) => name !== container.name && (!init || sidecar))
    .flatMap(({ name, spec }) => (spec.ports ?? []).map(({ containerPort }) => ({ name, containerPort })))
    .find(({ containerPort }) => port === undefined || containerPort === port);
  if (holder !== undefined) return ` (container ${holder.name} of the same pod declares port ${holder.containerPort})`;
  return pod.spec?.hostNetwork === true ? ' on the node (hostNetwork)' : '';
}

/** Pods of the same node that take the port of the node itself. */
function hostEvidence(snapshot: Snapshot, pod: Pod, port: number | undefined): readonly Evidence[] {
  if (pod.spec?.hostNetwork !== true || port === undefined) return [];
  return snapshot
    .all('Pod')
    .filter((other) => other !== pod && other.spec?.nodeName === pod.spec?.nodeName && !isFinished(other))
    .filter((other) =>
      containersOf(other).some(({ spec }) =>
        spec.ports?.some(
          ({ hostPort, containerPort }) => (other.spec?.hostNetwork === true ? containerPort : hostPort) === port,
        ),
      ),
    )
    .slice(0, 1)
    .map((other) => ({
      object: refOf(other),
      source: 'spec',
      text: `takes port ${port} of node ${pod.spec?.nodeName}`,
    }));
}
