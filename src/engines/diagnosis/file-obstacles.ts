import { isUnder } from '../file-paths.ts';
import type { Pod } from '../objects.ts';
import type { PodContainer } from '../pods.ts';

/** What in the pod's spec keeps a container from using a path. */
export interface FileObstacle {
  readonly kind: 'root' | 'mount' | 'config' | 'mode' | 'owner' | 'stdio' | 'image';
  readonly text: string;
}

const readableByAll = 0o004;
/** The pipes that a container's log is read from; they belong to root, and to the user that holds them open. */
const stdio = /^\/(?:proc\/(?:self|1)\/fd\/[12]|dev\/(?:fd\/[12]|stdout|stderr))$/;

/** Finds what forbids a path: the mount that covers it, the root file system, or whom the container runs as. */
export function obstacleOf(
  pod: Pod,
  { spec }: PodContainer,
  { path, readOnly }: { readonly path: string | undefined; readonly readOnly: boolean },
): FileObstacle {
  const mounts = spec.volumeMounts ?? [];
  const mount =
    path === undefined
      ? onlyData(pod, mounts)
      : mounts
          .filter(({ mountPath = '' }) => isUnder(path, mountPath))
          .toSorted((a, b) => (b.mountPath ?? '').length - (a.mountPath ?? '').length)[0];
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (mount?.readOnly === true)
    return { kind: 'mount', text: `volume ${mount.name} is mounted readOnly at ${mount.mountPath}` };
  const user = spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const group = pod.spec?.securityContext?.fsGroup;
  const runs = `it runs as ${user === undefined ? "the image's user" : `user ${user}`}`;
  const mode = (volume?.configMap ?? volume?.secret ?? volume?.projected)?.defaultMode;
  if (!readOnly && mode !== undefined && (mode & readableByAll) === 0) {
    return {
      kind: 'mode',
      text: `${runs}, and files of volume ${mount?.name} at ${mount?.mountPath} belong to root with mode 0${mode.toString(8)}`,
    };
  }
  if (volume?.configMap ?? volume?.secret ?? volume?.projected ?? volume?.downwardAPI) {
    return { kind: 'config', text: `volume ${mount?.name} at ${mount?.mountPath} is read-only by its kind` };
  }
  if (mount === undefined && readOnly && spec.securityContext?.readOnlyRootFilesystem === true) {
    return { kind: 'root', text: `readOnlyRootFilesystem is true and no volume is mounted at ${path ?? 'that path'}` };
  }
  if (mount === undefined && path !== undefined && stdio.test(path)) {
    return { kind: 'stdio', text: `${runs}, and ${path} is the pipe of its log, which belongs to root` };
  }
  if (mount === undefined) {
    const whose = path === undefined ? ', and the log names no path' : ` and ${path} is part of the image`;
    return { kind: 'image', text: `${runs}${whose}` };
  }
  return {
    kind: 'owner',
    text: `${runs} with ${group === undefined ? 'no fsGroup' : `fsGroup ${group}`} on volume ${mount.name} at ${mount.mountPath}`,
  };
}

/** The one volume for data that a container mounts: what is meant when no path is named. */
function onlyData(pod: Pod, mounts: NonNullable<PodContainer['spec']['volumeMounts']>) {
  const [only, ...others] = mounts.filter(({ name }) => {
    const volume = pod.spec?.volumes?.find((each) => each.name === name);
    return (volume?.persistentVolumeClaim ?? volume?.emptyDir ?? volume?.hostPath ?? volume?.ephemeral) !== undefined;
  });
  return others.length === 0 ? only : undefined;
}
