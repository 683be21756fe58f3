import { memoryLimitOf } from '../crashes/memory.ts';
import { refOf } from '../objects.ts';
import type { CrashGap } from './crash-gap.ts';
import type { Where } from './expansion-gap.ts';

/** What a program says of a process that it started and that got SIGKILL: 137, or the signal itself. */
const killed =
  /\b(?:exit(?:ed)?|terminated)(?: with)?(?: exit)? (?:value|code|status)\b[^.\n]{0,12}\b137\b|\b(?:was (?:killed|terminated)|terminated|died|exited|killed) (?:by|with|on|due to) (?:signal (?:9\b|SIGKILL)|SIGKILL)|\bsignal: killed\b/i;

/** A process inside of a container that something kills, while the container itself ends of its own accord. */
export function childKilledGap({ pod, container }: Where, text: string): CrashGap | undefined {
  if (!killed.test(text)) return undefined;
  const limit = memoryLimitOf(pod, container);
  const says = `SIGKILL for a process inside of a container mostly means out of memory${limit === undefined ? '' : `; the memory limit of container ${container.name} is ${limit}`}`;
  return {
    says,
    evidence:
      limit === undefined
        ? []
        : [{ object: refOf(pod), source: 'spec', text: `container ${container.name} has a memory limit of ${limit}` }],
    fixes: [
      {
        advice:
          limit === undefined
            ? 'look in the events and the kernel log of its node for an out-of-memory kill'
            : `raise the memory limit of container ${container.name} one step, or give its processes less heap`,
        reason: 'the kernel kills a process, and the main one then ends in good order, so no status says OOMKilled',
      },
    ],
  };
}
