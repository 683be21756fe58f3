import { nearest } from '../../../../platform/nearest.ts';
import { type Crash, crashes, crashingSince } from '../../../crashes/crashes.ts';
import { nameOf, type ObjectRef, type Pod, refOf, type Volume } from '../../../objects.ts';
import { type PodContainer, specPath, unreadySince } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { runtimeWords, type StartFailure, startFailuresOf } from '../../../starting/failures.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const containerMountConflict = defineRule({
  id: 'container-mount-conflict',
  title: 'A volume cannot be mounted at its path',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'A directory is to be mounted on a file, a file on a directory, or the place of the mount cannot be made; or an ' +
    'empty directory is mounted where the program expects a file.',
  detection:
    'The runtime or the kubelet fails with "not a directory", "failed to prepare subPath", "missing value for" (a variable of a subPathExpr) or a read-only file system ' +
    'at a mount point. The mount is found by its path; a subPath that is no key of its ConfigMap or Secret is named, ' +
    'because the kubelet then makes a directory of that name; also when the program starts and then crashes.',
  remedies: [
    'Roll back, when the mount is new.',
    'Mount one file with subPath and its key, or mount the volume on a directory of its own.',
  ],
  avoid: ['making the root file system writable by reflex'],

  check: (snapshot) => [
    ...startFailuresOf(snapshot, 'container-mount-conflict').map((failure) => findingOf(snapshot, failure)),
    ...crashes(snapshot)
      .filter(({ rule }) => rule !== undefined && diesOfFiles.has(rule))
      .flatMap((crash) => emptyMount(snapshot, crash)),
  ],
});

/** What a program that finds no file in the place of its file may die of. */
const diesOfFiles: ReadonlySet<string> = new Set(['crash-app-error', 'init-container-crash', 'log-config-parse']);

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath: string | undefined;
  readonly volume: Volume | undefined;
}

interface Fault {
  readonly says: string;
  readonly culprit?: ObjectRef;
  readonly fix: Fix;
  readonly recomputed?: string;
}

function findingOf(snapshot: Snapshot, failure: StartFailure): Finding {
  const { pod, container, text, source, certainty } = failure;
  const mount = mountOf(failure);
  const { says, culprit, fix, recomputed } =
    mount === undefined ? (unsetVariable(failure) ?? unknownMount(failure)) : faultOf(snapshot, failure, mount);
  return {
    subject: refOf(pod),
    container: container.name,
    problem: `cannot start: ${says}`,
    culprit,
    certainty: recomputed === undefined ? certainty : 'recomputed',
    evidence: [
      { object: refOf(pod), source, text: withoutHostPaths(runtimeWords(text)) },
      ...(recomputed === undefined || culprit === undefined
        ? []
        : [{ object: culprit, source: 'recomputed' as const, text: recomputed }]),
    ],
    since: unreadySince(pod),
    fixes: [
      ...rollbackAdvice(
        snapshot,
        pod,
        (field) =>
          /^containers\[[^\]]*\]\.(?:image|volumeMounts|workingDir)/.test(field) || field.startsWith('volumes'),
      ),
      fix,
    ],
  };
}

/** Paths on the host hold the pod's uid and say nothing to people. */
const withoutHostPaths = (text: string): string =>
  text.replaceAll(/\/[^\s":]*\/pods\/[0-9a-f-]{36}\/(volume-subpaths|volumes)\/[^\s":]*/g, '(volume)');

/** The mount that a message means: by its path in the container, by the volume it names. */
function mountOf({ pod, container, text }: StartFailure): Mount | undefined {
  const path = /to rootfs at "([^"]+)"/.exec(text)?.[1] ?? /create mountpoint for (\S+) mount/.exec(text)?.[1];
  const volumeName = /for volumeMount "([^"]+)"/.exec(text)?.[1];
  const mount = (container.spec.volumeMounts ?? []).find(
    ({ name, mountPath, subPath, subPathExpr }) =>
      (path !== undefined && mountPath !== undefined && trimmed(mountPath) === trimmed(path)) ||
      (volumeName !== undefined && name === volumeName && (subPath ?? subPathExpr) !== undefined),
  );
  if (mount?.name === undefined || mount.mountPath === undefined) return undefined;
  return {
    name: mount.name,
    mountPath: mount.mountPath,
    subPath: mount.subPath,
    volume: pod.spec?.volumes?.find(({ name }) => name === mount.name),
  };
}

/** The first mount of a crashing container whose subPath is no key: its program finds a directory instead of a file. */
function emptyMount(snapshot: Snapshot, crash: Crash): readonly Finding[] {
  const { pod, container } = crash;
  const faults = (container.spec.volumeMounts ?? []).flatMap(({ name = '', mountPath = '', subPath }) => {
    const volume = pod.spec?.volumes?.find((each) => each.name === name);
    return missingKey(snapshot, pod, container, { name, mountPath, subPath, volume }) ?? [];
  });
  const [first] = faults;
  if (first === undefined) return [];
  const { path, says, culprit, fix, recomputed } = first;
  return [
    {
      subject: refOf(pod),
      container: container.name,
      problem: `finds an empty directory at ${path}: ${says}`,
      culprit,
      certainty: 'recomputed',
      evidence: [{ object: culprit, source: 'recomputed', text: recomputed }],
      since: crashingSince(snapshot, crash),
      fixes: [fix],
    },
  ];
}

