import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import type { Dependency } from '../../../dependencies.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { crashClause, crashFinding, essenceClause } from '../../crash-finding.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { ownNameGap } from '../../own-name-gap.ts';
import { defineRule, type Finding } from '../../rule.ts';
import { shellVariableGap } from '../../shell-variable.ts';

export const crashDependencyDown = defineRule({
  id: 'crash-dependency-down',
  title: 'A container crashes because it cannot reach something',
  area: 'pod',
  class: 'symptom',
  severity: 'high',
  meaning:
    'The process gives up because a database, queue or API does not answer. It is the victim: the fault is elsewhere.',
  detection:
    'The log line that tells most about the crash is a failed connection: refused, timed out, no such host, unreachable. ' +
    'The host in it, else the only in-cluster host of its environment and arguments, is resolved to a Service by name, ' +
    'cluster IP or endpoint, and the ready endpoints of that Service are counted.',
  remedies: ['Heal what it cannot reach; it starts by itself then.', 'When the host is wrong, correct it.'],
  avoid: ['restarting or rolling back this workload: it is the victim and would fail the same way'],

  check: (snapshot) =>
    crashesBy(snapshot, 'crash-dependency-down').flatMap((crash) =>
      crash.dependency === undefined ? [] : [findingOf(snapshot, crash, crash.dependency)],
    ),
});

function findingOf(snapshot: Snapshot, crash: Crash, dependency: Dependency): Finding {
  const base = crashFinding(snapshot, crash);
  const { told } = dependency;
  // A host that it did not tell is only the one that its environment has, and the program did not get it.
  const gap = told ? ownNameGap(snapshot, crash) : shellVariableGap(crash);
  if (gap !== undefined) {
    return {
      ...base,
      class: 'cause',
      problem: `${crashClause(snapshot, crash)}${essenceClause(crash)} (${gap.says})`,
      certainty: told ? 'recomputed' : 'inferred',
      evidence: [...base.evidence, ...gap.evidence],
      fixes: gap.fixes,
    };
  }
  const { evidence, ...rest } = dependencyFields(dependency);
  return {
    ...base,
    problem: `${crashClause(snapshot, crash)}: ${dependencyClause(dependency)}`,
    certainty: told ? 'message' : 'inferred',
    ...rest,
    evidence: [...base.evidence, ...evidence],
  };
}
