import type { Crash } from '../crashes/crashes.ts';
import { isUnder, pathIn } from '../file-paths.ts';
import { refOf } from '../objects.ts';
import { containersOf } from '../pods.ts';
import type { CrashGap } from './crash-gap.ts';

/** A folder that is not there: the image has none, and nothing is mounted. */
const noFolder =
  /nonexistent directory|no such file or directory|ENOENT|DirectoryNotFound|FileNotFound|does not exist|\bnot found (?:at|in) \//i;
/** Shorter parts of a path stand in many names. */
const tellingPart = 3;

/** A volume for data that is mounted beside the folder that the program uses: its name or its mount path has a part of it. */
export function mountGap({ pod, container, telling }: Crash): CrashGap | undefined {
  const text = telling?.entry.lines.join('\n') ?? '';
  const path = noFolder.test(text) ? pathIn(text) : undefined;
  const mounts = container.spec.volumeMounts ?? [];
  if (path === undefined || mounts.some(({ mountPath = '' }) => isUnder(path, mountPath))) return undefined;
  const folder = path.slice(0, path.lastIndexOf('/'));
  const written = writtenGap({ pod, container }, path);
  if (written !== undefined) return written;
  const parts = folder.split('/').filter((part) => part.length > tellingPart);
  const [only, ...others] = mounts.filter(({ name, mountPath = '' }) => {
    const volume = pod.spec?.volumes?.find((each) => each.name === name);
    const holdsData = (volume?.emptyDir ?? volume?.persistentVolumeClaim ?? volume?.ephemeral) !== undefined;
    return holdsData && parts.some((part) => mountPath.includes(part) || volume?.name?.includes(part) === true);
  });
  if (only === undefined || others.length > 0) return undefined;
  const says = `nothing is mounted at ${folder}: volume ${only.name} is at ${only.mountPath}`;
  return {
    says,
    evidence: [
      {
        object: refOf(pod),
        source: 'spec',
        text: `container ${container.name} mounts ${only.name} at ${only.mountPath}`,
      },
    ],
    fixes: [
      {
        advice: `set mountPath of volume ${only.name} in container ${container.name} to ${folder}, or let the program use ${only.mountPath}`,
        reason: `the program uses ${path}`,
      },
    ],
  };
}

/** A file that another container of the pod writes to a volume, which this one has too, at another path. */
function writtenGap({ pod, container }: Pick<Crash, 'pod' | 'container'>, path: string): CrashGap | undefined {
  const at = path.lastIndexOf('/');
  const [folder, file] = [path.slice(0, at), path.slice(at + 1)];
  for (const { name, mountPath } of container.spec.volumeMounts ?? []) {
    const writer = containersOf(pod).find(
      ({ name: other, spec: { command = [], args = [], volumeMounts = [] } }) =>
        other !== container.name &&
        volumeMounts.some(
          (mount) =>
            mount.name === name &&
            [...command, ...args].some((word) => word.includes(`${mount.mountPath?.replace(/\/+$/, '')}/${file}`)),
        ),
    );
    if (writer === undefined) continue;
    const says = `${writer.init ? 'init container' : 'container'} ${writer.name} writes ${file} to volume ${name}, which is mounted here at ${mountPath}, not at ${folder}`;
    return {
      says,
      evidence: [{ object: refOf(pod), source: 'spec', text: `container ${container.name}: ${says}` }],
      fixes: [
        {
          advice: `set mountPath of volume ${name} in container ${container.name} to ${folder}`,
          reason: `the program looks for ${path}`,
        },
      ],
    };
  }
  return undefined;
}
