import { crashingSince } from '../../../crashes/crashes.ts';
import { isCrashing, isMissed } from '../../../crashes/crashing.ts';
import { formatDuration, second } from '../../../durations.ts';
import { mask } from '../../../logs/masking.ts';
import type { SignatureId } from '../../../logs/signatures.ts';
import { lastEntry } from '../../../logs/telling.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { unsettledPods } from '../../../pod-groups.ts';
import { containersOf, isFinished, lastTermination, type PodContainer } from '../../../pods.ts';
import { hookFailureOf } from '../../../probes/kills.ts';
import { type ProbeFailure, probeFailuresBy } from '../../../probes/probes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { inContainer, quoteOf } from '../../crash-finding.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { fileProbeOf } from '../../file-probe.ts';
import { appWords, maskedOutput, probeClause, probeFinding, statusCodeIn, toldFault } from '../../probe-finding.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

export const livenessKillsHealthyApp = defineRule({
  id: 'liveness-kills-healthy-app',
  title: 'A liveness probe kills an app that works',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The kubelet restarts the container because its liveness probe fails, although the process did not end by itself.',
  detection:
    'The container restarts again and again and the kubelet wrote "failed liveness probe, will be restarted", whatever ' +
    'the exit code: a server that stops cleanly ends with 0. When the events have expired, an instance that lived exactly ' +
    'as long as the probe allows is a suspect. A probe that asks a wrong path or port is another finding. A postStart ' +
    'hook that fails kills alike.',
  remedies: [
    'Let the liveness probe ask only whether the process works, never a dependency.',
    'Give it more time: timeoutSeconds, failureThreshold, or a startupProbe for a slow start.',
  ],
  avoid: ['deleting the liveness probe everywhere'],

  check: (snapshot) => [
    ...probeFailuresBy(snapshot, 'liveness-kills-healthy-app').map((failure) => killedByProbe(snapshot, failure)),
    ...unsettledPods(snapshot)
      .filter((pod) => isMissed(snapshot, pod) && !isFinished(pod))
      .flatMap((pod) => containersOf(pod).flatMap((container) => killedByHook(snapshot, pod, container))),
  ],
});

function killedByProbe(snapshot: Snapshot, failure: ProbeFailure): Finding {
  const { kill } = failure;
  const base = probeFinding(snapshot, failure);
  const { dependency, evidence: words } = appWords(snapshot, failure);
  const { evidence, ...fields } = dependency === undefined ? { evidence: [] } : dependencyFields(dependency);
  const last = failure.log && lastEntry(failure.log);
  const work: readonly Evidence[] = failure.log && last ? [quoteOf(failure.log, { entry: last })] : [];
  return {
    ...base,
    problem: `${probeClause(failure)} ${howItFails(failure)}${dependency === undefined ? '' : `; the app ${dependencyClause(dependency)}`}`,
    certainty: kill?.event === undefined ? 'correlated' : 'message',
    fixes: [fixFor(failure)],
    missingEvidence: kill?.event === undefined ? ['the Killing events, which live an hour'] : [],
    ...fields,
    evidence: [...base.evidence, ...(words.length > 0 ? words : work), ...evidence],
  };
}

/** What a command said, the same for all replicas. */
function saidBy(failure: ProbeFailure): string {
  const output = failure.probe.exec === undefined ? '' : maskedOutput(failure);
  return output === '' ? '' : `: ${output}`;
}

function fixFor(failure: ProbeFailure): Fix {
  const { container, outcome, probe } = failure;
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3, timeoutSeconds = 1 } = probe;
  if (outcome === 'refused') {
    const allowed = formatDuration((initialDelaySeconds + periodSeconds * failureThreshold) * second);
    return {
      advice: `add a startupProbe to container ${container.name} that allows its whole start`,
      reason: `liveness allows ${allowed}, and nothing listens by then`,
    };
  }
  const ofFile = fileProbeOf(failure)?.fix;
  if (ofFile !== undefined) return ofFile;
  if (lasting.has(toldFault(failure))) {
    return {
      advice: `heal what the livenessProbe of container ${container.name} complains about; more time or tries do not`,
      reason: maskedOutput(failure),
    };
  }
  if (isAbsent(failure)) {
    return {
      advice: `let the app keep what the livenessProbe of container ${container.name} looks for, or correct its command`,
      reason: 'more time does not help: what it looks for is not there',
    };
  }
  const longer = outcome === 'timeout' ? `timeoutSeconds (${timeoutSeconds}) and ` : '';
  return {
    advice: `raise ${longer}failureThreshold (${failureThreshold}) of the livenessProbe of container ${container.name}, or let it ask something cheaper`,
    reason: 'the process works until it is told to stop',
  };
}

/** Faults of which a command tells when what it asks answers, and refuses it. */
const lasting: ReadonlySet<SignatureId | undefined> = new Set([
  'bad-credentials',
  'pool-exhausted',
  'tls',
  'certificate-expired',
]);

/** Whether a command looks for a file that is not there. */
const isAbsent = (failure: ProbeFailure): boolean => /no such file or directory/i.test(saidBy(failure));

function howItFails(failure: ProbeFailure): string {
  const { outcome, probe, event } = failure;
  const { timeoutSeconds = 1, failureThreshold = 3 } = probe;
  const times = `${failureThreshold} ${failureThreshold === 1 ? 'time' : 'times in a row'}`;
  const code = statusCodeIn(event?.message);
  switch (outcome) {
    case 'timeout':
      return `gets no answer within ${timeoutSeconds} s ${times}`;
    case 'refused':
      return `is refused ${times}: nothing listens there by then`;
    case undefined:
      return `fails ${times}, by the time that each instance lives`;
    default:
      return code === undefined
        ? `${fileProbeOf(failure)?.says ?? 'fails'} ${times}${saidBy(failure)}`
        : `answers ${code} ${times}`;
  }
}

function killedByHook(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly Finding[] {
  const failure = hookFailureOf(snapshot, pod, container);
  const termination = lastTermination(container.status);
  const waits = container.status?.state?.waiting?.reason === 'PostStartHookError';
  if (failure === undefined || !(waits || isCrashing(pod, container, snapshot.now))) return [];
  const said = /message: "(.*)"$/s.exec(failure.text)?.[1]?.replaceAll('\\n', ' ').trim();
  const code = /exited with (\d+)/.exec(failure.text)?.[1];
  return [
    {
      subject: refOf(pod),
      container: container.name,
      problem: `is killed again and again${inContainer(pod, container)}: its postStart hook${hookText(container)} fails${code === undefined ? '' : ` with exit code ${code}`}${said ? `: ${mask(said).slice(0, 160)}` : ''}`,
      certainty: 'declared',
      evidence: [
        { object: refOf(pod), source: waits ? 'status' : 'event', text: failure.text.slice(0, 300), at: failure.at },
      ],
      since: termination && crashingSince(snapshot, { pod, container, termination }),
      fixes: [
        {
          advice: `correct lifecycle.postStart of container ${container.name}, or do its work in an init container`,
          reason: 'the kubelet kills a container whose postStart hook fails',
        },
      ],
      avoid: ['removing the hook before it is known what the app does without its work', 'restarting: it fails again'],
      missingEvidence: code === undefined ? ['what the hook printed: the kubelet of this version does not say'] : [],
    },
  ];
}

const maximumCommand = 60;

function hookText({ spec }: PodContainer): string {
  const command = (spec.lifecycle?.postStart?.exec?.command ?? []).join(' ').replace(/\s+/g, ' ');
  if (command === '') return '';
  return ` (${command.length > maximumCommand ? `${command.slice(0, maximumCommand)}…` : command})`;
}
