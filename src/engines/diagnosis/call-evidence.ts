import { failureWords } from '../logs/severity.ts';
import type { FailedCall } from '../network/calls.ts';
import { refOf } from '../objects.ts';
import type { Evidence } from './rule.ts';

const longest = 300;

/** The line of a text that complains, else its first. */
export function tellingLine(text: string): string {
  const lines = text.split('\n');
  return lines.find((line) => failureWords.test(line)) ?? lines[0] ?? '';
}

/** What complains in what a container said of a call that failed; nothing when only its command tells of the call. */
export const callEvidence = ({ pod, words }: Pick<FailedCall, 'pod' | 'words'>): readonly Evidence[] =>
  words === undefined
    ? []
    : [
        {
          object: refOf(pod),
          source: 'log',
          text: tellingLine(words.text).slice(0, longest),
          at: words.at,
        },
      ];
