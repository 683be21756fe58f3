import { failureWords } from '../logs/severity.ts';
import type { FailedCall } from '../network/calls.ts';
import { refOf } from '../objects.ts';
import type { Evidence } from './rule.ts';

const longest = 300;

const firstTelling = (lines: readonly string[]): string =>
  lines.find((line) => failureWords.test(line)) ?? lines[0] ?? '';

/** The first line that complains of what a container said of a call that failed; nothing when only its command tells of the call. */
export const callEvidence = ({ pod, words }: Pick<FailedCall, 'pod' | 'words'>): readonly Evidence[] =>
  words === undefined
    ? []
    : [
        {
          object: refOf(pod),
          source: 'log',
          text: firstTelling(words.text.split('\n')).slice(0, longest),
          at: words.at,
        },
      ];
