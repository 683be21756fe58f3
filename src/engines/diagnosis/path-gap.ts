import type { Crash } from '../crashes/crashes.ts';
import { pathIn } from '../file-paths.ts';
import { refOf } from '../objects.ts';
import { type CrashGap, capabilityGap } from './crash-gap.ts';
import { type FileObstacle, obstacleOf } from './file-obstacles.ts';
import { kernelGap } from './kernel-gap.ts';
import type { Fix } from './rule.ts';

/** What forbids a path to a program that says so: a right of root, a setting of the node, or what covers the path. */
export function pathGap(crash: Crash): CrashGap {
  const path = pathOf(crash);
  const gap = rightGap(crash);
  if (gap !== undefined) return gap;
  const obstacle = obstacleOf(crash.pod, crash.container, { path, readOnly: isReadOnly(crash) });
  return {
    says: obstacle.text,
    evidence: [{ object: refOf(crash.pod), source: 'spec', text: obstacle.text }],
    fixes: [fixOf(crash, path, obstacle)],
  };
}

/** Where it is no right to the path that is missing, but a right of root, or of the node. */
function rightGap(crash: Crash): CrashGap | undefined {
  const { pod, container, telling } = crash;
  const text = telling?.entry.lines.join('\n') ?? '';
  const user = container.spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser ?? 0;
  // To another user than root capabilities are not given.
  return (
    kernelGap({ pod, container }, text) ??
    (user === 0 ? capabilityGap(pod, container, text) : givingAwayGap(crash, { user, text }))
  );
}

/** Who is not root gives nothing to another owner, whatever the volume. */
function givingAwayGap(
  { pod, container }: Crash,
  { user, text }: { readonly user: number; readonly text: string },
): CrashGap | undefined {
  if (!/\bchown\b[^\n]*(?:not permitted|\bEPERM\b)/i.test(text)) return undefined;
  const says = `it runs as user ${user}, and only root may give a path to another owner`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: `container ${container.name} has runAsUser ${user}` }],
    fixes: [
      {
        advice: `do without the chown in container ${container.name}: set spec.securityContext.fsGroup for a volume, or the owner in the image`,
        reason: says,
      },
      { advice: `set runAsUser to 0 in container ${container.name} alone, where the cluster allows it`, reason: says },
    ],
  };
}

const refusal =
  /readonly database|permission denied|not permitted|\bEACCES\b|\bEPERM\b|access denied|AccessDenied|read-only file ?system|\bEROFS\b/i;

/** `mkdir 'logs'`: a folder below the working directory. */
const relative = /\b(?:mkdir|open|scandir|unlink|rename|rmdir|copyfile) '([^'/][^']*)'/;

/** The path of the line that complains; the frames of its trace name others. */
function pathOf({ telling, container }: Crash): string | undefined {
  const lines = telling?.entry.lines ?? [];
  const told = (lines.find((line) => refusal.test(line)) ?? lines.join('\n')).replace(ofScript, '');
  const [, below] = relative.exec(told) ?? [];
  const { workingDir } = container.spec;
  if (below !== undefined)
    return workingDir === undefined ? `${below} in its working directory` : `${workingDir}/${below}`;
  return (pathIn(told) ?? pathIn(lines.join('\n')))?.replace(ofAtomicWriter, '');
}

/** `/entrypoint.sh: line 37: `: which script complains. */
const ofScript = /^\S+: line \d+: /;

/** The folder `..2026_11_27_23_04_40.215` that the kubelet puts the files of a ConfigMap or Secret in. */
const ofAtomicWriter = /\/\.\.(?:data|\d{4}_[\d_.]+)(?=\/|$)/;

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
    stdio: `let container ${container.name} write to its open standard output and error without opening ${where} by name, or run it as the user that its image starts as`,
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
