import { type Pod, refOf } from '../../../objects.ts';
import { specPath } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { commandOf, hidingMount } from '../../../starting/command.ts';
import { failingSince, runtimeWords, type StartFailure, startFailuresOf } from '../../../starting/failures.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const containerExecPermission = defineRule({
  id: 'container-exec-permission',
  title: 'The program may not be executed',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The program is there, but it has no execute bit, is a directory, or the user of the container may not read it.',
  detection:
    'The runtime refuses to start the container with "permission denied" (StartError, exit 128), the shell exits with ' +
    '126, or the log ends with a script that may not be opened. The volume that holds the file and its mode are named.',
  remedies: [
    'Give the file an execute bit: in the image, or by defaultMode of its volume.',
    'Match runAsUser and the owner of the file.',
  ],
  avoid: ['running as root'],

  check: (snapshot) =>
    startFailuresOf(snapshot, 'container-exec-permission').map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: StartFailure): Finding {
  const { pod, container, text, source, certainty } = failure;
  const program = /exec: "([^"]+)"/.exec(text)?.[1] ?? failure.what;
  const volume = volumeOf(failure, program);
  const where = volume === undefined ? '' : ` (volume ${volume.name}${volume.mode ? `, mode ${volume.mode}` : ''})`;
  const user = container.spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const runsAs = user === undefined ? 'runAsUser is not set' : `runAsUser ${user}`;
  return {
    subject: refOf(pod),
    container: container.name,
    problem:
      program === undefined
        ? `cannot start: a command may not be executed (${text})`
        : `cannot start: ${program} may not be executed${where}`,
    certainty,
    evidence: [
      { object: refOf(pod), source, text: runtimeWords(text) },
      { object: refOf(pod), source: 'spec', text: `${commandOf(container.spec)}; ${runsAs}` },
    ],
    since: failingSince(snapshot, failure),
    fixes: fixesOf(snapshot, failure, program, volume),
    missingEvidence: program === undefined ? [`the log of container ${container.name}`] : [],
  };
}

interface FileVolume {
  readonly name: string;
  /** Octal, as people write it; absent for volumes that have no mode. */
  readonly mode: string | undefined;
  readonly field: string | undefined;
}

const defaultMode = 0o644;

/** The volume that holds the program. ConfigMaps and Secrets are not executable unless told. */
function volumeOf(failure: StartFailure, program: string | undefined): FileVolume | undefined {
  const mount = hidingMount(failure, program);
  const volume = failure.pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (mount === undefined || volume === undefined) return undefined;
  const source = (['configMap', 'secret', 'projected'] as const).find((kind) => volume[kind] !== undefined);
  if (source === undefined) return { name: mount.name, mode: undefined, field: undefined };
  const mode = volume[source]?.defaultMode ?? defaultMode;
  return {
    name: mount.name,
    mode: `0${mode.toString(8)}`,
    field: `volumes[${mount.name}].${source}.defaultMode`,
  };
}

function fixesOf(
  snapshot: Snapshot,
  { pod, container }: StartFailure,
  program: string | undefined,
  volume: FileVolume | undefined,
): readonly Fix[] {
  const at = specPath(container);
  return [
    ...rollbackAdvice(
      snapshot,
      pod,
      (field) =>
        ['image', 'command', 'args', 'securityContext', 'volumeMounts'].some((part) =>
          field.startsWith(`${at}.${part}`),
        ) ||
        field.startsWith('securityContext') ||
        field.startsWith('volumes'),
    ),
    volume?.field === undefined
      ? {
          advice: `give ${program ?? 'the program'} an execute bit for ${userText(pod)} in the image (chmod 0755)`,
          reason: 'the kernel refuses to execute it',
        }
      : { advice: `set ${volume.field} to 0755`, reason: `mode ${volume.mode} does not let everyone execute it` },
  ];
}

const userText = (pod: Pod): string =>
  pod.spec?.securityContext?.runAsUser === undefined
    ? 'the user of the container'
    : `user ${pod.spec.securityContext.runAsUser}`;
