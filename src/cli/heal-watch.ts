import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { attend } from '../tools/mend/attend.ts';
import type { CommandContext } from './program.ts';
import { targetArguments, targetFlags } from './target-arguments.ts';

/** Between two rounds, in ms: while there is nothing to do, and when the last one has mended something. */
const everyMs = 30_000;
const onwardsMs = 1_000;

const attended = z.object({ done: z.object({ state: z.string() }).optional() });

/**
 * `kubemend heal --watch`: round after round does what the policy lets be done without asking, until it is told to stop. A
 * round that fails is told and tried again: the guards have stopped whatever should not be done.
 */
export async function healWatch(context: CommandContext, options: Readonly<Record<string, unknown>>): Promise<number> {
  const { terminal, signal, settings } = context;
  const args = targetArguments(targetFlags.parse(options), settings);
  const clusters = await context.openClusters(undefined, { healing: true, fresh: true });
  let last = '';
  while (!signal.aborted) {
    const { text, result } = await context.call(attend, args, { clusters, healing: true, patient: true });
    if (text !== last && !signal.aborted) terminal.out(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
    last = text;
    const mended = attended.safeParse(result).data?.done?.state === 'healthy';
    await pause(mended ? onwardsMs : everyMs, undefined, { signal }).catch(() => {});
  }
  await (await context.healing()).idle();
  return 130;
}
