import { type ProbeFailure, probeFailuresBy } from '../../../probes/probes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { fileProbeOf } from '../../file-probe.ts';
import { appWords, maskedOutput, probeClause, probeFinding, statusCodeIn } from '../../probe-finding.ts';
import { quorumGap } from '../../quorum-gap.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const probeReadiness5xx = defineRule({
  id: 'probe-readiness-5xx',
  title: 'The app reports that it is not ready',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The app runs and its readiness check answers with an error: mostly something that it depends on, or a fault inside of it.',
  detection:
    'The container runs and is not ready for 30 s and for the budget of its readiness probe, which gets HTTP 5xx, ' +
    'NOT_SERVING, a closed connection, or whose command exits non-zero; also 4xx when this instance was ready before. A ' +
    'failed connection in its log is resolved to a Service, which then explains it.',
  remedies: ['Read the log for what the check found, and heal that.', 'Roll back when it began with the last rollout.'],
  avoid: ['removing the probe: clients would get the errors', 'restarting before the log is read'],

  check: (snapshot) => probeFailuresBy(snapshot, 'probe-readiness-5xx').map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: ProbeFailure): Finding {
  const base = probeFinding(snapshot, failure);
  const { telling, dependency, evidence: words } = appWords(snapshot, failure);
  const { evidence, ...fields } = dependency === undefined ? { evidence: [] } : dependencyFields(dependency);
  const looked = dependency === undefined ? fileProbeOf(failure) : undefined;
  const said = `${failure.event?.message ?? ''}\n${telling?.entry.lines.join('\n') ?? ''}`;
  const quorum = dependency === undefined ? quorumGap(snapshot, failure, said) : undefined;
  const why =
    dependency !== undefined
      ? `; the app ${dependencyClause(dependency)}`
      : telling?.plain === true
        ? `; the app says: ${telling.essence}`
        : '';
  return {
    ...base,
    problem: `${probeClause(failure)} ${looked?.says ?? answerOf(failure)}${quorum === undefined ? '' : `; ${quorum.says}`}${why}`,
    certainty: dependency?.told === false ? 'inferred' : 'message',
    fixes: quorum?.fixes ?? [
      looked?.fix ?? {
        advice: `find in the log of container ${failure.container.name} why its readiness check fails, and heal that`,
        reason: telling?.essence ?? 'the app itself says that it is not ready',
      },
    ],
    missingEvidence: failure.log === undefined ? [`the log of container ${failure.container.name}`] : [],
    ...fields,
    evidence: [...base.evidence, ...words, ...evidence, ...(quorum?.evidence ?? [])],
  };
}

function answerOf(failure: ProbeFailure): string {
  const code = statusCodeIn(failure.event?.message);
  if (code !== undefined) return `answers ${code}`;
  const output = maskedOutput(failure);
  if (failure.probe.grpc !== undefined) return 'answers NOT_SERVING';
  if (failure.probe.exec === undefined) return 'gets no whole answer';
  return output === '' ? 'exits with an error' : `says: ${output}`;
}
