import { isPodAskedAbout } from '../../../asked-about.ts';
import { isHearable } from '../../../complaints.ts';
import { type Backlog, backlogIn } from '../../../logs/backlog.ts';
import { type Drift, driftIn } from '../../../logs/drift.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { containersOf, type PodContainer } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { inContainer } from '../../crash-finding.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const logSlowDrift = defineRule({
  id: 'log-slow-drift',
  title: 'A workload answers ever more slowly, or falls behind',
  area: 'pod',
  class: 'risk',
  severity: 'medium',
  meaning:
    'Nothing has failed yet, and the same work takes many times longer than a few minutes ago, or more and more of it waits.',
  detection:
    'The last lines of the log of a ready container hold at least 40 durations of one kind of work, over a minute or more ' +
    'and up to now. Their medians rise from quarter to quarter, to at least four times the first and 200 ms, and most of ' +
    'the last quarter is slower than nearly all of the first. Pauses between attempts, counters of time that passes, a ' +
    'single step, and work that grows as another number of the line says are none. What drifts over hours is not seen: ' +
    'only the end of the log is read. A count of what waits (queue_depth, backlog, lag, pending) that grows throughout, to ' +
    'twice the first and by 20 or more, is the same; it is the cause when the workload is asked about.',
  remedies: ['Look at what grows meanwhile: memory, open connections, a queue, a table without an index.'],
  avoid: ['raising timeouts: it goes on growing'],

  check: (snapshot) =>
    snapshot.data.logs.length === 0
      ? []
      : snapshot
          .all('Pod')
          .flatMap((pod) => containersOf(pod).flatMap((container) => findingOf(snapshot, pod, container))),
});

function findingOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly Finding[] {
  if (!isHearable(pod, container, snapshot.now)) return [];
  const subject = refOf(pod);
  const log = snapshot.log(subject, container.name, false);
  const drift = log && driftIn(log, snapshot.now);
  const backlog = log && drift === undefined ? backlogIn(log, snapshot.now) : undefined;
  if (backlog !== undefined) return [backlogFinding(snapshot, { pod, container }, backlog)];
  if (drift === undefined) return [];
  const { template, samples, before, now, first, last, line } = drift;
  return [
    {
      subject,
      container: container.name,
      problem: `takes longer and longer${inContainer(pod, container)}, its log says: ${template.slice(0, longestTemplate)}`,
      certainty: 'inferred',
      evidence: [
        {
          object: subject,
          source: 'recomputed',
          text: `${words(before)} at ${first.replace(fraction, '')}, ${words(now)} at ${last.replace(fraction, '')} (medians of the first and last quarter of ${samples} lines)`,
        },
        { object: subject, source: 'log', text: line.slice(0, longestLine), at: last },
      ],
      since: first,
      fixes: [
        {
          advice: `kubectl top pod ${pod.metadata.name} -n ${pod.metadata.namespace} --containers, and compare with what it calls`,
          reason: 'what grows with it is what slows it: memory, connections, a queue, a table without an index',
        },
      ],
      nextCheck: `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${container.name} --tail=300`,
    },
  ];
}

const longestTemplate = 160;
const longestLine = 300;
const fraction = /\.\d+/;
const words = (ms: Drift['now']): string => (ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`);

function backlogFinding(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  { name, samples, before, now, first, last, line }: Backlog,
): Finding {
  const subject = refOf(pod);
  const workload = workloadOf(snapshot, pod);
  const grows = `${name} grew from ${before} to ${now}`;
  return {
    subject,
    container: container.name,
    problem: `falls behind${inContainer(pod, container)}: more comes in than it gets done, and ${name} grows`,
    ...(isPodAskedAbout(snapshot, pod) && { class: 'cause' as const }),
    certainty: 'inferred',
    evidence: [
      {
        object: subject,
        source: 'recomputed',
        text: `${grows} from ${first.replace(fraction, '')} to ${last.replace(fraction, '')}, by ${samples} lines`,
      },
      { object: subject, source: 'log', text: line.slice(0, longestLine), at: last },
    ],
    since: first,
    fixes: [
      {
        advice: `give ${nameOf(workload)} more replicas or workers, if what it calls can take that`,
        reason: 'what waits grows as long as less is done than comes in',
      },
      {
        advice:
          'see why a piece of work takes as long as it does: CPU throttling, what it calls, retries of what fails',
        reason: 'more workers make what is behind them slower when that is what holds them up',
      },
    ],
    nextCheck: `kubectl top pod ${pod.metadata.name} -n ${pod.metadata.namespace} --containers`,
  };
}
