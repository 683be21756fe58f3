import type { Host } from './program.ts';
import { quickFlags } from './quick-flags.ts';
import { runAction } from './run-action.ts';
import { serve } from './serve.ts';

/**
 * `serve` without commander, in one module: an assistant waits for it, and every file that is loaded apart costs half a
 * millisecond. `undefined` when commander has to say what is wrong.
 */
export async function serveQuickly(args: readonly string[], host: Host): Promise<number | undefined> {
  const flags = quickFlags(args);
  if (flags === undefined) return undefined;
  return runAction((context) => serve(context, host), { flags, host, defaults: {} });
}
