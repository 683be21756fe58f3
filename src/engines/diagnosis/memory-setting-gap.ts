import { memoryLimitOf } from '../crashes/memory.ts';
import { refOf } from '../objects.ts';
import { specPath } from '../pods.ts';
import type { CrashGap } from './crash-gap.ts';
import type { Where } from './expansion-gap.ts';

/** A program that compared the memory it is to use with what it found. */
const tooMuch =
  /\b(?:exceeds?|larger than|greater than|more than|above) (?:the )?(?:\w+ ){0,2}(?:physical|available|system|total|container) memory\b|\b(?:insufficient|not enough) (?:\w+ )?memory\b/i;

/** What a program has of memory that is to use more: the limit of its container, which it takes for the whole. */
export function memorySettingGap({ pod, container }: Where, text: string): CrashGap | undefined {
  const limit = tooMuch.test(text) ? memoryLimitOf(pod, container) : undefined;
  if (limit === undefined) return undefined;
  const field = `${specPath(container)}.resources.limits.memory`;
  const sized = (container.spec.env ?? []).filter(
    ({ name = '', value = '' }) => /mem|heap|cache|size/i.test(name) && /^\d+(?:\.\d+)?\s?[kmgt]i?b?$/i.test(value),
  );
  const set = sized.map(({ name, value }) => `${name}=${value}`).join(', ');
  return {
    says: `${field} is ${limit}${set === '' ? '' : `, and env has ${set}`}`,
    evidence: [{ object: refOf(pod), source: 'spec', text: `${field}: ${limit}` }],
    fixes: [
      {
        advice: `raise ${field}, or let the program use less${set === '' ? '' : ` (${set})`}`,
        reason: `the program finds ${limit} and is to use more`,
      },
    ],
  };
}
