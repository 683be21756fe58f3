import { setTimeout as pause } from 'node:timers/promises';
import { attend } from '../tools/mend/attend.ts';
import type { CommandContext } from './program.ts';
import { targetArguments, targetFlags } from './target-flags.ts';

/** Between two rounds, in ms. */
const everyMs = 30_000;

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
    const { text } = await context.call(attend, args, { clusters, healing: true, patient: true });
    if (text !== last && !signal.aborted) terminal.out(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
    last = text;
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
  await (await context.healing()).idle();
  return 130;
}
