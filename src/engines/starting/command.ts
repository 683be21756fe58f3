import type { Container } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { StartFailure } from './failures.ts';

const shownWord = 80;

/** What a container runs, as its spec says: `command ["slep"], args ["1d"]`. */
export function commandOf({ command, args, image }: Container): string {
  const shown = (words: readonly (string | undefined)[]): string =>
    JSON.stringify(words.map((word = '') => (word.length > shownWord ? `${word.slice(0, shownWord)}…` : word)));
  const parts = [
    ...(command === undefined ? [] : [`command ${shown(command)}`]),
    ...(args === undefined ? [] : [`args ${shown(args)}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : `the entrypoint of ${image ?? 'the image'}`;
}

/** Where programs are when no path is given; a mount over one of them hides programs. */
const programFolders = new Set(['/bin', '/usr', '/usr/bin', '/usr/local', '/usr/local/bin', '/sbin', '/usr/sbin']);

/** The mount that covers a program and does not hold it by intent: it lies over the path, or over a folder of programs. */
export function hidingMount(
  { container }: StartFailure,
  path: string | undefined,
): { readonly name: string; readonly mountPath: string } | undefined {
  if (path === undefined) return undefined;
  const covers = (mountPath: string): boolean =>
    path.startsWith('/')
      ? path.startsWith(`${mountPath.replace(/\/$/, '')}/`)
      : programFolders.has(mountPath.replace(/\/$/, ''));
  const mount = (container.spec.volumeMounts ?? []).find(
    ({ mountPath }) => mountPath !== undefined && covers(mountPath),
  );
  return mount?.name && mount.mountPath ? { name: mount.name, mountPath: mount.mountPath } : undefined;
}

/** The text of a script that a ConfigMap puts into the container at this path; `undefined` for all other files. */
export function scriptOf(
  snapshot: Snapshot,
  { pod, container }: StartFailure,
  path: string | undefined,
): string | undefined {
  for (const { name, mountPath = '', subPath } of container.spec.volumeMounts ?? []) {
    const source = pod.spec?.volumes?.find((volume) => volume.name === name)?.configMap;
    const folder = mountPath.replace(/\/$/, '');
    if (source?.name === undefined || path === undefined) continue;
    const file = path === folder ? subPath : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
    const key = source.items?.find((item) => item.path === file)?.key ?? file;
    const text = snapshot.find('ConfigMap', pod.metadata.namespace, source.name)?.data?.[key ?? ''];
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Whether an "exec format error" is about a script, of which the image's architecture says nothing. */
export const isScript = (snapshot: Snapshot, failure: StartFailure): boolean =>
  scriptOf(snapshot, failure, failure.what) !== undefined;

/** Why the kernel cannot run a script, from its first line (execve(2)); `undefined` when that line is well-formed. */
export function scriptFlaw(path: string, script: string): string | undefined {
  const [first = ''] = script.split('\n');
  if (!first.startsWith('#!')) return `${path} has no #! line, so it is no program`;
  if (first.endsWith('\r'))
    return `the lines of ${path} end with CR (Windows), so its interpreter is looked for as "${first.slice(2).trim()}\\r"`;
  return undefined;
}

/** What to change in a script that the kernel cannot run, and why. */
export function scriptRemedy(path: string, script: string): { readonly advice: string; readonly reason: string } {
  const [first = ''] = script.split('\n');
  if (!first.startsWith('#!'))
    return {
      advice: `begin ${path} with #!/bin/sh or its interpreter`,
      reason: 'the kernel knows a script by that line',
    };
  if (first.endsWith('\r'))
    return { advice: `save ${path} with Unix line ends (LF)`, reason: 'the CR becomes a part of the name' };
  return {
    advice: `name an interpreter that is in the image in the first line of ${path}, or take an image that has it`,
    reason: 'the kernel reports a missing interpreter as a missing file',
  };
}

/** `/bin/bash` of `#!/bin/bash -e`. */
export const interpreterOf = (script: string): string | undefined => /^#!\s*(\S+)/.exec(script)?.[1];
