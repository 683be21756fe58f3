import { Command, CommanderError } from 'commander';
import type { Action, CallOptions, CommandContext, Host, Register } from '../../src/cli/program.ts';
import { redisOf } from '../../src/cli/shared-redis.ts';
import type { Clusters } from '../../src/kubernetes/ports.ts';
import type { Outcome, Success } from '../../src/outcome.ts';
import { loadSettings } from '../../src/platform/load-settings.ts';
import { silentLogger } from '../../src/platform/logging.ts';
import { noTracing } from '../../src/platform/tracing.ts';
import type { AnyTool } from '../../src/tools/tool.ts';
import { anAudit } from './audits.ts';
import { someClusters } from './fake-reader.ts';

interface CommandFields {
  /** Answers the call of a tool; any call fails without it. */
  readonly call?: (tool: AnyTool, args: Readonly<Record<string, unknown>>, options: CallOptions) => Promise<Outcome>;
  readonly ask?: CommandContext['terminal']['ask'];
  readonly clusters?: Clusters;
  readonly interactive?: boolean;
  readonly color?: boolean;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly healing?: CommandContext['healing'];
  /** Settings as flags. */
  readonly flags?: Readonly<Record<string, string | boolean>>;
  /** Settings as variables. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly host?: Partial<Host>;
}

export interface CommandRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the command line by itself, on a terminal that remembers. Throws what the action throws. */
export async function runCommand(
  register: Register,
  argv: readonly string[],
  fields: CommandFields = {},
): Promise<CommandRun> {
  const out: string[] = [];
  const err: string[] = [];
  const { interactive = false, color = false, columns = 80, signal = new AbortController().signal } = fields;
  const settings = loadSettings({ flags: fields.flags ?? {}, environment: fields.environment ?? {}, dotenv: {} });
  const context: CommandContext = {
    settings,
    terminal: {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      interactive,
      color,
      columns,
      ask: fields.ask ?? (async () => undefined),
    },
    log: silentLogger,
    signal,
    openClusters: async () => fields.clusters ?? someClusters(),
    redis: redisOf(settings, silentLogger).open,
    audit: async () => anAudit(),
    tracing: async () => noTracing,
    healing: fields.healing ?? (() => Promise.reject(new Error('unexpected healing'))),
    signingKeys: () => Promise.reject(new Error('unexpected approval')),
    user: 'somebody',
    call: fields.call ?? (({ name }) => Promise.reject(new Error(`unexpected call of ${name}`))),
  };
  let status = -1;
  const run = (command: Command, action: Action) => {
    command.action(async () => {
      status = await action(context, command.args);
    });
  };
  const program = new Command('kubemend')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.push(text), writeErr: (text) => err.push(text) });
  register(program, run, { version: '1.2.3', nodeVersion: 'v24.0.0', ...fields.host } as never);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
    status = 0;
  }
  return { status, out: out.join(''), err: err.join('') };
}

/** A call that answers with this data, and remembers what it was asked. */
export const answering = (data: object) => {
  const asked: { tool: string; args: Readonly<Record<string, unknown>> }[] = [];
  const result = { success: true, ...data } as Success;
  return {
    asked,
    call: async ({ name: tool }: AnyTool, args: Readonly<Record<string, unknown>>): Promise<Outcome> => {
      asked.push({ tool, args });
      return { requestId: 'r1', result, text: '' };
    },
  };
};
