import { Command } from 'commander';
import { safeText } from '../platform/safe-text.ts';
import type { Host, Register } from './program.ts';
import { type Runner, runner } from './run-command.ts';

/** By name, loaded only when they are needed: start-up is what an assistant waits for. */
const commands: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  audit: () => import('./audit.ts'),
  completion: () => import('./completion.ts'),
  diagnose: () => import('./diagnose.ts'),
  doctor: () => import('./doctor.ts'),
  heal: () => import('./heal.ts'),
  logs: () => import('./logs.ts'),
  policy: () => import('./policy.ts'),
  serve: () => import('./serve.ts'),
  snapshot: () => import('./snapshot.ts'),
  version: () => import('./version.ts'),
};

export interface CommandTree {
  readonly program: Command;
  readonly status: Runner['status'];
}

/** The command of that name, or all commands where there is none of it: what is parsed, completed and described. */
export async function commandTree(host: Host, name?: string): Promise<CommandTree> {
  const program = new Command('kubemend')
    .description('Finds out why Kubernetes workloads are broken, and mends them safely.')
    .version(host.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(safeText(text)),
    })
    .addHelpText('after', examples)
    .showHelpAfterError('(kubemend --help shows what there is)');
  const { run, status } = runner(host);
  for (const command of await registered(name)) command.register(program, run, host);
  return { program, status };
}

async function registered(name: string | undefined): Promise<readonly { readonly register: Register }[]> {
  const wanted = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  return Promise.all((wanted === undefined ? Object.values(commands) : [wanted]).map((load) => load()));
}

/** Shown below the help of the whole. */
export const examples = `
Examples:
  kubemend diagnose -n shop               why is the namespace shop broken?
  kubemend diagnose --demo                the same, on a recorded cluster; needs none of your own
  kubemend diagnose --from bundle.tar.gz  on a snapshot, support bundle, must-gather, …
  kubemend heal -n shop                   what can be mended here? asks before anything changes
  kubemend logs deployment/api -n shop    what is worth reading in its logs
  kubemend policy check policy.yaml       what may be healed, where and when?
  kubemend doctor                         can kubemend reach and read the cluster?
  kubemend serve                          MCP over stdio, for an AI assistant
  kubemend serve --http --port 8080       MCP and REST over HTTP

Without a command, and with a pipe as input, kubemend serves MCP over stdio.
Every setting is a flag, a variable KUBEMEND_… or a line of .env: see kubemend serve --help.
`;
