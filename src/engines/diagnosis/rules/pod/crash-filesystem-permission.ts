import { crashesBy } from '../../../crashes/crashes.ts';
import { crashClause, crashFinding, essenceClause } from '../../crash-finding.ts';
import { pathGap } from '../../path-gap.ts';
import { defineRule } from '../../rule.ts';

export const crashFilesystemPermission = defineRule({
  id: 'crash-filesystem-permission',
  title: 'A container may not use a path that it needs',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The process ends because it may not read or write a file: the file system is read-only, or its user has no right to it.',
  detection:
    'The log line that tells most about the crash says "permission denied", "operation not permitted" or "read-only file ' +
    'system" about a path. The mount that covers the path, readOnly, readOnlyRootFilesystem, defaultMode, runAsUser and ' +
    'fsGroup are then looked up, and the one that forbids it is named.',
  remedies: [
    'Mount a writable volume (an emptyDir, for scratch files) at the path.',
    'Set fsGroup or runAsUser so that the user may use the volume.',
  ],
  avoid: ['running as root or privileged, or chmod 777: it hides who needs which right'],

  check: (snapshot) =>
    crashesBy(snapshot, 'crash-filesystem-permission').map((crash) => {
      const base = crashFinding(snapshot, crash);
      const gap = pathGap(crash);
      return {
        ...base,
        problem: `${crashClause(snapshot, crash)}${essenceClause(crash)} (${gap.says})`,
        certainty: 'message' as const,
        evidence: [...base.evidence, ...gap.evidence],
        fixes: gap.fixes,
      };
    }),
});
