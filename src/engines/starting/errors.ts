import type { LogExcerpt } from '../snapshot-data.ts';

/** Rules that name why a container never got to run its program. */
export type StartErrorRule =
  | 'container-command-not-found'
  | 'container-exec-permission'
  | 'container-mount-conflict'
  | 'container-security-rejected'
  | 'image-arch-mismatch';

/**
 * First match wins. A profile or a mount that is missing says "no such file or directory" too, and a path in the way
 * says "not a directory" with words that differ between runc, crun and their versions, so the specific come first.
 */
const runtimePatterns: readonly (readonly [RegExp, StartErrorRule | undefined])[] = [
  [/OOM-killed|no space left/i, undefined],
  [/seccomp|apparmor|selinux|runAsNonRoot|non-root policy/i, 'container-security-rejected'],
  [
    /error mounting|are you trying to mount|failed to prepare subPath|^(?:Error: )?missing value for |mountpoint|mkdir(?:at)? \S+: (?:not a directory|read-only file system|file exists)/i,
    'container-mount-conflict',
  ],
  [/exec format error/i, 'image-arch-mismatch'],
  [/executable file not found|no such file or directory|no command specified/i, 'container-command-not-found'],
  [/permission denied|operation not permitted|is a directory/i, 'container-exec-permission'],
];

/** Which rule speaks of what kubelet or runtime said when they could not create or start a container. */
export const runtimeErrorRule = (message: string): StartErrorRule | undefined =>
  runtimePatterns.find(([pattern]) => pattern.test(message))?.[1];

/** A program that died because it, its script or a part of it is not there, by the line that says so. */
export interface StartErrorLine {
  readonly rule: StartErrorRule;
  /** The line as it stood in the log. */
  readonly line: string;
  /** The file, command, module or library. */
  readonly what: string;
}

/** The shell's exit code for a command that it could not execute (POSIX 2.8.2). */
const notExecutable = 126;

/**
 * What shells, loaders and interpreters say of a program they cannot run; `what` is the thing. runc before 1.2 writes
 * a failed exec of a script into the container's log and exits with 1. A number is the one exit code that goes with it.
 */
const logPatterns: readonly (readonly [RegExp, StartErrorRule, number?])[] = [
  [/^exec (?<what>\S+): exec format error/i, 'image-arch-mismatch'],
  [/exec user process caused:? "?exec format error/i, 'image-arch-mismatch'],
  [/(?<what>[^\s:]+): cannot execute binary file/i, 'image-arch-mismatch'],
  [/(?<what>[^\s:]+): Exec format error$/, 'image-arch-mismatch'],
  [/^exec (?<what>\S+): no such file or directory/i, 'container-command-not-found'],
  [/exec user process caused:? "?no such file or directory/i, 'container-command-not-found'],
  [/^exec (?<what>\S+): permission denied/i, 'container-exec-permission'],
  [/exec user process caused:? "?permission denied/i, 'container-exec-permission'],
  // Shells and Python say so of their script; `cat`, of a file that the script wants to read.
  [
    /^\S*(?:sh|python[\d.]*): can't open (?:file )?'(?<what>[^']+)': (?:\[Errno 13\] )?Permission denied/,
    'container-exec-permission',
  ],
  [/^\S*sh: (?:line \d+: )?exec: (?:line \d+: )?(?<what>[^\s:]+): Permission denied$/, 'container-exec-permission'],
  // bash says the same of a file that it may not write, but then it ends with another code.
  [/^\S*sh: (?:\d+: |line \d+: )*(?<what>[^\s:]+): Permission denied$/, 'container-exec-permission', notExecutable],
  [
    /^\S*(?:sh|python[\d.]*): can't open (?:file )?'(?<what>[^']+)': (?:\[Errno 2\] )?No such file or directory/,
    'container-command-not-found',
  ],
  [/^\S*sh: \d+: (?:cannot|can't) open (?<what>\S+): No such file/i, 'container-command-not-found'],
  [
    /^\S*sh: (?:\d+: |line \d+: |exec: (?:line \d+: )?)*(?<what>[^\s:]+): (?:command )?not found$/,
    'container-command-not-found',
  ],
  [/^\S*sh: (?<what>\/[^\s:]+): No such file or directory$/, 'container-command-not-found'],
  [
    /error while loading shared libraries: (?<what>[^\s:]+): cannot open shared object file/,
    'container-command-not-found',
  ],
  [/^Error loading shared library (?<what>[^\s:]+): No such file/, 'container-command-not-found'],
  [/version `(?<what>GLIBC(?:XX)?_[\d.]+)' not found \(required by/, 'container-command-not-found'],
  // .NET lists what the program wants and what the image has; older hosts say it in one sentence.
  [/^Framework: '(?<what>[^']+', version '[^']+)'/, 'container-command-not-found'],
  [/\bThe framework '(?<what>[^']+', version '[^']+)'.* was not found/, 'container-command-not-found'],
  [/\bError: Cannot find module '(?<what>[^']+)'/, 'container-command-not-found'],
  [/^ModuleNotFoundError: No module named '(?<what>[^']+)'/, 'container-command-not-found'],
  [/\bCould not find (?<what>[\w.-]+) in (?:any of the sources|locally installed gems)/, 'container-command-not-found'],
  [/\bLoadError: no such file to load -- (?<what>[\w/.-]+)/, 'container-command-not-found'],
  [/Could not find or load main class (?<what>\S+)/, 'container-command-not-found'],
  [/Unable to access jarfile (?<what>\S+)/, 'container-command-not-found'],
  [/^Could not open input file: (?<what>\S+)/, 'container-command-not-found'],
  [/(?:No such file or directory|cannot load such file) -- (?<what>\S+) \(LoadError\)/, 'container-command-not-found'],
];

/** Lines before the end in which a program that could not run has said so: a Node.js trace is the longest. */
const lastLines = 25;

/** What the end of the log of a container that died with a code says of a program that could not run. */
export function startErrorIn(log: LogExcerpt | undefined, exitCode: number): StartErrorLine | undefined {
  const lines = (log?.lines ?? []).slice(-lastLines).map(({ text }) => text.trim());
  for (const [pattern, rule, code = exitCode] of logPatterns) {
    if (code !== exitCode) continue;
    for (const line of lines) {
      const match = pattern.exec(line);
      if (match !== null) return { rule, line, what: match.groups?.['what'] ?? 'the program' };
    }
  }
  return undefined;
}

/** The shell's exit codes for a command that it could not execute or not find (POSIX 2.8.2). */
export const shellExitRules: Readonly<Partial<Record<number, StartErrorRule>>> = {
  [notExecutable]: 'container-exec-permission',
  127: 'container-command-not-found',
};
