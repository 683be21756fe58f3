import { memoryLimitOf } from '../../../crashes/memory.ts';
import { formatDuration, timeOf } from '../../../durations.ts';
import { type LeaseWait, leaseWaitIn } from '../../../logs/lease-waits.ts';
import type { TellingEntry } from '../../../logs/telling.ts';
import { refOf } from '../../../objects.ts';
import { probePort } from '../../../probes/outcomes.ts';
import { type Elsewhere, type ProbeFailure, probeFailuresBy } from '../../../probes/probes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { appWords, probeClause, probeFinding } from '../../probe-finding.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

export const probeConnectionRefused = defineRule({
  id: 'probe-connection-refused',
  title: 'Nothing listens on the port that a probe asks',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The kubelet cannot connect, so the app listens on another port, on the loopback interface only, or not yet.',
  detection:
    'A probe gets "connection refused" (with gRPC: cannot connect) for 30 s and for its own budget. Its port is compared ' +
    'with what the log says ("listening on :8080"), else with the ports that the containers of the pod declare. A startup ' +
    'or liveness probe on a port that nothing contradicts is another finding: the app is too slow for it.',
  remedies: [
    'Correct the port of the probe, or let the app listen on it on all addresses.',
    'Roll back when it came with the last rollout.',
  ],
  avoid: ['raising failureThreshold without knowing why nothing listens'],

  check: (snapshot) =>
    probeFailuresBy(snapshot, 'probe-connection-refused').map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: ProbeFailure): Finding {
  const { elsewhere } = failure;
  const base = probeFinding(snapshot, failure);
  const words = appWords(snapshot, failure);
  const dependency = elsewhere === undefined ? words.dependency : undefined;
  const { evidence, ...fields } = dependency === undefined ? { evidence: [] } : dependencyFields(dependency);
  const said = elsewhere === undefined && dependency === undefined ? errorIn(words.telling) : undefined;
  const killed = killedClause(failure, words.telling?.essence ?? '');
  const explained = elsewhere !== undefined || dependency !== undefined || said !== undefined || killed !== '';
  const wait = explained || failure.log === undefined ? undefined : leaseWaitIn(failure.log);
  const why =
    dependency === undefined
      ? `${whereClause(elsewhere)}${killed === '' && said !== undefined ? `; its log says ${said}` : killed}${waitClause(wait)}`
      : `, while the app ${dependencyClause(dependency)}`;
  return {
    ...base,
    problem: `${probeClause(failure)} ${failure.probe.grpc === undefined ? 'is refused: nothing listens there' : 'cannot connect: no gRPC server answers there'}${why}`,
    certainty: elsewhere?.line === undefined ? 'message' : 'recomputed',
    fixes: [wait === undefined ? fixFor(failure, words.telling?.essence ?? '', said) : waitFix(wait)],
    ...(wait && { nextCheck: `kubectl get lease ${wait.name} -n ${wait.namespace} -o yaml` }),
    ...fields,
    evidence: [
      ...base.evidence,
      ...placeEvidence(snapshot, failure),
      ...(elsewhere === undefined && wait === undefined ? words.evidence : []),
      ...waitEvidence(failure, wait),
      ...evidence,
    ],
  };
}

/** The election that the program waits for before it listens. */
const waitClause = (wait: LeaseWait | undefined): string =>
  wait === undefined ? '' : `; it waits until it holds Lease/${wait.name} in namespace ${wait.namespace}`;

const waitFix = ({ name, namespace }: LeaseWait): Fix => ({
  advice: `see who holds Lease/${name} in namespace ${namespace}: when that pod is gone and the Lease stays, delete it`,
  reason: 'the last thing it says is that it attempts to acquire the Lease',
});

const waitEvidence = ({ log }: ProbeFailure, wait: LeaseWait | undefined): readonly Evidence[] =>
  wait === undefined || log === undefined
    ? []
    : [
        {
          object: { kind: 'Pod', namespace: log.namespace, name: log.pod },
          source: 'log',
          text: wait.text.trim().slice(0, 300),
        },
      ];

function fixFor(failure: ProbeFailure, essence: string, said: string | undefined): Fix {
  if (workerKilled.test(essence)) return memoryFix(failure);
  if (said === undefined) return fixOf(failure);
  return { advice: `fix what the log of container ${failure.container.name} complains about`, reason: said };
}

/** An error, by its own level, that may be why nobody listens. */
const errorIn = (telling: TellingEntry | undefined): string | undefined =>
  telling?.plain === true && (telling.entry.level === 'error' || telling.entry.level === 'fatal')
    ? telling.essence
    : undefined;

/** What a program says whose workers the kernel kills: it lives on itself, and serves nothing. */
const workerKilled =
  /was sent SIGKILL|out of memory\?|\bworker\b.{0,60}\b(?:signal 9|SIGKILL|killed)|terminated by signal 9|signal: killed/i;

const memoryFix = ({ container }: ProbeFailure): Fix => ({
  advice: `raise the memory limit of container ${container.name} one step, or let it start fewer workers`,
  reason: 'the kernel kills the process that should listen, and the container lives on',
});

function killedClause({ pod, container }: ProbeFailure, essence: string): string {
  if (!workerKilled.test(essence)) return '';
  const limit = memoryLimitOf(pod, container);
  return `; its log says ${essence}${limit === undefined ? '' : `, and its memory limit is ${limit}`}`;
}

function whereClause(elsewhere: Elsewhere | undefined): string {
  if (elsewhere === undefined) return '';
  const ports = elsewhere.ports.join(', ');
  if (elsewhere.loopback) return ' but on 127.0.0.1, which the kubelet cannot reach';
  return elsewhere.line === undefined
    ? `; the container declares ${ports}`
    : `; the app says that it listens on ${ports}`;
}

function placeEvidence(snapshot: Snapshot, { pod, container, elsewhere, log }: ProbeFailure): readonly Evidence[] {
  const started = timeOf(container.status?.state?.running?.startedAt);
  if (elsewhere?.line !== undefined && log !== undefined) {
    return [
      {
        object: { kind: 'Pod', namespace: log.namespace, name: log.pod },
        source: 'log',
        text: elsewhere.line.trim().slice(0, 300),
      },
    ];
  }
  if (elsewhere !== undefined) {
    return [
      {
        object: refOf(pod),
        source: 'spec',
        text: `container ${container.name} declares port ${elsewhere.ports.join(', ')}`,
      },
    ];
  }
  if (started === undefined) return [];
  return [
    {
      object: refOf(pod),
      source: 'status',
      text: `container ${container.name} runs for ${formatDuration(snapshot.now - started)}`,
    },
  ];
}

function fixOf({ container, kind, probe, elsewhere }: ProbeFailure): Fix {
  const asked = probePort(probe, container.spec);
  const field = `${kind}Probe of container ${container.name}`;
  if (elsewhere?.loopback === true) {
    return {
      advice: `let the app listen on 0.0.0.0:${asked}, not on 127.0.0.1`,
      reason: 'the kubelet asks from outside of the pod',
    };
  }
  if (elsewhere !== undefined) {
    return {
      advice: `set the port of the ${field} to ${elsewhere.ports[0]}, or let the app listen on ${asked}`,
      reason: `nothing listens on ${asked}`,
    };
  }
  if (probe.grpc !== undefined && kind === 'readiness') {
    return {
      advice: `let the app serve gRPC on ${asked}, or make the ${field} ask by HTTP or TCP`,
      reason: `what listens on ${asked}, if anything, does not speak gRPC`,
    };
  }
  return {
    advice: `see in the log of container ${container.name} whether it has started and where it listens; add a startupProbe if it is slow`,
    reason: `nothing listens on ${asked} yet`,
  };
}
