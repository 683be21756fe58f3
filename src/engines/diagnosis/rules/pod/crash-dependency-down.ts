import { crashesBy } from '../../../crashes/crashes.ts';
import { crashClause, crashFinding, essenceClause } from '../../crash-finding.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { defineRule } from '../../rule.ts';
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
    crashesBy(snapshot, 'crash-dependency-down').flatMap((crash) => {
      if (crash.dependency === undefined) return [];
      const base = crashFinding(snapshot, crash);
      // The host is then only the one that its environment has, and the program did not get it.
      const gap = crash.dependency.told ? undefined : shellVariableGap(crash);
      if (gap !== undefined) {
        return [
          {
            ...base,
            class: 'cause' as const,
            problem: `${crashClause(snapshot, crash)}${essenceClause(crash)} (${gap.says})`,
            certainty: 'inferred' as const,
            evidence: [...base.evidence, ...gap.evidence],
            fixes: gap.fixes,
          },
        ];
      }
      const { evidence, ...rest } = dependencyFields(crash.dependency);
      return [
        {
          ...base,
          problem: `${crashClause(snapshot, crash)}: ${dependencyClause(crash.dependency)}`,
          certainty: crash.dependency.told ? ('message' as const) : ('inferred' as const),
          ...rest,
          evidence: [...base.evidence, ...evidence],
        },
      ];
    }),
});
