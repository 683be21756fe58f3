import { type Container, refOf } from '../../../objects.ts';
import { specPath } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import {
  commandOf,
  hidingMount,
  interpreterOf,
  isScript,
  scriptFlaw,
  scriptOf,
  scriptRemedy,
} from '../../../starting/command.ts';
import { failingSince, runtimeWords, type StartFailure, startFailuresOf } from '../../../starting/failures.ts';
import { absentFileIn } from '../../absent-file.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const containerCommandNotFound = defineRule({
  id: 'container-command-not-found',
  title: 'The command cannot be found in the container',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The command, its script or interpreter, or a library or module that it needs is not in the container.',
  detection:
    'The runtime refuses to start the container with "executable file not found in $PATH" or "no such file or ' +
    'directory" (StartError, exit 128), the shell exits with 127, or the log ends with the words of a loader or ' +
    'interpreter that misses a script, module, class or library. The first line of a script that comes from a ConfigMap ' +
    'tells a missing interpreter, Windows line ends and a missing #! apart. A volume that covers the path is named.',
  remedies: [
    'Roll back, when command or image are new.',
    'Correct command and args, or put the program into the image.',
  ],
  avoid: ['restarting: the program is still missing'],

  check: (snapshot) =>
    [
      ...startFailuresOf(snapshot, 'container-command-not-found'),
      ...startFailuresOf(snapshot, 'image-arch-mismatch').filter((failure) => isScript(snapshot, failure)),
    ].map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: StartFailure): Finding {
  const { pod, container, text, source, certainty } = failure;
  const what = missingIn(snapshot, failure);
  const absent = what.path === undefined ? undefined : absentFileIn(snapshot, failure, `no such file: ${what.path}`);
  const hiding = what.script === undefined && absent === undefined ? hidingMount(failure, what.path) : undefined;
  const clause = absent?.says ?? (hiding && `volume ${hiding.name} is mounted over ${hiding.mountPath}`);
  const command = commandOf(container.spec);
  return {
    subject: refOf(pod),
    container: container.name,
    problem: `cannot start${container.init ? ` its init container ${container.name}` : ''}: ${what.says}${clause === undefined ? '' : ` (${clause})`}`,
    certainty,
    evidence: [
      { object: refOf(pod), source, text: runtimeWords(text) },
      { object: refOf(pod), source: 'spec', text: command },
      ...(absent?.evidence ?? []),
    ],
    since: failingSince(snapshot, failure),
    fixes: absent?.fixes ?? fixesOf(snapshot, failure, what, hiding),
    missingEvidence: certainty === 'inferred' ? [`the log of container ${container.name}`] : [],
    nextCheck:
      certainty === 'inferred'
        ? `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${container.name}`
        : undefined,
  };
}

interface Missing {
  readonly path: string | undefined;
  /** Its text, when it is a script of a ConfigMap. */
  readonly script?: string | undefined;
  /** The rest of a sentence that is the same for every replica. */
  readonly says: string;
}

function missingIn(snapshot: Snapshot, failure: StartFailure): Missing {
  const { container, text, what } = failure;
  const image = container.spec.image ?? 'the image';
  const program = /exec: "([^"]+)"/.exec(text)?.[1];
  if (program !== undefined) {
    const inPath = !program.includes('/');
    return {
      path: program,
      says: inPath ? `${program} is not in $PATH of ${image}` : `${program} does not exist in ${image}`,
    };
  }
  const script = /(?:^|\s)exec (\/\S+): no such file/i.exec(text)?.[1] ?? (text.startsWith('exec ') ? what : undefined);
  if (script !== undefined) return scriptIn(snapshot, failure, script);
  if (what === undefined) return { path: undefined, says: `a command of ${image} was not found (${text})` };
  if (/shared librar/i.test(text)) return { path: undefined, says: `the shared library ${what} is not in ${image}` };
  if (/module|LoadError|GemNotFound|Could not find \S+ in /i.test(text))
    return { path: undefined, says: `the module ${what} is not in ${image}` };
  if (/GLIBC/.test(text))
    return { path: undefined, says: `the C library of ${image} is older than the program: it has no ${what}` };
  if (/framework/i.test(text)) {
    const [framework, version] = what.split("', version '");
    return { path: undefined, says: `the framework ${framework} ${version} is not in ${image}` };
  }
  if (/main class/i.test(text)) return { path: undefined, says: `the main class ${what} is not in ${image}` };
  return { path: what, says: `${what} does not exist in ${image}` };
}

/** The kernel reports a missing interpreter as if the script were missing. */
function scriptIn(snapshot: Snapshot, failure: StartFailure, path: string): Missing {
  const image = failure.container.spec.image ?? 'the image';
  const script = scriptOf(snapshot, failure, path);
  if (script === undefined) {
    return { path, says: `${path} or the interpreter in its first line does not exist in ${image}` };
  }
  const interpreter = interpreterOf(script) ?? 'its interpreter';
  return {
    path,
    script,
    says: scriptFlaw(path, script) ?? `${interpreter}, which ${path} asks for, does not exist in ${image}`,
  };
}

function fixesOf(
  snapshot: Snapshot,
  { pod, container, text }: StartFailure,
  { path, script }: Missing,
  hiding: ReturnType<typeof hidingMount>,
): readonly Fix[] {
  const at = specPath(container);
  return [
    ...rollbackAdvice(snapshot, pod, (field) =>
      ['image', 'command', 'args', 'workingDir', 'volumeMounts'].some((part) => field.startsWith(`${at}.${part}`)),
    ),
    ...(hiding === undefined
      ? []
      : [
          {
            advice: `mount volume ${hiding.name} elsewhere than ${hiding.mountPath}`,
            reason: 'a mount hides what the image has there',
          },
        ]),
    ...shellFix(at, container.spec, path),
    programFix(at, text, path, script),
  ];
}

/** What only a shell would understand: a variable, or a whole command line as one word. */
function shellFix(at: string, { command = [] }: Container, path: string | undefined): readonly Fix[] {
  const [first = ''] = command;
  const [, variable] = /^\$\{?(\w+)\}?$/.exec(path ?? '') ?? [];
  if (variable !== undefined && first === path) {
    return [
      {
        advice: `write $(${variable}) instead of ${first} in ${at}.command, or run the line by ["sh", "-c", …]`,
        reason: 'Kubernetes puts variables in for $(NAME) only, and no shell reads the command',
      },
    ];
  }
  if (path === undefined || first !== path || !/\S\s+\S/.test(first)) return [];
  return [
    {
      advice: `write each word of ${at}.command as an item of its own, or ["sh", "-c", ${JSON.stringify(first)}]`,
      reason: 'the whole line is taken for the name of one program',
    },
  ];
}

function programFix(at: string, text: string, path: string | undefined, script: string | undefined): Fix {
  if (path !== undefined && script !== undefined) return scriptRemedy(path, script);
  return text.startsWith('exec /')
    ? {
        advice: `check the first line of ${path ?? 'the script'}: its interpreter must be in the image, and the line must not end with CR (Windows line ends)`,
        reason: 'the kernel reports a missing interpreter as a missing file',
      }
    : { advice: `correct ${at}.command and args, or the image`, reason: 'the program is not where it is looked for' };
}
