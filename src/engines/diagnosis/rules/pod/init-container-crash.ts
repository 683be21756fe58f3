import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { signatureOf } from '../../../logs/signatures.ts';
import { migrationJobOf } from '../../../migration-jobs.ts';
import { nameOf, type ObjectRef } from '../../../objects.ts';
import { isFinished } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { crashFinding, deathLogCommand, essenceClause, missingLog, placeOf, whenClause } from '../../crash-finding.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { pathGap } from '../../path-gap.ts';
import { programGap } from '../../program-gap.ts';
import { defineRule, type Finding } from '../../rule.ts';
import { variableFix } from '../../variable-fix.ts';

export const initContainerCrash = defineRule({
  id: 'init-container-crash',
  title: 'An init container fails',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'A step that has to succeed before the application may start fails, so the application never starts.',
  detection:
    'An init container (not a sidecar) ended with a non-zero exit code, is in CrashLoopBackOff or about to be. Its place ' +
    'in the order and the most telling line of its log are named; a failed connection is resolved to a Service, and ' +
    'migrations that it waits for to the Job that was to run them. A kill for memory and a command that cannot be ' +
    'started are other findings.',
  remedies: ['Fix the step by what its log says.', 'Roll back when the step came with the last rollout.'],
  avoid: ['skipping the init container', 'running a migration again without knowing how far it came'],

  check: (snapshot) => crashesBy(snapshot, 'init-container-crash').map((crash) => findingOf(snapshot, crash)),
});

function findingOf(snapshot: Snapshot, crash: Crash): Finding {
  const base = crashFinding(snapshot, crash);
  const { evidence, ...fields } =
    crash.dependency === undefined ? { evidence: [] } : dependencyFields(crash.dependency);
  const lines = crash.log?.lines.map(({ text }) => text).join('\n') ?? '';
  const job = crash.dependency === undefined ? migrationJobOf(snapshot, crash, lines) : undefined;
  const isOwn = crash.dependency === undefined && job === undefined;
  const absent = isOwn ? (programGap(snapshot, crash) ?? refusedPath(crash)) : undefined;
  const fixes = [...(absent?.fixes ?? []), ...variableFix(snapshot, crash, crash.telling?.essence ?? '')];
  const plain = {
    advice: `fix what init container ${crash.container.name} complains about`,
    reason: crash.says ?? 'the containers after it wait for its success',
  };
  const says = job?.says ?? absent?.says;
  const lacking = says === undefined ? '' : ` (${says})`;
  const why =
    crash.dependency === undefined ? `${essenceClause(crash)}${lacking}` : `: ${dependencyClause(crash.dependency)}`;
  return {
    ...base,
    problem: `${isFinished(crash.pod) ? 'failed' : 'cannot start'}: init container ${crash.container.name} (${placeOf(crash)}) fails ${whenClause(snapshot, crash)} with exit code ${crash.exitCode}${why}`,
    certainty: crash.telling === undefined ? 'declared' : 'message',
    fixes: fixes.length > 0 ? fixes.slice(0, 3) : [plain],
    missingEvidence: missingLog(crash),
    nextCheck: deathLogCommand(crash),
    ...fields,
    ...(job === undefined ? {} : waitFields(job.ref)),
    evidence: [...base.evidence, ...evidence, ...(absent?.evidence ?? [])],
  };
}

/** What forbids the path that the step may not use. */
const refusedPath = (crash: Crash): ReturnType<typeof programGap> =>
  signatureOf(crash.telling?.entry.lines.join('\n') ?? '') === 'permission' ? pathGap(crash) : undefined;

/** Whoever waits for a Job is well itself. */
const waitFields = (job: ObjectRef): Pick<Finding, 'class' | 'dependsOn' | 'fixes' | 'nextCheck'> => ({
  class: 'symptom',
  dependsOn: [job],
  fixes: [{ advice: `make ${nameOf(job)} succeed`, reason: 'the init container then ends by itself' }],
  nextCheck: `kubectl describe job ${job.name} -n ${job.namespace}`,
});
