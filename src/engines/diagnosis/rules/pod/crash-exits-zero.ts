import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { isSaidLast } from '../../../crashes/last-words.ts';
import { failureWords } from '../../../logs/severity.ts';
import { crashFinding, inContainer, whenClause } from '../../crash-finding.ts';
import { defineRule } from '../../rule.ts';

const maximumCommand = 60;

export const crashExitsZero = defineRule({
  id: 'crash-exits-zero',
  title: 'A container finishes its work and is started again',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The process ends without an error, but the pod is meant to run for ever, so the kubelet starts it again and again.',
  detection:
    'A container restarts again and again and its last exit code is 0, and neither a probe nor the kernel ended it. A ' +
    'server that stops cleanly when its liveness probe kills it looks the same: that is told by the Killing event, or ' +
    'by the time it lived, and is another finding.',
  remedies: [
    'Run it as a Job or CronJob when it is a task.',
    'Keep it in the foreground when it is a server (nginx: "daemon off;").',
  ],
  avoid: ['restarting: it ends the same way'],

  check: (snapshot) =>
    crashesBy(snapshot, 'crash-exits-zero').map((crash) => ({
      ...crashFinding(snapshot, crash),
      problem: `finishes${inContainer(crash.pod, crash.container)} ${whenClause(snapshot, crash)} with exit code 0 and is started again and again: ${whyOf(crash)}`,
      certainty: 'declared' as const,
      fixes: [
        ...(complains(crash)
          ? [{ advice: 'fix what it complains about, if it is a server', reason: crash.says ?? '' }]
          : []),
        { advice: 'run it as a Job (or a CronJob) instead', reason: 'it ends by itself without an error' },
        {
          advice: 'if it is a server, start it in the foreground',
          reason: 'a process that goes to the background ends the container',
        },
      ],
    })),
});

/** Whether the last that it says states no level, and is a complaint all the same. */
const complains = ({ log, telling, says = '' }: Crash): boolean =>
  telling?.entry.level === undefined && failureWords.test(says) && isSaidLast(log, telling);

/** What it complains of before it ends, else that it ends. */
const whyOf = (crash: Crash): string =>
  complains(crash) ? `it ends after it said: ${crash.says}` : `${commandOf(crash)} ends, so it is no server`;

function commandOf({ container: { spec } }: Crash): string {
  const command = [...(spec.command ?? []), ...(spec.args ?? [])].join(' ').replace(/\s+/g, ' ').trim();
  if (command === '') return `the command of image ${spec.image}`;
  return `its command (${command.length > maximumCommand ? `${command.slice(0, maximumCommand)}…` : command})`;
}
