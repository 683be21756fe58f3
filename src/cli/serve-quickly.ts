import type { Host } from './program.ts';
import { quickArguments } from './quick-flags.ts';
import { runAction } from './run-action.ts';
import { serve } from './serve.ts';

/**
 * `serve` without commander, in one module: an assistant waits for it, and every file that is loaded apart costs half a
 * millisecond. `undefined` when commander has to say what is wrong.
 */
export async function serveQuickly(args: readonly string[], host: Host): Promise<number | undefined> {
  const given = quickArguments(args, { commands: 'serve' });
  if (given === undefined || given.operands.length > 0) return undefined;
  return runAction((context) => serve(context, host), { flags: given.flags, host, defaults: {} });
}
