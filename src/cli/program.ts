import type { Command } from 'commander';
import type { Outcome } from '../call.ts';
import type { Clusters } from '../kubernetes/ports.ts';
import type { Settings } from '../platform/config.ts';
import type { Logger } from '../platform/logging.ts';

/** Where a command writes: results to stdout, everything else to stderr. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether stdout is a terminal. */
  readonly interactive: boolean;
  /** Width of the terminal; 80 when stdout is not one. */
  readonly columns: number;
  /** Whether colours may be used: a terminal, and no `NO_COLOR`. */
  readonly color: boolean;
}

export interface CallOptions {
  readonly clusters: Clusters;
  /** Ends the call early; Ctrl-C ends it anyway. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number | undefined, message: string) => void) | undefined;
}

/** Everything that a command can reach. */
export interface CommandContext {
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly log: Logger;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** The live clusters, or the archive that `--from` or `--demo` names. Closed when the command returns. */
  openClusters(): Promise<Clusters>;
  /** Runs a tool through the pipeline: validation, policy, deadline, redaction. Never throws: see `Outcome`. */
  call(tool: string, args: Readonly<Record<string, unknown>>, options: CallOptions): Promise<Outcome>;
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
export type Register = (program: Command, run: Run) => void;
