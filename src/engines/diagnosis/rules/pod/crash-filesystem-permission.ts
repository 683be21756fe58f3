import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { pathIn } from '../../../file-paths.ts';
import { crashClause, crashFinding, essenceClause } from '../../crash-finding.ts';
import { type CrashGap, capabilityGap } from '../../crash-gap.ts';
import { type FileObstacle, obstacleOf } from '../../file-obstacles.ts';
import { kernelGap } from '../../kernel-gap.ts';
import { defineRule, type Fix } from '../../rule.ts';

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
      const path = pathOf(crash);
      const gap = gapOf(crash);
      if (gap !== undefined) {
        return {
          ...base,
          problem: `${crashClause(snapshot, crash)}${essenceClause(crash)} (${gap.says})`,
          certainty: 'message' as const,
          evidence: [...base.evidence, ...gap.evidence],
          fixes: gap.fixes,
        };
      }
      const obstacle = obstacleOf(crash.pod, crash.container, { path, readOnly: isReadOnly(crash) });
      return {
        ...base,
        problem: `${crashClause(snapshot, crash)}${essenceClause(crash)} (${obstacle.text})`,
        certainty: 'message' as const,
        evidence: [...base.evidence, { object: base.subject, source: 'spec' as const, text: obstacle.text }],
        fixes: [fixOf(crash, path, obstacle)],
      };
    }),
});

/** Where it is no right to the path that is missing, but a right of root, or of the node. */
function gapOf({ pod, container, telling }: Crash): CrashGap | undefined {
  const text = telling?.entry.lines.join('\n') ?? '';
  const user = container.spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser ?? 0;
  // To another user than root capabilities are not given.
  return kernelGap({ pod, container }, text) ?? (user === 0 ? capabilityGap(pod, container, text) : undefined);
}

const refusal =
  /permission denied|not permitted|\bEACCES\b|\bEPERM\b|access denied|AccessDenied|read-only file ?system|\bEROFS\b/i;

/** `mkdir 'logs'`: a folder below the working directory. */
const relative = /\b(?:mkdir|open|scandir|unlink|rename|rmdir|copyfile) '([^'/][^']*)'/;

/** The path of the line that complains; the frames of its trace name others. */
function pathOf({ telling, container }: Crash): string | undefined {
  const lines = telling?.entry.lines ?? [];
  const told = lines.find((line) => refusal.test(line)) ?? lines.join('\n');
  const [, below] = relative.exec(told) ?? [];
  const { workingDir } = container.spec;
  if (below !== undefined)
    return workingDir === undefined ? `${below} in its working directory` : `${workingDir}/${below}`;
  return pathIn(told) ?? pathIn(lines.join('\n'));
}

const isReadOnly = ({ telling }: Crash): boolean =>
  /read-only file ?system|\bEROFS\b/i.test(telling?.entry.lines.join('\n') ?? '');

function fixOf({ container }: Crash, path: string | undefined, { kind, text }: FileObstacle): Fix {
  const where = path ?? 'the path';
  const advice: Readonly<Record<FileObstacle['kind'], string>> = {
    root: `mount an emptyDir at ${folderOf(path)} in container ${container.name}`,
    mount: `remove readOnly from the volumeMount that holds ${where} in container ${container.name}, or write elsewhere`,
    config: `copy ${where} to an emptyDir at start, or write elsewhere: ConfigMaps and Secrets are always mounted read-only`,
    mode: `set spec.securityContext.fsGroup to the group that container ${container.name} runs with, and defaultMode of the volume to 0440`,
    owner: `set spec.securityContext.fsGroup to the group that container ${container.name} runs with, so that it owns the volume`,
    image: `change the owner of ${where} in the image to the user it runs as, or mount an emptyDir there`,
  };
  return { advice: advice[kind], reason: text };
}

/** The folder to mount: the path's own parent, since a file cannot be made a mount of an emptyDir. */
function folderOf(path: string | undefined): string {
  if (path === undefined) return 'the path';
  const folder = path.replace(/\/+$/, '');
  return folder.includes('.') ? folder.slice(0, Math.max(1, folder.lastIndexOf('/'))) : folder;
}
