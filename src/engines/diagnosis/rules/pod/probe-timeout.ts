import { refOf } from '../../../objects.ts';
import { type ProbeFailure, probeFailuresBy } from '../../../probes/probes.ts';
import { quantity } from '../../../quantity.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { cpuUseOf, cpuUseText } from '../../../usage/cpu-limits.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { appWords, probeClause, probeFinding } from '../../probe-finding.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** A limit up to this many cores makes a slow answer its own suspect. */
const smallLimit = 0.2;

export const probeTimeout = defineRule({
  id: 'probe-timeout',
  title: 'The app does not answer its probe in time',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The connection is accepted, but no answer comes: too little CPU, a lock, a long garbage collection, or a slow dependency.',
  detection:
    'The container runs and is not ready for 30 s and for the budget of its readiness probe, and the kubelet says "context ' +
    'deadline exceeded", "Client.Timeout exceeded" or "timed out". timeoutSeconds and the CPU limit are quoted. Single ' +
    'timeouts of a ready container are noise. When the metrics API says that the CPU limit is used up, that is the cause ' +
    '(cpu-throttled). When a liveness probe kills for it, that is another finding.',
  remedies: [
    'Find what makes the answer slow: CPU limit, lock, dependency.',
    'Raise timeoutSeconds or the CPU limit when the answer is slow by nature.',
  ],
  avoid: ['restarting under load: the start costs more CPU than it frees'],

  check: (snapshot) => probeFailuresBy(snapshot, 'probe-timeout').map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: ProbeFailure): Finding {
  const { pod, container, kind, probe } = failure;
  const base = probeFinding(snapshot, failure);
  const { dependency, evidence: words } = appWords(snapshot, failure);
  const { evidence, ...fields } = dependency === undefined ? { evidence: [] } : dependencyFields(dependency);
  const timeout = probe.timeoutSeconds ?? 1;
  const limit = container.spec.resources?.limits?.['cpu'];
  const use = cpuUseOf(snapshot, pod, container);
  const starved = use === undefined && (quantity(limit) ?? Number.POSITIVE_INFINITY) <= smallLimit;
  const suspect =
    dependency !== undefined
      ? `; the app ${dependencyClause(dependency)}`
      : starved
        ? `; its CPU limit is ${limit}`
        : '';
  return {
    ...base,
    problem: `${probeClause(failure)} gets no answer within ${timeout} s${suspect}`,
    certainty: 'message',
    fixes: [
      ...(starved
        ? [
            {
              advice: `raise the CPU limit of container ${container.name} above ${limit}`,
              reason: 'a throttled process answers late',
            },
          ]
        : [
            {
              advice: `find what container ${container.name} does while the probe waits: CPU, locks, slow calls`,
              reason:
                failure.probe.exec === undefined
                  ? 'the connection is accepted and no answer comes'
                  : 'the command starts and does not end in time',
            },
          ]),
      {
        advice: `raise timeoutSeconds of the ${kind}Probe above ${timeout}`,
        reason: 'only when the answer is slow by nature',
      },
    ],
    ...(use === undefined && {
      missingEvidence: ['CPU usage of the container'],
      nextCheck: `kubectl top pod -n ${pod.metadata.namespace} ${pod.metadata.name} --containers`,
    }),
    ...fields,
    evidence: [
      ...base.evidence,
      {
        object: refOf(pod),
        source: 'spec',
        text: `container ${container.name} has ${limit === undefined ? 'no CPU limit' : `a CPU limit of ${limit}`}`,
      },
      ...(use === undefined
        ? []
        : [
            {
              object: refOf(pod),
              source: 'status' as const,
              text: `metrics.k8s.io: container ${container.name} uses ${cpuUseText(use)}`,
              at: use.measuredAt,
            },
          ]),
      ...words,
      ...evidence,
    ],
  };
}
