import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import type { Call } from '../call.ts';
import type { Clusters } from '../kubernetes/ports.ts';
import type { Outcome } from '../outcome.ts';
import type { Audit } from '../platform/audit.ts';
import type { Settings } from '../platform/config.ts';
import type { Logger, LogStream } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { SharedRedis } from '../platform/redis.ts';
import type { Tracing } from '../platform/tracing.ts';
import type { AnyTool } from '../tools/tool.ts';
import type { HealingService } from './healing-service.ts';

/** What `main` hands over of the process: the only way in and out. */
export interface Host {
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of `.env` in the working directory; empty when there is none. */
  readonly dotenv: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & LogStream;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** The commit that it was built from, and when; absent where the sources run as they are. */
  readonly commit?: string | undefined;
  readonly buildDate?: string | undefined;
  readonly nodeVersion: string;
  /** Whether the process ends with the command, and its connections with it: they need not be taken down. */
  readonly ends?: boolean;
  /** Path of the embedded snapshot of a broken cluster. */
  readonly demo: string;
  /** Path of the folder with the files of pages in a browser. */
  readonly assets: string;
}

/** Where a command writes: results to stdout, everything else to stderr. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether stdout is a terminal. */
  readonly interactive: boolean;
  /** Width of the terminal; 80 when stdout is not one. */
  readonly columns: number;
  /** Whether colours may be used: a terminal, and no `NO_COLOR`. */
  readonly color: boolean;
  /** One line that a person types; `undefined` where there is no person to ask. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

export interface CallOptions {
  readonly clusters: Clusters;
  /** Ends the call early; Ctrl-C ends it anyway. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number | undefined, message: string) => void) | undefined;
  /** The answer of the person at the terminal to a plan. */
  readonly approval?: Call['approval'];
  /** Whether the tool may change things: the command is there for that. */
  readonly healing?: boolean | undefined;
  /** Whether to wait for as long as an action takes to be verified. */
  readonly patient?: boolean | undefined;
}

export interface ClusterOptions {
  /** Remember nothing that is read. */
  readonly fresh?: boolean | undefined;
  /** To write as well. */
  readonly healing?: boolean | undefined;
}

export interface HealingOptions {
  readonly metrics?: Metrics | undefined;
  /** What goes on in the background ends when the command does, not already when it is told to. */
  readonly untilStopped?: boolean | undefined;
}

/** Everything that a command can reach. */
export interface CommandContext {
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly log: Logger;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * The live clusters, or the archive that `--from` or `--demo` names. Closed when the command returns.
   */
  readonly openClusters: (metrics?: Metrics, options?: ClusterOptions) => Promise<Clusters>;
  /** Where this process writes down what it decides. */
  readonly audit: (metrics?: Metrics) => Promise<Audit>;
  /** Where spans of what is served go. Handed over when the command returns. */
  readonly tracing: () => Promise<Tracing>;
  /** The Redis that replicas share; absent where there is none. */
  readonly redis?: (() => Promise<SharedRedis>) | undefined;
  /** Loaded by commands that change things. */
  readonly healing: (options?: HealingOptions) => Promise<HealingService>;
  /** What is signed and sealed with, the same for all replicas; the first signs. */
  readonly signingKeys: () => Promise<readonly Uint8Array[]>;
  /** Who sits at the terminal, as the system says. */
  readonly user: string;
  /** Runs a tool through the pipeline: validation, policy, deadline, redaction. Never throws: see `Outcome`. */
  readonly call: (tool: AnyTool, args: Readonly<Record<string, unknown>>, options: CallOptions) => Promise<Outcome>;
}

/** Returns the exit status. An `AppError` that it throws is printed with its hint and ends with status 2. */
export type Action = (context: CommandContext, operands: readonly string[]) => Promise<number>;

/** Gives a command the flags that all commands have (`--from`, `--demo`, `--kubeconfig`, `--log-level`, …) and its action. */
export type Run = (command: Command, action: Action) => void;

/**
 * What every file of `cli/` exports as `register`:
 *
 *     export const register: Register = (program, run) => {
 *       const command = program.command('doctor').description('…').option('-o, --output <format>', '…');
 *       run(command, async ({ openClusters, terminal }) => { const { output } = command.opts<{ output?: string }>(); … return 0; });
 *     };
 */
export type Register = (program: Command, run: Run, host: Host) => void;

/** Runs the command that `argv` names and returns the exit status; 2 when it could not do its work. */
export async function runProgram(host: Host): Promise<number> {
  const argv = withCommand(host);
  if (argv[0] === '__complete') {
    const { complete } = await import('./complete.ts');
    return complete(servedByFlags(argv.slice(1)), host);
  }
  return (await runQuickly(argv, host)) ?? runCommand(argv, host);
}

/** What somebody waits for is run without commander, as long as it has nothing to say. */
async function runQuickly([command, ...args]: readonly string[], host: Host): Promise<number | undefined> {
  if (command === 'serve') return (await import('./serve-quickly.ts')).serveQuickly(args, host);
  if (command === 'diagnose') return (await import('./diagnose-quickly.ts')).diagnoseQuickly(args, host);
  return undefined;
}

async function runCommand(argv: readonly string[], host: Host): Promise<number> {
  const [{ CommanderError }, { commandTree }] = await Promise.all([import('commander'), import('./command-tree.ts')]);
  const { program, status } = await commandTree(host, argv[0]);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

/** Assistants start `kubemend` without arguments, with a pipe; a person who does so wants to know what there is. */
function withCommand(host: Host): readonly string[] {
  if (host.argv.length === 0) return host.stdin.isTTY ? ['--help'] : ['serve'];
  return servedByFlags(host.argv);
}

/** Flags alone are those of `serve`. */
function servedByFlags(argv: readonly string[]): readonly string[] {
  const own = ['-h', '--help', '-V', '--version'];
  return argv[0]?.startsWith('-') && !own.includes(argv[0]) ? ['serve', ...argv] : argv;
}