/** A subPath that is no key of the ConfigMap or Secret behind its volume. */
function missingKey(
  snapshot: Snapshot,
  pod: Pod,
  container: PodContainer,
  { mountPath, subPath, volume, ...mount }: Mount,
) {
  const source = sourceOf(volume, pod.metadata.namespace);
  const keys = keysOf(snapshot, volume, source);
  const [top = ''] = subPath?.split('/') ?? [];
  if (subPath === undefined || source === undefined || keys === undefined || keys.includes(top)) return undefined;
  const near = nearest(top, keys, 1)[0];
  const field = `${specPath(container)}.volumeMounts[${mountPath}].subPath`;
  return {
    path: mountPath,
    says: `subPath ${subPath} of volume ${mount.name} (${nameOf(source)}) is no key of it${near ? ` (${near} is)` : ''}`,
    culprit: source,
    recomputed: `keys: ${keys.join(', ').slice(0, 300) || '(none)'}`,
    fix: {
      advice: near ? `set ${field} to ${near}` : `add the key ${top} to ${nameOf(source)}, or correct ${field}`,
      reason: 'a subPath that does not exist is made as an empty directory',
    },
  };
}

const trimmed = (path: string): string => (path === '/' ? path : path.replace(/\/$/, ''));

/** A subPathExpr with a variable that the container does not have (`ExpandContainerVolumeMounts` of the kubelet). */
function unsetVariable({ container, text }: StartFailure): Fault | undefined {
  const variable = /^(?:Error: )?missing value for "?([\w.-]+)/i.exec(text)?.[1];
  const mount = (container.spec.volumeMounts ?? []).find(
    ({ subPathExpr }) => variable !== undefined && subPathExpr?.includes(`$(${variable})`),
  );
  if (variable === undefined || mount === undefined) return undefined;
  return {
    says: `subPathExpr ${mount.subPathExpr} of volumeMounts[${mount.mountPath}] takes ${variable} from the environment, which has no ${variable}`,
    fix: {
      advice: `add ${variable} to ${specPath(container)}.env (metadata.name of the pod: fieldRef), or correct the subPathExpr`,
      reason: 'the kubelet expands it before it starts the container',
    },
  };
}

function unknownMount({ container, text }: StartFailure): Fault {
  const folder = /mkdir(?:at)? (\S+): not a directory/i.exec(text)?.[1];
  if (folder !== undefined && folder === container.spec.workingDir) {
    return {
      says: `workingDir ${folder} is a file in ${container.spec.image ?? 'the image'}`,
      fix: {
        advice: `set ${specPath(container)}.workingDir to a directory`,
        reason: 'a program starts in a directory',
      },
    };
  }
  return {
    says: withoutHostPaths(runtimeWords(text)),
    fix: {
      advice: `compare ${specPath(container)}.volumeMounts with the files of the image`,
      reason: 'a mount does not fit',
    },
  };
}

function faultOf(snapshot: Snapshot, { pod, container, text }: StartFailure, mount: Mount): Fault {
  const { name, mountPath, subPath, volume } = mount;
  const source = sourceOf(volume, pod.metadata.namespace);
  const label = source === undefined ? `volume ${name}` : `volume ${name} (${source.kind}/${source.name})`;
  const at = `${specPath(container)}.volumeMounts[${mountPath}]`;
  if (/read-only file system/i.test(text)) {
    return {
      says: `${mountPath} for ${label} cannot be made: the file system there is read-only`,
      fix: {
        advice: `let the image have the directory ${mountPath}, or mount ${label} elsewhere`,
        reason: 'a mount point must exist',
      },
    };
  }
  const missing = missingKey(snapshot, pod, container, mount);
  if (missing !== undefined) {
    return { ...missing, says: `${missing.says}, so a directory would be mounted at ${mountPath}` };
  }
  if (/prepare subPath/i.test(text)) {
    return {
      says: `subPath ${subPath ?? ''} of ${label} cannot be made: a part of it is a file or leads out of the volume`,
      fix: { advice: `correct ${at}.subPath`, reason: 'the kubelet cannot make it' },
    };
  }
  if (subPath === undefined) {
    return {
      says: `${label} is a directory and ${mountPath} is a file in ${container.spec.image ?? 'the image'}`,
      fix: {
        advice: `mount one file with ${at}.subPath, or choose a directory as mountPath`,
        reason: 'a directory cannot cover a file',
      },
    };
  }
  return {
    says: `subPath ${subPath} of ${label} and ${mountPath} in ${container.spec.image ?? 'the image'} are not both files`,
    fix: { advice: `set ${at}.mountPath to the path of a file`, reason: 'a file can cover a file only' },
  };
}

function sourceOf(volume: Volume | undefined, namespace: string | undefined): ObjectRef | undefined {
  if (volume?.configMap?.name) return { kind: 'ConfigMap', namespace, name: volume.configMap.name };
  if (volume?.secret?.secretName) return { kind: 'Secret', namespace, name: volume.secret.secretName };
  return undefined;
}

/** The files of a volume that is made of a ConfigMap or Secret; `undefined` when that was not read. */
function keysOf(
  snapshot: Snapshot,
  volume: Volume | undefined,
  source: ObjectRef | undefined,
): readonly string[] | undefined {
  if (source === undefined) return undefined;
  const items = volume?.configMap?.items ?? volume?.secret?.items;
  if (items !== undefined) return items.flatMap(({ path }) => path?.split('/')[0] ?? []);
  if (source.kind === 'ConfigMap') {
    const configMap = snapshot.find('ConfigMap', source.namespace, source.name);
    return configMap && Object.keys({ ...configMap.data, ...configMap.binaryData });
  }
  const secret = snapshot.find('Secret', source.namespace, source.name);
  return secret && Object.keys({ ...secret.data });
}
