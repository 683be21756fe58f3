import { type AwaitedJob, awaitedJob } from '../../../awaited-jobs.ts';
import { absence } from '../../../dependency-words.ts';
import { formatDuration, timeOf } from '../../../durations.ts';
import { type Hang, hangs } from '../../../hangs.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { placeOf, quoteOf } from '../../crash-finding.ts';
import { orderGap } from '../../crash-network-gap.ts';
import { dependencyFields } from '../../dependency-finding.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const initContainerHanging = defineRule({
  id: 'init-container-hanging',
  title: 'An init container does not get on',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'A step before the application runs on and on, mostly because it waits for something else, so the application never starts.',
  detection:
    'An init container runs for 45 s or more (25 s when what it waits for is a Service that does not exist) and says again and again that it waits, or its command ends with a sleep ' +
    'of more than a quarter of an hour; or for 5 minutes without a new line; or a sidecar runs for longer than its startup probe allows without having started. The host it waits for, in its ' +
    'log, else in its command, is resolved to a Service.',
  remedies: ['Heal what it waits for.', 'Correct the host when it waits for a wrong one.'],
  avoid: ['killing it: it waits again'],

  check: (snapshot) => hangs(snapshot).map((hang) => findingOf(snapshot, hang)),
});

function findingOf(snapshot: Snapshot, hang: Hang): Finding {
  const { pod, container, since, says, dependency, log } = hang;
  const subject = refOf(pod);
  const { evidence, ...fields } = dependency === undefined ? { evidence: [] } : dependencyFields(dependency);
  const job = dependency === undefined ? jobOf(snapshot, hang) : undefined;
  const order = dependency === undefined ? orderGap(pod, container, says?.entry.lines.join('\n') ?? '') : undefined;
  const quote: readonly Evidence[] = log === undefined || says === undefined ? [] : [quoteOf(log, says)];
  return {
    subject,
    container: container.name,
    problem: `cannot start: init container ${container.name} (${placeOf(hang)}) ${job === undefined ? whatOf(hang) : `waits for ${job.says}`}${order === undefined ? '' : ` (${order.says})`}`,
    certainty: dependency?.told === true || says !== undefined ? 'message' : 'inferred',
    since,
    fixes: order?.fixes ?? [
      hang.endless !== undefined
        ? endFix(hang, hang.endless)
        : {
            advice: `see what init container ${container.name} waits for, and heal that`,
            reason: says === undefined ? 'it runs and logs nothing' : says.essence,
          },
    ],
    missingEvidence: log === undefined ? [`the log of init container ${container.name}`] : [],
    nextCheck: `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${container.name} --tail=20`,
    ...fields,
    ...(job === undefined ? {} : waitFields(job)),
    evidence: [
      {
        object: subject,
        source: 'status',
        text: `init container ${container.name} runs for ${formatDuration(snapshot.now - (timeOf(since) ?? snapshot.now))}`,
        at: since,
      },
      ...quote,
      ...(order?.evidence ?? []),
      ...evidence,
    ],
  };
}

/** The Job that the last words of a step name: one line says that it waits, the next that there is none. */
const jobOf = (snapshot: Snapshot, { pod, container, log }: Hang): AwaitedJob | undefined =>
  awaitedJob(
    snapshot,
    { pod, container },
    (log?.lines ?? [])
      .slice(-lastLines)
      .map(({ text }) => text)
      .join('\n'),
  );

const lastLines = 6;

/** Whoever waits for a Job is well itself; one that is not there may have been deleted, or waits for its turn as a hook. */
const waitFields = ({ ref, missing }: AwaitedJob): Pick<Finding, 'class' | 'dependsOn' | 'fixes' | 'nextCheck'> =>
  missing
    ? {
        class: 'cause',
        dependsOn: [],
        fixes: [
          {
            advice: `create ${nameOf(ref)} from its source, or correct the name that the init container waits for`,
            reason:
              'a Job that is a hook after installation (helm.sh/hook, PostSync) is made only when the pods are ready, which wait for it',
          },
        ],
        nextCheck: `kubectl get jobs -n ${ref.namespace}`,
      }
    : {
        class: 'symptom',
        dependsOn: [ref],
        fixes: [{ advice: `make ${nameOf(ref)} succeed`, reason: 'the init container then ends by itself' }],
        nextCheck: `kubectl describe job ${ref.name} -n ${ref.namespace}`,
      };

const endFix = ({ container: { name } }: Hang, endless: string) => ({
  advice: `let the command of init container ${name} end without ${endless}, or make it a sidecar (restartPolicy: Always) if it is to run on`,
  reason: 'the containers after it start only when it has ended',
});

function whatOf({ container, dependency, says, endless }: Hang): string {
  if (container.sidecar) return 'runs, but its startup probe never succeeds';
  if (dependency !== undefined) {
    const absent = absence(dependency);
    return `waits for ${dependency.name}${absent === undefined ? '' : ` (${absent})`}`;
  }
  if (endless !== undefined) return `runs ${endless}, and so does not end`;
  return says === undefined ? 'runs and does not end' : `runs and does not end: ${says.essence}`;
}
